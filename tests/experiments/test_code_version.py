"""What a code version covers: what a function means and reaches, not how it is written."""

import ast
import functools
import importlib
import types
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.approximation.segmenting import segment_video
from dkva.baselines import tw_finch
from dkva.experiments import code_sources
from dkva.experiments import code_version as module
from dkva.experiments.code_version import code_version, forget

# --- what is reached -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        ("def f():\n    return A\nA = B\nB = 1", "B = 1", "B = 2"),
        ("def f(x=A):\n    return x\nA = 1", "A = 1", "A = 2"),
        ("def deco(g):\n    return g\n@deco\ndef f():\n    pass", "return g", "return g()"),
        (
            "class P:\n    a = 1\nclass C(P):\n    def m(self):\n        pass\ndef f():\n    return C",
            "= 1",
            "= 2",
        ),
        ("class C:\n    def m(self):\n        return h()\ndef h():\n    return 1\nf = C", "1", "2"),
        ("def a():\n    return 1\nTABLE = {'a': a}\ndef f(n):\n    return TABLE[n]()", "1", "2"),
        ("TABLE = {}\ndef f(n):\n    return TABLE[n]\nTABLE['a'] = 1", "1", "2"),
        ("class T:\n    pass\ndef f(n):\n    return T.a\nT.a = 1", "1", "2"),
        ("T = [1]\ndef f():\n    return T\nT += [2]", "[2]", "[3]"),
        ("T = [1]\ndef f():\n    return T\nT.append(2)", "2", "3"),
        ("T = [1]\ndef f():\n    return T\ndef add(to, n):\n    to.append(n)\nadd(T, 2)", "2", "3"),
        (
            "import j\n@j.custom\ndef f(x):\n    return x\n@f.defjvp\ndef _r(t):\n    return 2 * t",
            "2 *",
            "3 *",
        ),
        (
            "import j\n@j.custom\ndef f(x):\n    return x\n@f.rule(1)\ndef _r(t):\n    return t",
            "rule(1)",
            "rule(2)",
        ),
        ("def f(x):\n    return x\ndef _r(t):\n    return 2 * t\nf.defjvp(_r)", "2 *", "3 *"),
        ("import os\nif os.name:\n    A = 1\nelse:\n    A = 2\ndef f():\n    return A", "A = 2", "A = 3"),
        ("import os\nif os.name:\n    A = 1\nelse:\n    A = 2\ndef f():\n    return A", "os.name", "os.sep"),
        ("try:\n    A = 1\nexcept OSError:\n    A = 2\ndef f():\n    return A", "A = 2", "A = 3"),
        ("import x\nwith x.y() as A:\n    pass\ndef f():\n    return A", "y()", "z()"),
        ("T = {}\nfor i in range(3):\n    T[i] = i\ndef f():\n    return T", "3", "4"),
        ("A, B = 1, 2\ndef f():\n    return A", "def f():\n    return A", "def f():\n    return B"),
        ("A = 1\ndef f():\n    return A\nA = A + 1", "+ 1", "+ 2"),
        ("def f():\n    global A\n    A += 1\nA = 1", "A = 1", "A = 2"),
        ("def f():\n    return [A for x in range(3)]\nA = 1", "A = 1", "A = 2"),
        ("def f():\n    def g():\n        return A\n    return g\nA = 1", "A = 1", "A = 2"),
        (
            "class C:\n    A = A\n    def m(self):\n        return 1\ndef f():\n    return C\nA = 1",
            "\nA = 1",
            "\nA = 2",
        ),
        (
            "class C:\n    A = 3\n    def m(self):\n        return A\ndef f():\n    return C\nA = 1",
            "\nA = 1",
            "\nA = 2",
        ),
        ("from dataclasses import dataclass\n@dataclass\nclass C:\n    a: int\nf = C", "a: int", "b: int"),
        ("class C:\n    a: int = 1\nf = C", "a: int = 1", "a: ClassVar[int] = 1"),
        ("def f():\n    return (A := 1) + len(())\nA = 2", "A := 1", "A := 3"),
        ("import jax\njax.config.update('x', True)\ndef f():\n    return jax.jit", "True", "False"),
        ("def f(x):\n    match x:\n        case 1:\n            return A\nA = 1", "A = 1", "A = 2"),
        ("def f(a, b):\n    return a.B - b\nB = 1", "a.B", "b.B"),
    ],
)
def test_what_is_reached_counts(write, source, old, new):
    assert old in source
    before = write(source)
    assert write(source.replace(old, new)) != before


