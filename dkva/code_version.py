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
import importlib.machinery
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import ClassVar, NamedTuple

__all__ = ["code_version", "forget"]

_DIGITS = 16
_REMEDY = "put methods and measures into a module that has one"
_ALL = "*"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

#: Parts of a syntax tree that do not decide what it computes.
_IGNORED = {"ctx", "kind", "type_comment", "returns", "annotation", "type_params", "type_ignores", "simple"}

#: Annotations of a class's fields that decide what a dataclass makes of them.
_DECISIVE_ANNOTATIONS = {"ClassVar", "InitVar", "KW_ONLY"}


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
        return _version(_canonical(of.__name__), _ALL)
    module, name = getattr(of, "__module__", None), getattr(of, "__qualname__", None)
    if not module or not name:
        raise ValueError(f"{of!r} has no source file of its own, only what it was made from has: {_REMEDY}")
    if "<" in name:
        raise ValueError(f"{module}.{name} has no name at the top level of a source file: {_REMEDY}")
    return _version(_canonical(module), name)


def forget() -> None:
    """Read sources anew when they are next asked for."""
    importlib.invalidate_caches()
    for cached in (_version, _code, _tree, _spec, _known):
        cached.cache_clear()


@functools.cache
def _version(module: str, name: str) -> str:
    top = module.partition(".")[0]
    if _tree(module) is None:
        raise ValueError(f"{module} has no source file: {_REMEDY}")
    code = _code(top)
    name, _, within = name.partition(".")
    if name == _ALL:
        root = _Definition(module, _ALL)
    else:
        found = code.find(module, name)
        if not isinstance(found.what, _Definition):
            raise ValueError(f"{module} has no source of {name}: {_REMEDY}")
        root = found.what
    return _digest(within, code.version(root))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]


# --- modules and where they lie ----------------------------------------------------------------------


def _canonical(module: str) -> str:
    """The name that a module would be imported by; that of the script that runs may be unknown."""
    if module in ("__main__", "__mp_main__"):
        spec = getattr(sys.modules.get(module), "__spec__", None)
        return spec.name if spec else module
    return module


@functools.cache
def _spec(module: str) -> tuple[str | None, tuple[str, ...] | None] | None:
    """File and, of a package, folders of a module that is found; nothing but it is imported to find it."""
    above, _, _ = module.rpartition(".")
    if above:
        package = _spec(above)
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


def _is_package(module: str) -> bool:
    spec = _spec(module)
    return spec is not None and spec[1] is not None


def _read(module: str) -> str | None:
    """Source text of a module; "" of a folder without one, None where there is neither."""
    spec = _spec(module)
    if spec is None:
        return None
    file, places = spec
    if file is None or not file.endswith(".py"):
        return "" if file is None and places is not None else None
    return importlib.util.decode_source(Path(file).read_bytes())


@functools.cache
def _tree(module: str) -> ast.Module | None:
    text = _read(module)
    return None if text is None else ast.parse(text)


@functools.cache
def _known() -> tuple[Path, ...]:
    """Folders of Python's own library and of the packages installed with it."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(Path(path).resolve() for path in paths if path)


def _is_own(module: str) -> bool:
    """Whether a module lies outside Python's own library and the installed packages."""
    spec = _spec(module)
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


# --- what a module binds -----------------------------------------------------------------------------


class _Origin(NamedTuple):
    """What an import binds: a module, or a name in it."""

    module: str
    name: str | None


class _Definition(NamedTuple):
    """What a module binds by a name; by `_ALL` all that it binds."""

    module: str
    name: str


class _Module(NamedTuple):
    """A module as a value."""

    name: str


class _Outside(NamedTuple):
    """A name that is not followed: dotted and full of another package, plain of Python itself."""

    name: str


@dataclass(frozen=True)
class _Found:
    """What a name leads to, and the statements that are attached to it on the way there."""

    what: _Definition | _Module | _Outside
    attached: tuple[_Definition, ...] = ()


