from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.frame_tables import check_counts, named_frames, numbered_frames
from dkva.datasets.annotations.tables import table_of

pytestmark = pytest.mark.fast


def read(text, reader=named_frames):
    found = reader(Path("t"), table_of(Path("t"), text))
    return None if found is None else list(found.labels)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (",label\n0,a\n1,b\n", ["a", "b"]),
        ("frame,x,label\n1,9,a\n2,8,b\n", ["a", "b"]),
        ("label_id,label\n7,a\n8,b\n", ["a", "b"]),
        ("frame,label\n0,a\n1,\n2,NaN\n", ["a", "", ""]),
        ("time,label\n0.0,a\n0.033,b\n0.067,b\n", ["a", "b", "b"]),
        (",0\n0,a\n1,b\n", ["a", "b"]),
        ("x,z\n0,a\n1,b\n", None),
        ("label\na\n", None),
    ],
)
def test_tables_with_names(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0,a\n1,b\n", ["a", "b"]), ("1\ta\n2\tb\n", ["a", "b"]), ("a,b\nc,d\n", None), ("0,1,a\n", None)],
)
def test_tables_without(text, expected):
    assert read(text, numbered_frames) == expected


def test_pandas_with_several_columns_of_unknown_names():
    with pytest.raises(
        DataError, match=r"line 1: has columns mine, yours: which holds the labels\?; name it label"
    ):
        read(",mine,yours\n0,a,b\n1,a,b\n")


@pytest.mark.parametrize(
    ("name", "cells", "line", "part"),
    [
        ("frame", ["0", "1", "3"], 13, "column 'frame' goes from 1 to 3"),
        ("frame", ["0", "1", "1"], 13, "column 'frame' goes from 1 to 1"),
        ("frame", ["5", "6", "7"], 11, "column 'frame' begins with 5"),
        ("frame", ["0", "x", "2"], 12, "'x' in column 'frame' is no number"),
        ("", ["2", "3"], 11, "the column without a name begins with 2"),
        ("time", ["0.0", "0.1", "0.9", "1.0"], 13, "column 'time' goes from 0.1 to 0.9, not in even steps"),
        ("time", ["0.2", "0.1", "0.0"], 12, "not in even steps"),
    ],
)
def test_columns_that_do_not_count(name, cells, line, part):
    with pytest.raises(DataError) as caught:
        check_counts(Path("t"), name, cells, range(11, 11 + len(cells)))
    assert caught.value.line == line
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("frame", ["0", "1", "2"]),
        ("frame", ["1", "2"]),
        ("time", ["0", "5", "10"]),
        ("time", ["0.0", "0.033", "0.067"]),
        ("time", ["00:00", "00:01", "00:02"]),
        ("time", ["7.0"]),
    ],
)
def test_columns_that_count(name, cells):
    assert check_counts(Path("t"), name, cells, range(1, 1 + len(cells))) is None
