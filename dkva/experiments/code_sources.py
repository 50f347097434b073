"""Sources of modules: where they lie, whose they are, and their syntax trees; nothing is imported."""

from __future__ import annotations

import ast
import functools
import importlib.machinery
import importlib.util
import sys
import sysconfig
from pathlib import Path

__all__ = ["canonical", "forget_sources", "is_own", "is_package", "read_source", "spec_of", "tree_of"]


def canonical(module: str) -> str:
    """The name that a module would be imported by; that of the script that runs may be unknown."""
    if module in ("__main__", "__mp_main__"):
        spec = getattr(sys.modules.get(module), "__spec__", None)
        return spec.name if spec else module
    return module


@functools.cache
def spec_of(module: str) -> tuple[str | None, tuple[str, ...] | None] | None:
    """File and, of a package, folders of a module that is found; nothing but it is imported to find it."""
    above, _, _ = module.rpartition(".")
    if above:
        package = spec_of(above)
        if package is None or package[1] is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(module, list(package[1]))
    else:
        try:
            spec = importlib.util.find_spec(module)
        except ValueError:  # the script that runs, or a module that was made by hand
            return getattr(sys.modules[module], "__file__", None), None
    if spec is None:
        return None
    places = spec.submodule_search_locations
    return spec.origin, None if places is None else tuple(places)


def is_package(module: str) -> bool:
    """Whether a module is found and is a package."""
    spec = spec_of(module)
    return spec is not None and spec[1] is not None


def read_source(module: str) -> str | None:
    """Source text of a module; "" of a folder without one, None where there is neither."""
    spec = spec_of(module)
    if spec is None:
        return None
    file, places = spec
    if file is None or not file.endswith(".py"):
        return "" if file is None and places is not None else None
    return importlib.util.decode_source(Path(file).read_bytes())


@functools.cache
def tree_of(module: str) -> ast.Module | None:
    """Syntax tree of a module, empty of a folder without one; None if there is neither."""
    text = read_source(module)
    return None if text is None else ast.parse(text)


@functools.cache
def _known() -> tuple[Path, ...]:
    """Folders of Python's own library and of the packages installed with it."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(Path(path).resolve() for path in paths if path)


def is_own(module: str) -> bool:
    """Whether a module lies outside Python's own library and the installed packages."""
    spec = spec_of(module)
    if spec is None:
        return False
    file, places = spec
    where = places[0] if file is None and places else file
    if where is None or not (where.endswith(".py") or places):
        return False
    path = Path(where).resolve()
    # An environment may lend packages from another one, whose folder has one of these names.
    if {"site-packages", "dist-packages"}.intersection(path.parts):
        return False
    return not any(path.is_relative_to(folder) for folder in _known())


def forget_sources() -> None:
    """Read sources anew when they are next asked for."""
    importlib.invalidate_caches()
    for cached in (spec_of, tree_of, _known):
        cached.cache_clear()