@dataclass
class _Names:
    """Names that a block binds, each with the imports that bind it; None stands for all other ways."""

    bound: dict[str, list[_Origin | None]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def add(self, name: str, origin: _Origin | None = None) -> None:
        origins = self.bound.setdefault(name, [])
        if origin not in origins:
            origins.append(origin)

    def alias(self, name: str) -> _Origin | None:
        """What a name is imported from, where one import alone binds it."""
        origins = self.bound.get(name, [])
        return origins[0] if len(origins) == 1 else None


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, _Origin]]:
    """Names that an import binds, and what to; `*` for all."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield alias.asname, _Origin(alias.name, None)
            else:
                top = alias.name.partition(".")[0]
                yield top, _Origin(top, None)
        return
    module = node.module or ""
    if node.level:
        module = importlib.util.resolve_name("." * node.level + module, package)
    for alias in node.names:
        yield alias.asname or alias.name, _Origin(module, alias.name)


def _bindings(nodes: Iterable[ast.AST], package: str) -> _Names:
    """Names that statements or expressions bind in the block they stand in."""
    names = _Names()
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
            waiting += node.decorator_list
            if isinstance(node, ast.ClassDef):
                waiting += [*node.bases, *node.keywords]
            else:
                waiting += _defaults(node.args)
        elif isinstance(node, ast.Lambda):
            waiting += _defaults(node.args)
        elif isinstance(node, ast.comprehension):  # its targets are its own
            waiting += [node.iter, *node.ifs]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, origin in _imports(node, package):
                if name != _ALL:
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


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _chain(node: ast.expr) -> tuple[str, list[str]] | None:
    """Name and attributes of `name.a.b`; None of any other expression."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.insert(0, node.attr)
        node = node.value
    return (node.id, attributes) if isinstance(node, ast.Name) else None


def _root(node: ast.expr) -> str | None:
    """The name that an expression such as `name.a["b"](c).d` begins with."""
    while not isinstance(node, ast.Name):
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    return node.id


