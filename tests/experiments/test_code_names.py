"""Names in a syntax tree: what statements bind, and which names are local."""

import ast

import pytest

from dkva.experiments.code_names import Origin, bindings, chain_of, imports_of, only_for_types, root_of

pytestmark = pytest.mark.fast


def bound(text):
    return set(bindings(ast.parse(text).body, "own").bound)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = b[0] = c.d = 1", {"a"}),
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("a: int = 1\nb: int", {"a", "b"}),
        ("for a in b:\n    c = a\nelse:\n    d = 1", {"a", "c", "d"}),
        ("with a as b, c as (d, e):\n    pass", {"b", "d", "e"}),
        ("try:\n    a = 1\nexcept ValueError as b:\n    c = 1\nfinally:\n    d = 1", {"a", "b", "c", "d"}),
        ("import a.b, c.d as e\nfrom f import g, h as i", {"a", "e", "g", "i"}),
        ("def a(b=(c := 1)):\n    d = 1", {"a", "c"}),
        ("class a(b):\n    c = 1", {"a"}),
        ("[a for b in c if (d := b)]", {"d"}),
        ("lambda a: (b := a)", set()),
        ("match a:\n    case [b, *c]:\n        d = 1\n    case {'e': f, **g}:\n        pass", {*"bcdfg"}),
        ("global a\na = b = 1", {"b"}),
    ],
)
def test_what_statements_bind(text, names):
    assert bound(text) == names


def test_imports_lead_to_modules_and_names_in_them():
    text = "import a.b\nimport a.b as c\nfrom a import b as d\n"
    text += "from . import e\nfrom .f import g\nfrom h import *"
    found = [origin for node in ast.parse(text).body for origin in imports_of(node, "own.part")]
    assert found == [
        ("a", Origin("a", None)),
        ("c", Origin("a.b", None)),
        ("d", Origin("a", "b")),
        ("e", Origin("own.part", "e")),
        ("g", Origin("own.part.f", "g")),
        ("*", Origin("h", "*")),
    ]


def test_a_name_that_is_bound_twice_is_no_import_alone():
    names = bindings(ast.parse("import a\nfrom b import c\nc = 1").body, "own")
    assert names.alias("a") == Origin("a", None)
    assert names.alias("c") is None


def test_chains_and_roots():
    def parsed(text):
        return ast.parse(text, mode="eval").body

    assert chain_of(parsed("a.b.c")) == ("a", ["b", "c"])
    assert chain_of(parsed("a().b")) is None
    assert root_of(parsed("a.b['c'](d).e")) == "a"
    assert root_of(parsed("'text'.join")) is None


@pytest.mark.parametrize(
    ("text", "only"), [("TYPE_CHECKING", True), ("typing.TYPE_CHECKING", True), ("a", False)]
)
def test_imports_for_types_are_told_apart(text, only):
    assert only_for_types(ast.parse(f"if {text}:\n    import a").body[0]) == only


@pytest.mark.parametrize(
    "body",
    [
        "def f(A):\n    return A",
        "def f(*A):\n    return A",
        "def f():\n    A = 3\n    return A",
        "def f():\n    return [A for A in range(3)]",
        "def f():\n    return {A: A for A in range(3) if A}",
        "def f():\n    for A in range(3):\n        print(A)",
        "def f():\n    with open('x') as A:\n        return A",
        "def f():\n    try:\n        pass\n    except OSError as A:\n        return A",
        "def f():\n    import numpy as A\n    return A",
        "def f():\n    def A():\n        pass\n    return A",
        "def f():\n    return (A := 3) + A",
        "def f():\n    return lambda A: A",
        "def f():\n    A = 2\n    def g():\n        nonlocal A\n        A += 1\n    return g, A",
        "def f(x):\n    match x:\n        case [A, *_]:\n            return A",
        "class f:\n    A = 1\n    B = A",
        "def f(x):\n    return x.A",
        "def f(x):\n    return x(A=1)",
        "def f(x: A) -> A:\n    y: A = x\n    return y",
    ],
)
def test_local_names_are_not_those_of_the_module(write, body):
    assert write(f"{body}\nA = 1") == write(f"{body}\nA = 2") == write(body)


def test_a_statement_of_a_block_counts_only_for_the_names_in_it(write):
    source = "import os\nif os.name:\n    def f():\n        return 1\n    def g():\n        return 2"
    assert write(source) == write(source.replace("2", "3")) != write(source.replace("1", "3"))