def test_equal_names_of_different_modules_are_told_apart(write):
    start = "from . import a, b\ndef f(x):\n    return a.g(x) - b.g(x)"
    source = "_BLOCK = {}\ndef g(x):\n    return x + _BLOCK"
    one = write(start, a=source.format(1), b=source.format(2))
    assert write(start, a=source.format(2), b=source.format(1)) != one


def test_a_far_change_counts_however_long_the_way(write):
    def chain(last):
        return "\n".join(f"def g{i}():\n    return g{i + 1}() + {i}" for i in range(40)) + f"\ng40 = {last}"

    assert write(chain("int"), "g0") != write(chain("float"), "g0")
    alike = "\n".join(f"def g{i}():\n    return g{i + 1}()" for i in range(40))
    assert write(f"{alike}\ng40 = int", "g0") != write(f"{alike}\ng40 = float", "g0")
    assert write(f"{alike}\ng40 = int", "g0") != write(f"{alike}\ng40 = int", "g1")


def test_decorators_of_another_module_are_attached_to_no_more_than_they_change(write):
    tools = "def timed(g):\n    return g\nclass R:\n    def add(self, g):\n        return g\nRULES = R()"
    start = "from . import tools\n@tools.timed\ndef other():\n    return 1\ndef f():\n    return tools.timed"
    assert write(start, tools=tools) == write(start.replace("1", "2"), tools=tools)
    start = (
        "from . import tools\n@tools.RULES.add\ndef other():\n    return 1\ndef f():\n    return tools.RULES"
    )
    assert write(start, tools=tools) != write(start.replace("1", "2"), tools=tools)


def test_a_module_counts_with_all_its_definitions(write):
    source = "A = 1\ndef f():\n    return 2\n"
    before = write(source, "*")
    assert write(f"# first\n{source}", "*") == before
    assert write(source.replace("1", "3"), "*") != before
    assert write(source.replace("2", "3"), "*") != before
    assert write("from . import a\ndef f():\n    return vars(a)", a="A = 1") != write(
        "from . import a\ndef f():\n    return vars(a)", a="A = 2"
    )
    forget()
    assert code_version(importlib.import_module("own.start")) == module._version("own.start", "*")


def test_names_that_cannot_be_read_are_refused(write):
    with pytest.raises(
        ValueError, match=r"own\.start has `from numpy import \*`, whose names cannot be read"
    ):
        write("from numpy import *\ndef f():\n    return ones(3)")


def test_code_of_dkva_counts_in_a_method_of_another_package(write, monkeypatch):
    start = "from dkva.metrics.segmentation import evaluate\ndef f():\n    return evaluate"
    before = write(start)
    with_sources(
        monkeypatch, {"dkva.metrics.segmentation": lambda source: source.replace("return ", "return 1, ")}
    )
    assert module._version("own.start", "f") != before


# --- wrong use -----------------------------------------------------------------------------------------


def test_what_has_no_source_of_its_own_is_refused():
    def nested():
        pass

    for wrong in (nested, lambda: None):
        with pytest.raises(ValueError, match=r"no name at the top level of a source file: put methods"):
            code_version(wrong)
    with pytest.raises(ValueError, match="no source file of its own, only what it was made from"):
        code_version(functools.partial(segment_video))
    typed = types.FunctionType((lambda: None).__code__, {"__name__": "typed_in"}, "typed")
    typed.__qualname__ = "typed"
    with pytest.raises(ValueError, match="typed_in has no source file: put methods and measures into"):
        code_version(typed)
    typed.__module__ = "dkva.metrics.segmentation"
    with pytest.raises(ValueError, match=r"dkva\.metrics\.segmentation has no source of typed: put methods"):
        code_version(typed)


# --- dkva itself ---------------------------------------------------------------------------------------


def with_sources(monkeypatch, changes):
    """Read the modules of these names as changed by these functions."""
    read = code_sources.read_source

    def changed(name):
        source = read(name)
        return changes[name](source) if name in changes else source

    monkeypatch.setattr(code_sources, "read_source", changed)
    forget()


def version_with(monkeypatch, function, code, changed, source):
    """The version with one module of another source that binds the same names; what others hold is kept."""
    read = code_sources.tree_of
    tree = ast.parse(source)
    other = module.Code("dkva")
    other._follows = dict(code._follows)
    other._sources = {name: each for name, each in code._sources.items() if name != changed}
    other._written = {each: held for each, held in code._written.items() if each.module != changed}
    with monkeypatch.context() as patch:
        patch.setattr(module, "tree_of", lambda name: tree if name == changed else read(name))
        patch.setattr(module, "_code", lambda top: other)
        module._version.cache_clear()
        return code_version(function)


