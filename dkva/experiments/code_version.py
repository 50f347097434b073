"""Which code a result depends on: a digest of what a function, and all that it reaches, means.

A definition is a name that a module binds at its top level: a function, a class, a constant, a table. From
one definition the names in it lead to others, in its own module or in another one, and so on. Each of them
enters as its syntax tree, without docstrings, comments, formatting and annotations; a name that leads to
another definition enters as that definition, wherever it lies, whatever it is called and however it was
imported; a name from outside, such as numpy's, enters as its full dotted name. What errors and warnings say
does not enter: no row comes of them.

Followed are dkva, the package that the function is of, and whatever lies outside Python's own library and the
installed packages. Not seen is what no name leads to: a module imported for its effects alone, a module or
an attribute found by a string, a table of another module that is changed from here but read elsewhere.
"""

from __future__ import annotations

import ast
import copy
import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

from dkva.experiments.code_names import (
    ALL,
    FUNCTIONS,
    Definition,
    Found,
    Module,
    Origin,
    Outside,
    bindings,
    blocks_of,
    chain_of,
    imports_of,
    only_for_types,
    root_of,
)
from dkva.experiments.code_sources import canonical, forget_sources, is_own, is_package, spec_of, tree_of
from dkva.experiments.code_text import Writer

__all__ = ["code_version", "forget"]

_DIGITS = 16
_REMEDY = "put methods and measures into a module that has one"


def code_version(of: Callable | type | ModuleType) -> str:
    """Digest of a function or class, and of all definitions that it reaches, near or far.

    Args:
        of: a function or class of a module; or a module, which means all its definitions.

    Returns:
        16 hex digits.

    Raises:
        ValueError: a function without a source file, or without a name of its own at the top level of one,
            so that its changes could not be noticed; or one that reaches `from module import *` of a module
            that is not followed.
    """
    if isinstance(of, ModuleType):
        return _version(canonical(of.__name__), ALL)
    module, name = getattr(of, "__module__", None), getattr(of, "__qualname__", None)
    if not module or not name:
        raise ValueError(f"{of!r} has no source file of its own, only what it was made from has: {_REMEDY}")
    if "<" in name:
        raise ValueError(f"{module}.{name} has no name at the top level of a source file: {_REMEDY}")
    return _version(canonical(module), name)


def forget() -> None:
    """Read sources anew when they are next asked for."""
    forget_sources()
    for cached in (_version, _code):
        cached.cache_clear()


@functools.cache
def _version(module: str, name: str) -> str:
    top = module.partition(".")[0]
    if tree_of(module) is None:
        raise ValueError(f"{module} has no source file: {_REMEDY}")
    code = _code(top)
    name, _, within = name.partition(".")
    if name == ALL:
        root = Definition(module, ALL)
    else:
        found = code.find(module, name)
        if not isinstance(found.what, Definition):
            raise ValueError(f"{module} has no source of {name}: {_REMEDY}")
        root = found.what
    return _digest(within, code.version(root))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]


# --- what a module binds -----------------------------------------------------------------------------


