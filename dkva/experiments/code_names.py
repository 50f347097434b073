"""Names in a syntax tree: what statements bind, and where an import leads."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "ALL",
    "FUNCTIONS",
    "Definition",
    "Found",
    "Module",
    "Names",
    "Origin",
    "Outside",
    "bindings",
    "blocks_of",
    "chain_of",
    "defaults_of",
    "imports_of",
    "only_for_types",
    "root_of",
]

#: The name that stands for all names of a module.
ALL = "*"

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Origin(NamedTuple):
    """What an import binds: a module, or a name in it."""

    module: str
    name: str | None


class Definition(NamedTuple):
    """What a module binds by a name; by `ALL` all that it binds."""

    module: str
    name: str


class Module(NamedTuple):
    """A module as a value."""

    name: str


class Outside(NamedTuple):
    """A name that is not followed: dotted and full of another package, plain of Python itself."""

    name: str


@dataclass(frozen=True)
class Found:
    """What a name leads to, and the statements that are attached to it on the way there."""

    what: Definition | Module | Outside
    attached: tuple[Definition, ...] = ()


@dataclass
class Names:
    """Names that a block binds, each with the imports that bind it; None stands for all other ways."""

    bound: dict[str, list[Origin | None]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def add(self, name: str, origin: Origin | None = None) -> None:
        """Note one more way in which a name is bound."""
        origins = self.bound.setdefault(name, [])
        if origin not in origins:
            origins.append(origin)

    def alias(self, name: str) -> Origin | None:
        """What a name is imported from, where one import alone binds it."""
        origins = self.bound.get(name, [])
        return origins[0] if len(origins) == 1 else None


def imports_of(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Origin]]:
    """Names that an import binds, and what to; `*` for all."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield alias.asname, Origin(alias.name, None)
            else:
                top = alias.name.partition(".")[0]
                yield top, Origin(top, None)
        return
    module = node.module or ""
    if node.level:
        module = importlib.util.resolve_name("." * node.level + module, package)
    for alias in node.names:
        yield alias.asname or alias.name, Origin(module, alias.name)


def bindings(nodes: Iterable[ast.AST], package: str) -> Names:
    """Names that statements or expressions bind in the block they stand in."""
    names = Names()
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
            waiting += node.decorator_list
            if isinstance(node, ast.ClassDef):
                waiting += [*node.bases, *node.keywords]
            else:
                waiting += defaults_of(node.args)
        elif isinstance(node, ast.Lambda):
            waiting += defaults_of(node.args)
        elif isinstance(node, ast.comprehension):  # its targets are its own
            waiting += [node.iter, *node.ifs]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, origin in imports_of(node, package):
                if name != ALL:
                    names.add(name, origin)
        elif isinstance(node, ast.Global):
            names.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            names.nonlocals.update(node.names)
        elif isinstance(node, ast.AnnAssign):
            waiting += [node.target, *([node.value] if node.value else [])]
        elif type(node).__name__ == "TypeAlias":
            waiting.append(node.name)  # type: ignore[attr-defined]
        else:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
                names.add(node.name)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                names.add(node.rest)
            waiting += ast.iter_child_nodes(node)
    for name in names.globals | names.nonlocals:
        names.bound.pop(name, None)
    return names


def defaults_of(arguments: ast.arguments) -> list[ast.expr]:
    """Default values of arguments, in order."""
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def chain_of(node: ast.expr) -> tuple[str, list[str]] | None:
    """Name and attributes of `name.a.b`; None of any other expression."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.insert(0, node.attr)
        node = node.value
    return (node.id, attributes) if isinstance(node, ast.Name) else None


def root_of(node: ast.expr) -> str | None:
    """The name that an expression such as `name.a["b"](c).d` begins with."""
    while not isinstance(node, ast.Name):
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    return node.id


def blocks_of(node: ast.stmt) -> list[str]:
    """Names of the fields of a statement that hold statements of the same scope."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return []
    return [name for name in ("body", "orelse", "finalbody", "handlers", "cases") if hasattr(node, name)]


def only_for_types(node: ast.stmt) -> bool:
    """Whether this is `if TYPE_CHECKING:`."""
    if not isinstance(node, ast.If):
        return False
    chain = chain_of(node.test)
    return chain is not None and (chain[1] or [chain[0]])[-1] == "TYPE_CHECKING"