def _blocks(node: ast.stmt) -> list[str]:
    """Names of the fields of a statement that hold statements of the same scope."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return []
    return [name for name in ("body", "orelse", "finalbody", "handlers", "cases") if hasattr(node, name)]


def _only_for_types(node: ast.stmt) -> bool:
    if not isinstance(node, ast.If):
        return False
    chain = _chain(node.test)
    return chain is not None and (chain[1] or [chain[0]])[-1] == "TYPE_CHECKING"


class _Source:
    """A module that is read: what it binds by its own statements, what it imports.

    Attributes:
        names: all that its top level binds.
        parts: by name, the statements that bind it or are attached to it, in order. An import that alone
            binds a name is no part of it.
        stars: modules that all names are imported from.
    """

    def __init__(self, code: _Code, module: str):
        tree = _tree(module)
        body = tree.body if tree else []
        self.module = module
        self.package = module if _is_package(module) else module.rpartition(".")[0]
        self.names = _bindings(body, self.package)
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
            if isinstance(statement, ast.If) and _only_for_types(statement):
                yield from self._flat(statement.body)
                yield from self._flat(statement.orelse)
                continue
            if isinstance(statement, ast.ImportFrom):
                for name, origin in _imports(statement, self.package):
                    if name == _ALL:
                        self.stars.append(origin.module)
            yield statement

    def keys(self, node: ast.AST) -> frozenset[str]:
        """Names that a statement of the top level, with all in it, binds or is attached to."""
        if node not in self._keys:
            self._keys[node] = frozenset(self._find_keys(node))
        return self._keys[node]

    def _find_keys(self, node: ast.AST) -> set[str]:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound = {name for name, _ in _imports(node, self.package)}
            return {name for name in bound if self.names.alias(name) is None}
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return set()
        blocks = [] if not isinstance(node, ast.stmt) else _blocks(node)
        if isinstance(node, (ast.ExceptHandler, ast.match_case)):
            blocks = ["body"]
        if blocks:
            inner = [child for name in blocks for child in getattr(node, name)]
            header = [child for child in ast.iter_child_nodes(node) if child not in inner]
            keys = set(_bindings(header, self.package).bound)
            if isinstance(node, ast.ExceptHandler) and node.name:
                keys.add(node.name)
            return keys.union(*(self.keys(child) for child in inner))
        keys = set(_bindings([node], self.package).bound)
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            keys |= {root for decorator in node.decorator_list if (root := self._changed_by(decorator))}
        elif isinstance(node, ast.Expr):
            call = node.value
            named = [call]
            if isinstance(call, ast.Call):
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                named += [each for each in given if isinstance(each, ast.Name) and self._is_defined(each.id)]
            keys |= {root for each in named if (root := _root(each))}
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else node.targets
            for target in targets:
                each = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                keys |= {root for one in each if (root := _root(one))}
        return keys

    def _is_defined(self, name: str) -> bool:
        return name in self.names.bound and self.names.alias(name) is None

    def _changed_by(self, decorator: ast.expr) -> str | None:
        """The name that a decorator such as `@root.defjvp` adds to; none of `@jax.jit`."""
        chain = _chain(decorator.func if isinstance(decorator, ast.Call) else decorator)
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
        while steps and _spec(f"{module}.{steps[0]}") is not None:
            module = f"{module}.{steps.pop(0)}"
        return name if len(steps) > 1 else None  # a definition, and an attribute of it

    def pruned(self, statement: ast.stmt, name: str) -> ast.stmt:
        """A statement without what it holds for other names alone."""
        if not _blocks(statement):
            return statement
        return self._pruned(statement, name)

    def _pruned(self, node, name: str):
        blocks = ["body"] if isinstance(node, (ast.ExceptHandler, ast.match_case)) else _blocks(node)
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


class _Code:
    """All code that functions of a package lead to, read as it is needed.

    Args:
        top: the package, or the module where it is in none.
    """

    def __init__(self, top: str):
        self._tops = {top, __name__.partition(".")[0]}
        self._sources: dict[str, _Source] = {}
        self._written: dict[_Definition, tuple[str, tuple[_Definition, ...]]] = {}
        self._follows: dict[str, bool] = {}

    def follows(self, module: str) -> bool:
        """Whether a module is there and one that is followed."""
        top = module.partition(".")[0]
        if top not in self._follows:
            self._follows[top] = top in self._tops or _is_own(top)
        return self._follows[top] and _tree(module) is not None

    def source(self, module: str) -> _Source:
        """A module that is followed."""
        if module not in self._sources:
            self._sources[module] = _Source(self, module)
        return self._sources[module]

    def find(self, module: str, name: str, seen: frozenset = frozenset()) -> _Found:
        """What a name at the top level of a module that is followed leads to."""
        source = self.source(module)
        here = _Definition(module, name)
        origin = source.names.alias(name)
        if origin is not None:
            if here in seen:
                return _Found(_Outside(name))
            found = self.origin(origin, seen | {here})
            return _Found(found.what, (*found.attached, here)) if name in source.parts else found
        if name in source.parts:
            return _Found(here)
        for star in reversed(source.stars):
            exported = self.source(star).exported() if self.follows(star) else None
            if exported is None:
                raise ValueError(
                    f"{module} has `from {star} import *`, whose names cannot be read: import them one by one"
                )
            if name in exported and here not in seen:
                return self.member(star, name, seen | {here}) or _Found(_Outside(name))
        return _Found(_Outside(name))

    def member(self, module: str, name: str, seen: frozenset = frozenset()) -> _Found | None:
        """What `module.name` leads to; None where the module does not say."""
        source = self.source(module)
        if name in source.names.bound:
            return self.find(module, name, seen)
        if _is_package(module) and self.follows(f"{module}.{name}"):
            return _Found(_Module(f"{module}.{name}"))
        if source.stars:
            found = self.find(module, name, seen)
            return None if found == _Found(_Outside(name)) else found
        return None

    def origin(self, origin: _Origin, seen: frozenset = frozenset()) -> _Found:
        """What an import leads to."""
        module, name = origin
        if not self.follows(module):
            return _Found(_Outside(module if name is None else f"{module}.{name}"))
        if name is None:
            return _Found(_Module(module))
        found = self.member(module, name, seen)
        if found is None:  # found when it is asked for, by the module's own __getattr__
            if "__getattr__" in self.source(module).parts:
                return _Found(_Outside(name), (_Definition(module, "__getattr__"),))
            return _Found(_Outside(f"{module}.{name}"))
        return found

    def written(self, definition: _Definition) -> tuple[str, tuple[_Definition, ...]]:
        """Digest of a definition's own tree, and the definitions that it names, in order."""
        if definition not in self._written:
            source = self.source(definition.module)
            writer = _Writer(self, source, definition.name)
            if definition.name == _ALL:
                writer.write_all()
            else:
                for statement in source.parts[definition.name]:
                    writer.write(source.pruned(statement, definition.name))
            self._written[definition] = _digest(*writer.out), tuple(writer.targets)
        return self._written[definition]

    def version(self, root: _Definition) -> str:
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
def _code(top: str) -> _Code:
    return _Code(top)


# --- a definition as text ----------------------------------------------------------------------------


@dataclass
class _Scope:
    """Names of a function, a comprehension or a class, while its body is written."""

    names: _Names
    is_class: bool = False