@dataclass
class Mutant(ast.NodeTransformer):
    """Changes one constant, operator or default of a definition: the one of that number."""

    number: int
    count: int = 0

    def _is_it(self):
        self.count += 1
        return self.count == self.number + 1

    def visit_Constant(self, node):
        if isinstance(node.value, (int, float, str)) and self._is_it():
            return ast.Constant(node.value + ("x" if isinstance(node.value, str) else 1))
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if self._is_it():
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        if self._is_it():
            node.ops = [ast.LtE() if isinstance(node.ops[0], ast.Lt) else ast.Lt(), *node.ops[1:]]
        return node

    def visit_Expr(self, node):
        warns = ast.unparse(node).startswith("warnings.warn(")
        return node if warns or isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Raise(self, node):  # what it says does not count
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node):
        return node

    def visit_FunctionDef(self, node):
        node.args = self.visit(node.args)
        for name in ("body", "decorator_list"):
            setattr(node, name, [self.visit(each) for each in getattr(node, name)])
        return node


def reached(function):
    """All that a function reaches, each with the statements that belong to it."""
    forget()
    code_version(function)
    code = module._code("dkva")
    return sorted(code._written), code


@pytest.mark.parametrize("function", [segment_video, tw_finch])
def test_every_definition_that_a_method_reaches_counts(monkeypatch, unchecked, function):
    definitions, code = reached(function)
    assert len(definitions) > 5
    before = code_version(function)
    sources = {definition.module: code_sources.read_source(definition.module) for definition in definitions}
    mutated = 0
    for definition in definitions:
        for at in range(len(code.source(definition.module).parts[definition.name])):
            mutant = Mutant(0)
            tree = ast.parse(sources[definition.module])
            lines = {
                each.lineno for each in code.source(definition.module).parts[definition.name][at : at + 1]
            }
            tree.body = [mutant.visit(each) if each.lineno in lines else each for each in tree.body]
            if mutant.count == 0:
                continue
            mutated += 1
            version = version_with(monkeypatch, function, code, definition.module, ast.unparse(tree))
            assert version != before, f"{definition}: {at}"
    for name, source in sources.items():
        assert version_with(monkeypatch, function, code, name, source) == before
    forget()
    assert mutated > len(definitions) / 2


@pytest.mark.parametrize("function", [segment_video, tw_finch])
def test_how_dkva_is_written_does_not_count(monkeypatch, function):
    definitions, _ = reached(function)
    before = code_version(function)
    modules = {definition.module for definition in definitions}

    def spread(source):
        lines = ["# first", "", *source.splitlines(), "", "# last"]
        return "\n".join(
            f"{line}  # here" if line.endswith((":", ")")) and '"' not in line else line for line in lines
        )

    for change in (spread, lambda source: ast.unparse(ast.parse(source))):
        with monkeypatch.context() as patch:
            with_sources(patch, dict.fromkeys(modules, change))
            assert code_version(function) == before
    forget()


NAMES = st.sampled_from("abcd")


@given(st.dictionaries(NAMES, st.tuples(st.lists(NAMES, max_size=3), st.integers(0, 2)), min_size=1))
def test_versions_are_those_of_what_calls_of_any_shape_mean(calls):
    """Where functions call each other in any way, versions are equal just where all unfolded calls are."""
    source = "\n".join(
        f"def {name}(x):\n    return [{', '.join(f'{other}(x)' for other in others)}], {number}"
        for name, (others, number) in calls.items()
    )

    def unfolded(name, depth):
        if name not in calls:
            return name
        others, number = calls[name]
        return depth and (number, tuple(unfolded(other, depth - 1) for other in others))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            code_sources,
            "spec_of",
            functools.cache(lambda name: ("calls.py", None) if name == "calls" else None),
        )
        patch.setattr(code_sources, "read_source", lambda name: source if name == "calls" else None)
        for cached in (module._version, module._code, code_sources.tree_of):
            cached.cache_clear()
        versions = {name: module._version("calls", name) for name in calls}
        for name in calls:
            for other in calls:
                equal = unfolded(name, 6) == unfolded(other, 6)
                assert (versions[name] == versions[other]) == equal
    forget()
