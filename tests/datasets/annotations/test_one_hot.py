from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.one_hot import one_hot
from dkva.datasets.annotations.tables import table_of

pytestmark = pytest.mark.fast


def read(text):
    found = one_hot(Path("t"), table_of(Path("t"), text))
    return None if found is None else list(found.labels)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (",a,b\n0,1,0\n1,0,1\n", ["a", "b"]),
        ("frame,a,b\n1,1,0\n2,0,0\n", ["a", ""]),
        ("a,b\n1,0\n0,1\n", ["a", "b"]),
        ("a\tb\n1.0\t0.0\n0.0\t1.0\n", ["a", "b"]),
        ("a;b\nTrue;False\nFalse;True\n", ["a", "b"]),
        ("time,a,b\n0.00,1,0\n0.04,,1\n", ["a", "b"]),
        ("frame,attack\n0,0\n1,1\n", ["", "attack"]),
        ("step,walk,class\n1,0,0\n0,0,1\n", ["step", "class"]),
        ("frame,label\n0,0\n1,1\n", None),
        ("label,score\n0,0.5\n1,1.0\n", None),
        ("start,end,label\n0,1,1\n", None),
        ("a,b\nx,y\n", None),
        ("frame,a,b\n", None),
    ],
)
def test_tables(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a,b\n1,0\n1,1\n", 3, "has two labels: a, b"),
        ("frame,a,b\n0,1,0\n2,0,1\n", 3, "column 'frame' goes from 0 to 2"),
        ("a,b\n1,0\n1\n", 3, "has 1 cell, line 1 has 2"),
        ("1,0,0\n0,1,0\n", 1, "looks like a one-hot table without names"),
    ],
)
def test_refusals(text, line, part):
    with pytest.raises(DataError, match=part) as caught:
        read(text)
    assert caught.value.line == line


def test_classes_are_named_in_a_note():
    (note,) = one_hot(Path("t"), table_of(Path("t"), "frame,a,b\n0,1,0\n1,0,1\n")).notes
    assert note.text == "the labels are a one-hot table of 2 classes: a, b"
    assert note.value == {"form": "one-hot table", "classes": ["a", "b"]}