class _Writer:
    """Writes a definition so that equal meaning gives equal text.

    Attributes:
        out: the text, in parts.
        targets: the definitions that stand behind the places "->" in it, in order.
    """

    def __init__(self, code: _Code, source: _Source, own: str):
        self.out: list[str] = []
        self.targets: list[_Definition] = []
        self._code = code
        self._source = source
        self._own = own
        self._scopes: list[_Scope] = []

    def write_all(self) -> None:
        """All definitions of the module by name, but for the list of those that are public."""
        for name in sorted(self._source.parts):
            if name != "__all__":
                self.out.append(name)
                self._target(_Definition(self._source.module, name))

    def write(self, node) -> None:
        """A node, a list of them, or a plain value."""
        if isinstance(node, list):
            self.out.append("[")
            for each in node:
                self.write(each)
            self.out.append("]")
        elif isinstance(node, ast.AST):
            special = self._SPECIAL.get(type(node).__name__)
            if special:
                special(self, node)
            else:
                self._open(node)
                self._fields(node)
                self.out.append(")")
        else:
            self.out.append(ascii(node))

    def _open(self, node: ast.AST) -> None:
        self.out.append(f"{type(node).__name__}(")

    def _fields(self, node: ast.AST, *left_out: str) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if name in _IGNORED or name in left_out or value is None or value == []:
                continue  # a field that another version of Python has not, or has empty, says nothing
            self.out.append(f"{name}=")
            self.write(value)

    # Statements

    def _body(self, body: Sequence[ast.stmt]) -> None:
        self.out.append("{")
        for statement in body:
            self.write(statement)
            scope = self._scopes[-1] if self._scopes else None
            if scope is not None and scope.is_class:  # until now the name was that of the module
                for name, origins in _bindings([statement], self._source.package).bound.items():
                    for origin in origins:
                        scope.names.add(name, origin)
        self.out.append("}")

    def _expression(self, node: ast.Expr) -> None:
        # Not a docstring, three dots or a warning.
        if not isinstance(node.value, ast.Constant) and not self._only_warns(node.value):
            self._open(node)
            self.write(node.value)
            self.out.append(")")

    def _only_warns(self, node: ast.expr) -> bool:
        chain = _chain(node.func) if isinstance(node, ast.Call) else None
        found = self._resolved(*chain)[0] if chain else None
        return found is not None and found.what == _Outside("warnings.warn")

    def _raise(self, node: ast.Raise) -> None:
        """Which error is raised, not what it says: a row never comes of it."""
        self._open(node)
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is not None:
            self.write(raised)
        self.out.append(")")

    def _nothing(self, node: ast.AST) -> None:
        """`pass` says nothing; `global` and `nonlocal` are said where their names stand."""

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = self._scopes[-1].names if self._scopes else self._source.names
        for name, origin in _imports(node, self._source.package):
            if name == _ALL or (not self._scopes and name != self._own):
                continue
            if self._scopes and self._scopes[-1].is_class:
                self.out.append(f"bind {name} ")
                self._found(self._code.origin(origin))
            elif names.alias(name) is None:  # one of several ways to bind the name
                self.out.append("Import(")
                self._store(name)
                self._found(self._code.origin(origin))
                self.out.append(")")

    def _annotated(self, node: ast.AnnAssign) -> None:
        if self._scopes and self._scopes[-1].is_class:
            named = {each.attr for each in ast.walk(node.annotation) if isinstance(each, ast.Attribute)}
            named |= {each.id for each in ast.walk(node.annotation) if isinstance(each, ast.Name)}
            self.out.append(f"field({sorted(named & _DECISIVE_ANNOTATIONS)}")
            self._fields(node)
            self.out.append(")")
        elif node.value is not None:
            self.write(ast.Assign([node.target], node.value))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._open(node)
        self._store(node.name)
        self.write(node.decorator_list)
        self._function(node.args, node.body, node)
        self.out.append(")")

    def _class(self, node: ast.ClassDef) -> None:
        self._open(node)
        self._store(node.name)
        self._fields(node, "name", "body")
        self._scopes.append(_Scope(_type_parameters(node), is_class=True))
        self._body(node.body)
        self._scopes.pop()
        self.out.append(")")

    def _type_alias(self, node) -> None:
        self._open(node)
        self.write(node.name)
        self.out.append(")")

    # Expressions

    def _lambda(self, node: ast.Lambda) -> None:
        self._open(node)
        self._function(node.args, [node.body], node)
        self.out.append(")")

    def _function(self, arguments: ast.arguments, body: Sequence[ast.AST], node: ast.AST) -> None:
        self.write(_defaults(arguments))
        names = _bindings(body, self._source.package)
        for name in _type_parameters(node).bound:
            names.add(name)
        for argument in (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *(each for each in (arguments.vararg, arguments.kwarg) if each),
        ):
            names.add(argument.arg)
        self.out.append("args=")
        for kind in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"):
            given = getattr(arguments, kind)
            each = given if isinstance(given, list) else [given] if given else []
            self.out.append(f"{kind} {[argument.arg for argument in each]}")
        self.out.append(f"{[default is not None for default in arguments.kw_defaults]}")
        self._scopes.append(_Scope(names))
        if isinstance(node, ast.Lambda):
            self.write(node.body)
        else:
            self._body([each for each in body if isinstance(each, ast.stmt)])
        self._scopes.pop()

    def _comprehension(self, node) -> None:
        self._open(node)
        first, *_ = node.generators
        self.write(first.iter)  # in the scope around it
        names = _bindings([each.target for each in node.generators], self._source.package)
        self._scopes.append(_Scope(names))
        for each in node.generators:
            self.write(each.target)
            if each is not first:
                self.write(each.iter)
            self.write(each.ifs)
            self.out.append(f"async={each.is_async}")
        self._fields(node, "generators")
        self._scopes.pop()
        self.out.append(")")

    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._reference(node.id, [])
        else:
            self._store(node.id)

    def _attribute(self, node: ast.Attribute) -> None:
        chain = _chain(node)
        if chain is None:
            self.write(node.value)
            self.out.append(f".{node.attr}")
        else:
            self._reference(*chain)

    # Names

    def _scope_of(self, name: str) -> _Scope | None:
        """The scope that binds a name, seen from here; None for the module."""
        for scope in reversed(self._scopes):
            if scope.is_class and scope is not self._scopes[-1]:
                continue
            if name in scope.names.globals:
                return None
            if name in scope.names.bound:
                return scope
        return None

    def _store(self, name: str) -> None:
        scope = self._scope_of(name)
        if scope is not None or (self._scopes and self._scopes[-1].is_class):
            self.out.append(f"local {name} ")
        elif any(name in each.names.globals for each in self._scopes):
            self._reference(name, [])
        else:
            self.out.append("own " if name == self._own else "other ")

    def _reference(self, name: str, attributes: list[str]) -> None:
        found, left = self._resolved(name, attributes)
        if found is None:
            self.out.append(" ".join([f"local {name} ", *(f".{each}" for each in attributes)]))
            return
        self._found(found)
        self.out.extend(f".{each}" for each in left)

    def _resolved(self, name: str, attributes: list[str]) -> tuple[_Found | None, list[str]]:
        """What `name.a.b` leads to, and the attributes that are left; None if the name is a local one."""
        scope = self._scope_of(name)
        if scope is None:
            found = self._code.find(self._source.module, name)
        else:
            origin = scope.names.alias(name)
            if origin is None:
                return None, attributes
            found = self._code.origin(origin)
        attached = list(found.attached)
        left = list(attributes)
        what = found.what
        while left and isinstance(what, _Module):
            further = self._code.member(what.name, left[0])
            if further is None:
                break
            what = further.what
            attached += further.attached
            del left[0]
        if isinstance(what, _Outside):
            what, left = _Outside(".".join([what.name, *left])), []
        return _Found(what, tuple(attached)), left

    def _found(self, found: _Found) -> None:
        what = found.what
        if isinstance(what, _Outside):
            self.out.append(f"outside {what.name} ")
        else:
            self._target(_Definition(what.name, _ALL) if isinstance(what, _Module) else what)
        for each in found.attached:
            self.out.append("with")
            self._target(each)

    def _target(self, definition: _Definition) -> None:
        self.out.append("->")
        self.targets.append(definition)

    _SPECIAL: ClassVar[dict[str, Callable]] = {
        "AnnAssign": _annotated,
        "AsyncFunctionDef": _definition,
        "Attribute": _attribute,
        "ClassDef": _class,
        "DictComp": _comprehension,
        "Expr": _expression,
        "FunctionDef": _definition,
        "GeneratorExp": _comprehension,
        "Global": _nothing,
        "Import": _import,
        "ImportFrom": _import,
        "Lambda": _lambda,
        "ListComp": _comprehension,
        "Name": _name,
        "Nonlocal": _nothing,
        "Pass": _nothing,
        "Raise": _raise,
        "SetComp": _comprehension,
        "TypeAlias": _type_alias,
    }


def _type_parameters(node: ast.AST) -> _Names:
    names = _Names()
    for each in getattr(node, "type_params", []):
        names.add(each.name)
    return names
