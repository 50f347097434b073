"""A definition as text: what it does counts, how it is written does not."""

import pytest

# --- how it is written ---------------------------------------------------------------------------------

PLAIN = """
    def f(x, k=2):
        y = x + k
        return y
"""


@pytest.mark.parametrize(
    "other",
    [
        "# first\ndef f(x, k=2):\n    # why\n    y = (x +\n         k)\n\n    return y",
        '"""Module."""\ndef f(x, k=2):\n    """What."""\n    y = x + k\n    """And so."""\n    return y',
        "def f(x: int, k: 'int' = 2) -> int:\n    y: int = x + k\n    return y",
        "def f(x, k=2):\n    z: int\n    pass\n    y = x + k\n    return y",
        "import os\nimport re\ndef f(x, k=2):\n    import os\n    y = x + k\n    return y",
        "def f(x, k=2): y = x + k; return y\ndef g():\n    return f\nOTHER = 1",
    ],
)
def test_how_a_function_is_written_does_not_count(write, other):
    assert write(other) == write(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, k=3):\n    y = x + k\n    return y",
        "def f(x, k=2.0):\n    y = x + k\n    return y",
        "def f(x, k):\n    y = x + k\n    return y",
        "def f(x, *, k=2):\n    y = x + k\n    return y",
        "def f(x, k=2):\n    y = x - k\n    return y",
        "def f(x, k=2):\n    y = x + k\n    return -y",
        "def f(x, k=2):\n    y = x + abs(k)\n    return y",
        "@staticmethod\ndef f(x, k=2):\n    y = x + k\n    return y",
        "async def f(x, k=2):\n    y = x + k\n    return y",
    ],
)
def test_what_a_function_does_counts(write, other):
    assert write(other) != write(PLAIN)


def test_the_name_and_the_place_of_a_definition_do_not_count(write):
    one = write("def f(n):\n    return g(n)\ndef g(n):\n    return n and f(n - 1) + SHARE\nSHARE = 1")
    named = write("def h(n):\n    return k(n)\ndef k(n):\n    return n and h(n - 1) + PART\nPART = 1", "h")
    far = write(
        "from .a import g\ndef f(n):\n    return g(n)",
        a="from . import start, b\ndef g(n):\n    return n and start.f(n - 1) + b.SHARE",
        b="SHARE = 1",
    )
    assert one == named == far


FAR = {"parts": "def g(x):\n    return x * 2\ndef unused():\n    pass", "inner__in____init__": ""}


@pytest.mark.parametrize(
    ("start", "further"),
    [
        ("from own.parts import g\ndef f(x):\n    return g(x)", {}),
        ("from own.parts import g as h\ndef f(x):\n    return h(x)", {}),
        ("import own.parts\ndef f(x):\n    return own.parts.g(x)", {}),
        ("import own.parts as parts\ndef f(x):\n    return parts.g(x)", {}),
        ("from own import parts\ndef f(x):\n    return parts.g(x)", {}),
        ("from . import parts as p\ndef f(x):\n    return p.g(x)", {}),
        ("from .parts import *\ndef f(x):\n    return g(x)", {}),
        ("def f(x):\n    from .parts import g\n    return g(x)", {}),
        ("def f(x):\n    import own.parts\n    return own.parts.g(x)", {}),
        ("def f(x):\n    import own.parts as p\n    return p.g(x)", {}),
        ("from own import g\ndef f(x):\n    return g(x)", {"__init__": "from .parts import g"}),
        ("import own\ndef f(x):\n    return own.g(x)", {"__init__": "from own.parts import g"}),
        (
            "import own\ndef f(x):\n    return own.g(x)",
            {
                "__init__": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .parts import g\n"
                "def __getattr__(name):\n    return 1"
            },
        ),
        (
            "from .inner import g\ndef f(x):\n    return g(x)",
            {"inner__in____init__": "from ..parts import g"},
        ),
        ("try:\n    from .parts import g\nexcept ImportError:\n    raise\ndef f(x):\n    return g(x)", {}),
        ("def g(x):\n    return x * 2\ndef f(x):\n    return g(x)", {}),
    ],
)
def test_imports_of_every_form_are_followed(write, start, further):
    usual = write("from .parts import g\ndef f(x):\n    return g(x)", **FAR)
    assert write(start, **FAR | further) == usual
    changed = {name: source.replace("* 2", "* 3") for name, source in {**FAR, **further}.items()}
    assert write(start.replace("* 2", "* 3"), **changed) != usual
    beside = {**FAR, **further, "parts": FAR["parts"].replace("pass", "return 1")}
    assert write(start, **beside) == usual


@pytest.mark.parametrize(
    ("first", "same", "other"),
    [
        (
            "import numpy as np\ndef f():\n    return np.random.default_rng",
            "from numpy.random import default_rng\ndef f():\n    return default_rng",
            "import jax.numpy as np\ndef f():\n    return np.random.default_rng",
        ),
        (
            "import numpy\ndef f():\n    return numpy.linalg.norm(numpy.ones(3))",
            "def f():\n    from numpy import linalg, ones\n    return linalg.norm(ones(3))",
            "from numpy import linalg, zeros as ones\ndef f():\n    return linalg.norm(ones(3))",
        ),
    ],
)
def test_names_from_outside_count_by_where_they_come_from(write, first, same, other):
    assert write(first) == write(same) != write(other)


# --- what errors and warnings say --------------------------------------------------------------------


def test_what_errors_and_warnings_say_does_not_count(write):
    text = """
        import warnings
        from own import words
        def f(x):
            if x < 0:
                raise ValueError(f"x is {{x}}: {0}")
            warnings.warn({0!r} + words.MORE, stacklevel=2)
            return x
    """
    first = write(text.format("one"), words="MORE = 1")
    assert write(text.format("another"), words="MORE = 2") == first
    assert write(text.format("one").replace("ValueError", "TypeError"), words="MORE = 1") != first
    assert write(text.format("one").replace("x < 0", "x < 1"), words="MORE = 1") != first
    kept = text.format("one").replace("warnings.warn(", "x = warnings.warn(")
    assert write(kept, words="MORE = 1") != write(kept, words="MORE = 2")