class Source:
    """A module that is read: what it binds by its own statements, what it imports.

    Attributes:
        names: all that its top level binds.
        parts: by name, the statements that bind it or are attached to it, in order. An import that alone
            binds a name is no part of it.
        stars: modules that all names are imported from.
    """

    def __init__(self, code: Code, module: str):
        tree = tree_of(module)
        body = tree.body if tree else []
        self.module = module
        self.package = module if is_package(module) else module.rpartition(".")[0]
        self.names = bindings(body, self.package)
        self.parts: dict[str, list[ast.stmt]] = {}
        self.stars: list[str] = []
        self._code = code
        self._keys: dict[ast.AST, frozenset[str]] = {}
        for statement in self._flat(body):
            for name in sorted(self.keys(statement)):
                if name not in self.names.bound:
                    continue
                self.parts.setdefault(name, []).append(statement)

    def _flat(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            if isinstance(statement, ast.If) and only_for_types(statement):
                yield from self._flat(statement.body)
                yield from self._flat(statement.orelse)
                continue
            if isinstance(statement, ast.ImportFrom):
                for name, origin in imports_of(statement, self.package):
                    if name == ALL:
                        self.stars.append(origin.module)
            yield statement

    def keys(self, node: ast.AST) -> frozenset[str]:
        """Names that a statement of the top level, with all in it, binds or is attached to."""
        if node not in self._keys:
            self._keys[node] = frozenset(self._find_keys(node))
        return self._keys[node]

    def _find_keys(self, node: ast.AST) -> set[str]:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound = {name for name, _ in imports_of(node, self.package)}
            return {name for name in bound if self.names.alias(name) is None}
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return set()
        blocks = [] if not isinstance(node, ast.stmt) else blocks_of(node)
        if isinstance(node, (ast.ExceptHandler, ast.match_case)):
            blocks = ["body"]
        if blocks:
            inner = [child for name in blocks for child in getattr(node, name)]
            header = [child for child in ast.iter_child_nodes(node) if child not in inner]
            keys = set(bindings(header, self.package).bound)
            if isinstance(node, ast.ExceptHandler) and node.name:
                keys.add(node.name)
            return keys.union(*(self.keys(child) for child in inner))
        keys = set(bindings([node], self.package).bound)
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            keys |= {root for decorator in node.decorator_list if (root := self._changed_by(decorator))}
        elif isinstance(node, ast.Expr):
            call = node.value
            named = [call]
            if isinstance(call, ast.Call):
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                named += [each for each in given if isinstance(each, ast.Name) and self._is_defined(each.id)]
            keys |= {root for each in named if (root := root_of(each))}
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else node.targets
            for target in targets:
                each = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                keys |= {root for one in each if (root := root_of(one))}
        return keys

    def _is_defined(self, name: str) -> bool:
        return name in self.names.bound and self.names.alias(name) is None

    def _changed_by(self, decorator: ast.expr) -> str | None:
        """The name that a decorator such as `@root.defjvp` adds to; none of `@jax.jit`."""
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if chain is None or chain[0] not in self.names.bound:
            return None
        name, attributes = chain
        origin = self.names.alias(name)
        if origin is None:
            return name if attributes else None
        if not self._code.follows(origin.module):
            return None
        steps = [*([origin.name] if origin.name else []), *attributes]
        module = origin.module
        while steps and spec_of(f"{module}.{steps[0]}") is not None:
            module = f"{module}.{steps.pop(0)}"
        return name if len(steps) > 1 else None  # a definition, and an attribute of it

    def pruned(self, statement: ast.stmt, name: str) -> ast.stmt:
        """A statement without what it holds for other names alone."""
        if not blocks_of(statement):
            return statement
        return self._pruned(statement, name)

    def _pruned(self, node, name: str):
        blocks = ["body"] if isinstance(node, (ast.ExceptHandler, ast.match_case)) else blocks_of(node)
        if not blocks:
            return node
        node = copy.copy(node)
        for block in blocks:
            kept = []
            for child in getattr(node, block):
                keys = self.keys(child)
                if isinstance(child, (ast.ExceptHandler, ast.match_case)) or not keys or name in keys:
                    kept.append(self._pruned(child, name))
            setattr(node, block, kept)
        return node

    def exported(self) -> set[str] | None:
        """Names that `from module import *` gives; None where that cannot be read."""
        if "__all__" not in self.names.bound:
            public = {name for name in self.names.bound if not name.startswith("_")}
            for star in self.stars:
                further = self._code.source(star).exported() if self._code.follows(star) else None
                if further is None:
                    return None
                public |= further
            return public
        statements = self.parts.get("__all__", [])
        try:
            (statement,) = statements
            return set(ast.literal_eval(statement.value))  # type: ignore[attr-defined]
        except (ValueError, AttributeError, TypeError):
            return None


# --- definitions and what they lead to ---------------------------------------------------------------


class Code:
    """All code that functions of a package lead to, read as it is needed.

    Args:
        top: the package, or the module where it is in none.
    """

    def __init__(self, top: str):
        self._tops = {top, __name__.partition(".")[0]}
        self._sources: dict[str, Source] = {}
        self._written: dict[Definition, tuple[str, tuple[Definition, ...]]] = {}
        self._follows: dict[str, bool] = {}

    def follows(self, module: str) -> bool:
        """Whether a module is there and one that is followed."""
        top = module.partition(".")[0]
        if top not in self._follows:
            self._follows[top] = top in self._tops or is_own(top)
        return self._follows[top] and tree_of(module) is not None

    def source(self, module: str) -> Source:
        """A module that is followed."""
        if module not in self._sources:
            self._sources[module] = Source(self, module)
        return self._sources[module]

    def find(self, module: str, name: str, seen: frozenset = frozenset()) -> Found:
        """What a name at the top level of a module that is followed leads to."""
        source = self.source(module)
        here = Definition(module, name)
        origin = source.names.alias(name)
        if origin is not None:
            if here in seen:
                return Found(Outside(name))
            found = self.origin(origin, seen | {here})
            return Found(found.what, (*found.attached, here)) if name in source.parts else found
        if name in source.parts:
            return Found(here)
        for star in reversed(source.stars):
            exported = self.source(star).exported() if self.follows(star) else None
            if exported is None:
                raise ValueError(
                    f"{module} has `from {star} import *`, whose names cannot be read: import them one by one"
                )
            if name in exported and here not in seen:
                return self.member(star, name, seen | {here}) or Found(Outside(name))
        return Found(Outside(name))

    def member(self, module: str, name: str, seen: frozenset = frozenset()) -> Found | None:
        """What `module.name` leads to; None if the module does not say."""
        source = self.source(module)
        if name in source.names.bound:
            return self.find(module, name, seen)
        if is_package(module) and self.follows(f"{module}.{name}"):
            return Found(Module(f"{module}.{name}"))
        if source.stars:
            found = self.find(module, name, seen)
            return None if found == Found(Outside(name)) else found
        return None

    def origin(self, origin: Origin, seen: frozenset = frozenset()) -> Found:
        """What an import leads to."""
        module, name = origin
        if not self.follows(module):
            return Found(Outside(module if name is None else f"{module}.{name}"))
        if name is None:
            return Found(Module(module))
        found = self.member(module, name, seen)
        if found is None:  # found when it is asked for, by the module's own __getattr__
            if "__getattr__" in self.source(module).parts:
                return Found(Outside(name), (Definition(module, "__getattr__"),))
            return Found(Outside(f"{module}.{name}"))
        return found

    def written(self, definition: Definition) -> tuple[str, tuple[Definition, ...]]:
        """Digest of a definition's own tree, and the definitions that it names, in order."""
        if definition not in self._written:
            source = self.source(definition.module)
            writer = Writer(self, source, definition.name)
            if definition.name == ALL:
                writer.write_all()
            else:
                for statement in source.parts[definition.name]:
                    writer.write(source.pruned(statement, definition.name))
            self._written[definition] = _digest(*writer.out), tuple(writer.targets)
        return self._written[definition]

    def version(self, root: Definition) -> str:
        """Digest of a definition and all that it leads to."""
        reached = {root: self.written(root)}
        waiting = [root]
        while waiting:
            for target in reached[waiting.pop()][1]:
                if target not in reached:
                    reached[target] = self.written(target)
                    waiting.append(target)
        # Definitions may lead to each other in circles. So each is told apart by its own tree, then also by
        # those of what it names, and so on, until that tells no more of them apart. Then what all of them
        # look like says what the root is: each one's look names its own tree and the looks of its targets.
        looks = {definition: own for definition, (own, _) in reached.items()}
        kinds = 0
        while len(set(looks.values())) > kinds:
            kinds = len(set(looks.values()))
            looks = {
                definition: _digest(looks[definition], *(looks[target] for target in targets))
                for definition, (_, targets) in reached.items()
            }
        return _digest(looks[root], *sorted(set(looks.values())))


@functools.cache
def _code(top: str) -> Code:
    return Code(top)
