"""Which code a result depends on: a hash of a module's source and of all that it imports."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["code_version"]

_DIGITS = 16


@functools.cache
def code_version(module: str) -> str:
    """Hash of the source of a module and of all that it imports from its package and dkva, near or far.

    Raises:
        ValueError: a module without a source file, whose changes could not be noticed.
    """
    digest = hashlib.sha256()
    sources = _sources(module)
    if not sources:
        raise ValueError(f"{module} has no source file: put methods and measures into a module that has one")
    for name, source in sorted(sources.items()):
        digest.update(f"{name}\n{len(source)}\n".encode())
        digest.update(source)
    return digest.hexdigest()[:_DIGITS]


def _sources(module: str) -> dict[str, bytes]:
    packages = {module.split(".")[0], __package__}
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path.read_bytes()
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        imported = _imports(found[name], package)
        waiting += [other for other in imported if other.split(".")[0] in packages]
    return found


def _imports(source: bytes, package: str) -> Iterator[str]:
    """Modules that a source may import: of `from a.b import c` both a.b and a.b.c."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = importlib.util.resolve_name("." * node.level + module, package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _file_of(module: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(module)
        origin = spec.origin if spec else None
    except ModuleNotFoundError:  # a name of a module that is no package
        return None
    except ValueError:  # the script that runs
        origin = getattr(sys.modules[module], "__file__", None)
    return Path(origin) if origin and origin.endswith(".py") else None
