"""A definition as text: equal text for equal meaning, whatever it is called and however it is written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dkva.experiments.code_names import (
    ALL,
    Definition,
    Found,
    Module,
    Names,
    Outside,
    bindings,
    chain_of,
    defaults_of,
    imports_of,
)

if TYPE_CHECKING:
    from dkva.experiments.code_version import Code, Source

__all__ = ["Writer"]

# Parts of a syntax tree that do not decide what it computes.
_IGNORED = {"ctx", "kind", "type_comment", "returns", "annotation", "type_params", "type_ignores", "simple"}

# Annotations of a class's fields that decide what a dataclass makes of them.
_DECISIVE_ANNOTATIONS = {"ClassVar", "InitVar", "KW_ONLY"}


@dataclass
class _Scope:
    """Names of a function, a comprehension or a class, while its body is written."""

    names: Names
    is_class: bool = False


class Writer:
    """Writes a definition so that equal meaning gives equal text.

    Attributes:
        out: the text, in parts.
        targets: the definitions that stand behind the places "->" in it, in order.
    """

    def __init__(self, code: Code, source: Source, own: str):
        self.out: list[str] = []
        self.targets: list[Definition] = []
        self._code = code
        self._source = source
        self._own = own
        self._scopes: list[_Scope] = []

    def write_all(self) -> None:
        """All definitions of the module by name, but for the list of those that are public."""
        for name in sorted(self._source.parts):
            if name != "__all__":
                self.out.append(name)
                self._target(Definition(self._source.module, name))

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
                for name, origins in bindings([statement], self._source.package).bound.items():
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
        chain = chain_of(node.func) if isinstance(node, ast.Call) else None
        found = self._resolved(*chain)[0] if chain else None
        return found is not None and found.what == Outside("warnings.warn")

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
        for name, origin in imports_of(node, self._source.package):
            if name == ALL or (not self._scopes and name != self._own):
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
        self.write(defaults_of(arguments))
        names = bindings(body, self._source.package)
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
        names = bindings([each.target for each in node.generators], self._source.package)
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
        chain = chain_of(node)
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

    def _resolved(self, name: str, attributes: list[str]) -> tuple[Found | None, list[str]]:
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
        while left and isinstance(what, Module):
            further = self._code.member(what.name, left[0])
            if further is None:
                break
            what = further.what
            attached += further.attached
            del left[0]
        if isinstance(what, Outside):
            what, left = Outside(".".join([what.name, *left])), []
        return Found(what, tuple(attached)), left

    def _found(self, found: Found) -> None:
        what = found.what
        if isinstance(what, Outside):
            self.out.append(f"outside {what.name} ")
        else:
            self._target(Definition(what.name, ALL) if isinstance(what, Module) else what)
        for each in found.attached:
            self.out.append("with")
            self._target(each)

    def _target(self, definition: Definition) -> None:
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


def _type_parameters(node: ast.AST) -> Names:
    names = Names()
    for each in getattr(node, "type_params", []):
        names.add(each.name)
    return names
