import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dkva.datasets import DataError
from dkva.datasets.text import parse_text

pytestmark = pytest.mark.fast

MATRICES = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.integers(2, 6)),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False),
)


def written(tmp_path, text, name="video.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@given(MATRICES, st.sampled_from([" ", ",", "\t", ";"]), st.sampled_from(["%.18e", "%.9g"]))
@settings(deadline=None, max_examples=40)
def test_numbers_come_back_as_numpy_reads_them(tmp_path_factory, matrix, separator, form):
    path = tmp_path_factory.mktemp("text") / "video.txt"
    np.savetxt(path, matrix, fmt=form, delimiter=separator)
    np.testing.assert_array_equal(
        parse_text(path), np.loadtxt(path, np.float32, delimiter=separator, ndmin=2)
    )


@pytest.mark.parametrize(
    "text",
    [
        "1 2\n3 4",
        "1 2\r\n3 4\r\n",
        "1  2\n3   4\n",
        "  1 2  \n\t3 4\n",
        "1 2\n3 4\n\n \n",
        "\ufeff1 2\n3 4\n",
        "1, 2\n3,4\n",
        "1;2\n3; 4\n",
        "1,0;2,0\n3;4\n",
        '"1"; "2"\n3;4\n',
    ],
)
def test_layouts_people_have(tmp_path, text):
    frames = parse_text(written(tmp_path, text))
    np.testing.assert_array_equal(frames, [[1, 2], [3, 4]])
    assert frames.dtype == np.float32
    assert frames.flags.c_contiguous


@pytest.mark.parametrize("text", ["a;b\n1,5;2\n3;4\n", '"Zeit","x"\n1.5,2\n3,4\n', "a\tb\n1.5\t2\n3\t4\n"])
def test_what_spreadsheets_write(tmp_path, text):
    for name in ("video.csv", "video.TSV"):
        np.testing.assert_array_equal(parse_text(written(tmp_path, text, name)), [[1.5, 2], [3, 4]])
    with pytest.raises(DataError, match=r"line 1: .* is no number"):
        parse_text(written(tmp_path, text, "video.txt"))


def test_lines_after_a_header_keep_their_numbers(tmp_path):
    with pytest.raises(DataError, match="line 3: nothing in place 2 is no number"):
        parse_text(written(tmp_path, "a;b\n1;2\n3;\n", "video.csv"))
    with pytest.raises(DataError, match="line 3: number 2 is nan"):
        parse_text(written(tmp_path, "a;b\n1;2\n3;nan\n", "video.csv"))


def test_gzip(tmp_path):
    path = written(tmp_path, gzip.compress(b"1 2\n3 4\n"), "video.txt.gz")
    np.testing.assert_array_equal(parse_text(path), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("1 2\n3\n4 5\n", 2, "has 1 number, line 1 has 2"),
        ("1 2\n3 4 5\n", 2, "has 3 numbers, line 1 has 2"),
        ("1 2\n3 4 5\n6\n", 2, "has 3 numbers"),
        ("1 2\n3 vier\n", 2, "'vier' in place 2 is no number"),
        ("1 2\n\n3 4\n", 2, "is blank"),
        ("1 2\n3 nan\n", 2, "number 2 is nan"),
        ("1 2\n3 4\n-inf 4\n", 3, "number 1 is -inf"),
        ("1 2\n1e39 4\n", 2, "number 1 is inf"),
        ("1  2\n1e39 4\n", 2, "number 1 is inf"),
        ("1,2\n3,\n", 2, "nothing in place 2 is no number"),
        ("1\n2\n", None, "single column"),
        ("", None, "is empty"),
        ("\n \n", None, "is empty"),
        ("<!DOCTYPE html>\n<html>", None, "HTML"),
        (b"\x00\x01\x02", None, "binary"),
        (b"1 2\n3 \xff\n", 2, "in place 2 is no number"),
    ],
)
def test_errors_name_file_line_and_remedy(tmp_path, text, line, part):
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=part.replace("(", r"\(")) as caught:
        parse_text(path)
    assert caught.value.line == line
    assert str(path) in str(caught.value)
    assert "; " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_gzip(tmp_path):
    whole = gzip.compress(b"1 2\n" * 1000)
    for data in (b"1 2\n", whole[:-10], b""):
        with pytest.raises(DataError, match=r"gzip|empty"):
            parse_text(written(tmp_path, data, "video.txt.gz"))


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="not found"):
        parse_text(tmp_path / "none.txt")


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_bytes_give_frames_or_one_error(tmp_path_factory, data):
    path = written(tmp_path_factory.mktemp("bytes"), data)
    try:
        frames = parse_text(path)
    except DataError as error:
        problem = str(error)
    else:
        problem = ""
        assert frames.ndim == 2
        assert np.isfinite(frames).all()
    assert "\n" not in problem
