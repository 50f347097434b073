import gzip
import re
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dkva.datasets import DataError
from dkva.datasets import text as text_module
from dkva.datasets.text import parse_text

pytestmark = pytest.mark.fast

MATRICES = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.integers(2, 6)),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False),
)


@pytest.fixture(params=["bytes", "name"])
def given_as(request, monkeypatch):
    """What Polars is given: bytes of small files, names of large ones."""
    if request.param == "name":
        monkeypatch.setattr(text_module, "_HELD", 0)


def written(tmp_path, text, name="video.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def same(first, second):
    """Whether two tables hold the same, whatever read them."""
    np.testing.assert_array_equal(first.values, second.values)
    assert (first.names, first.places, first.text) == (second.names, second.places, second.text)
    assert first.exact.keys() == second.exact.keys()
    for i, column in first.exact.items():
        np.testing.assert_array_equal(column, second.exact[i])
    assert [first.line(row) for row in range(len(first.values))] == [
        second.line(row) for row in range(len(second.values))
    ]


def by_line(path):
    """The table as it is read if Polars reads nothing."""
    with mock.patch.object(text_module, "_by_polars", return_value=None):
        return parse_text(path)


@given(MATRICES, st.sampled_from([" ", ",", "\t", ";"]), st.sampled_from(["%.18e", "%.9g"]))
@settings(deadline=None, max_examples=40)
def test_numbers_come_back_as_numpy_reads_them(tmp_path_factory, matrix, separator, form):
    path = tmp_path_factory.mktemp("text") / "video.txt"
    np.savetxt(path, matrix, fmt=form, delimiter=separator)
    np.testing.assert_array_equal(
        parse_text(path).values, np.loadtxt(path, np.float32, delimiter=separator, ndmin=2)
    )


@st.composite
def tables(draw):
    """Text of a table as some program writes it, and its numbers, names and missing values."""
    matrix = draw(MATRICES)
    n, d = matrix.shape
    separator = draw(st.sampled_from([",", "\t", ";", " "]))
    gaps = draw(hnp.arrays(bool, matrix.shape)) if draw(st.booleans()) else np.zeros(matrix.shape, bool)
    gaps[0] = False
    mark = "NaN" if separator == " " else draw(st.sampled_from(["", "NaN", "NA", "null"]))
    point = "," if separator == ";" and draw(st.booleans()) else "."
    words = draw(st.lists(st.text("abxyz", min_size=1, max_size=4), min_size=d, max_size=d))
    quote = draw(st.sampled_from(["", '"']))
    index = draw(st.sampled_from([None, "", "frame"])) if separator != " " else None
    image = draw(st.booleans()) and separator != " "
    header = index is not None or image or draw(st.booleans())
    end, ending = draw(st.sampled_from(["", separator])), draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(st.sampled_from([[], ["# made by hand, for no one"], ["% one", "# two"]]))
    first = ([] if index is None else [index]) + (["image"] if image else [])
    if header:
        lines = [
            *lines,
            separator.join([f"{quote}{word}{quote}" if word else "" for word in [*first, *words]]) + end,
        ]
    for i in range(n):
        cells = [
            mark if gap else repr(float(x)).replace(".", point)
            for x, gap in zip(matrix[i], gaps[i], strict=True)
        ]
        before = ([] if index is None else [str(i)]) + ([f"{quote}img{i}.png{quote}"] if image else [])
        lines = [*lines, separator.join([*before, *cells]) + end]
    blank = draw(st.sampled_from(["", ending, ending * 2]))
    coding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    expected = np.where(gaps, np.float32(np.nan), matrix)
    return (
        (ending.join(lines) + ending + blank).encode(coding),
        expected,
        words if header else None,
        index is not None,
    )


@given(tables())
@settings(deadline=None, max_examples=300)
def test_tables_come_back_whatever_wrote_them_and_whatever_reads_them(tmp_path_factory, made):
    data, expected, words, indexed = made
    path = written(tmp_path_factory.mktemp("text"), data)
    table = parse_text(path)
    empty = np.isnan(table.values).all(0)
    kept = [i for i in range(table.values.shape[1]) if not empty[i]][indexed:]
    columns = ~np.isnan(expected).all(0)
    np.testing.assert_array_equal(table.values[:, kept], expected[:, columns])
    if words:
        assert [table.names[i] for i in kept] == list(words)
    same(table, by_line(path))


@pytest.mark.usefixtures("given_as")
@pytest.mark.parametrize(
    "text",
    [
        "1 2\n3 4",
        "1 2\r3 4\r",
        "1 2\r\n3 4\r\n",
        "1  2\n3   4\n",
        "  1 2  \n\t3 4\n",
        "1 2 \n3 4 \n",
        "1 2\n3 4\n\n \n",
        "\n1 2\n3 4\n",
        "\ufeff1 2\n3 4\n",
        "1, 2\n3,4\n",
        "1;2\n3; 4\n",
        "1,0;2,0\n3;4\n",
        "1,0 2,0\n3,0 4,0\n",
        "1,0\t2,0\n3\t4\n",
        '"1"; "2"\n3;4\n',
        '"1","2"\n"3","4"\n',
        "sep=;\n1;2\n3;4\n",
        "sep=,\r\n1,2\r\n3,4\r\n",
        "1 2\n# half way\n3 4\n% end\n",
    ],
)
def test_layouts_people_have(tmp_path, text):
    for data in (text, text.removeprefix("\ufeff").encode("utf-16")):
        table = parse_text(written(tmp_path, data))
        np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])
        assert table.values.dtype == np.float32
        assert table.values.flags.c_contiguous
        assert (table.names, table.notes, table.text) == (None, (), ())


@pytest.mark.usefixtures("given_as")
@pytest.mark.parametrize(
    ("text", "names", "lines"),
    [
        ("a;b\n1,5;2\n3;4\n", ("a", "b"), 1),
        ('"Zeit","x"\n1.5,2\n3,4\n', ("Zeit", "x"), 1),
        ("a\tb\n1.5\t2\n3\t4\n", ("a", "b"), 1),
        ("# a b\n1.5 2\n3 4\n", ("a", "b"), 1),
        ("% 20 frames, by hand\n#\n1.5 2\n3 4\n", None, 2),
        ("made by hand\na,b\n1.5,2\n3,4\n", ("a", "b"), 2),
        ("net,net\na,b\n1.5,2\n3,4\n", ("a", "b"), 2),
        ("m,m\na,b\nx,y\n1.5,2\n3,4\n", ("a_x", "b_y"), 3),
        ("a;b;\n1,5;2;\n3;4;\n", ("a", "b", ""), 1),
        ("a;b\n1,5;2;\n3;4;\n", ("a", "b", ""), 1),
        ("a;b;\n1,5;2\n3;4\n", ("a", "b"), 1),
        ("sep=;\na;b\n1,5;2\n3;4\n", ("a", "b"), 1),
    ],
)
def test_lines_of_names(tmp_path, text, names, lines):
    for name in ("video.csv", "video.TSV", "video.txt"):
        table = parse_text(written(tmp_path, text, name))
        np.testing.assert_array_equal(table.values[:, :2], [[1.5, 2], [3, 4]])
        assert table.names == names
        (note,) = table.notes
        assert (note.name, note.value) == ("header", {"lines": lines})
        assert ("names no columns" in note.text) == (names is None)
        same(table, by_line(tmp_path / name))


@pytest.mark.usefixtures("given_as")
@pytest.mark.parametrize("head", ["", '"a","b"\n', "a,b\r\n"])
def test_quoted_decimal_commas_between_commas(tmp_path, head):
    table = parse_text(written(tmp_path, head + '"0,25","1,5"\n1,"-2"\n"1e3","3,5e-1"\n', "v.csv"))
    np.testing.assert_array_equal(table.values, np.array([[0.25, 1.5], [1, -2], [1e3, 0.35]], np.float32))
    assert table.names == (("a", "b") if head else None)
    note = table.notes[-1]
    assert (note.name, note.value) == ("decimal_commas", "0,25")
    assert note.text == 'quoted numbers are read with decimal commas, "0,25" as 0.25'


def test_quoted_commas_beside_decimal_points_are_text(tmp_path):
    table = parse_text(written(tmp_path, 'a,b,c\n"0,25",1.5,2\n"1,5",3,4\n'))
    assert table.names == ("b", "c")
    assert table.text == ((1, "a", ("0,25", "1,5")),)


def test_quoted_thousands_are_not_guessed(tmp_path):
    path = written(tmp_path, 'a,b\n1,2\n"1,234",3\n"10,500",4\n')
    with pytest.raises(
        DataError, match=r'line 3: holds "1,234", which may be 1\.234 or 1234; save its numbers'
    ):
        parse_text(path)
    assert parse_text(written(tmp_path, 'a,b\n1,2\n"1,234",3\n"0,500",4\n')).values[2, 0] == 0.5


@pytest.mark.parametrize("text", ["a,b\n", "a;b;c", "frame,x,y\r\n\r\n", ",x,y\n", "a b c\n"])
def test_a_line_of_names_alone(tmp_path, text):
    with pytest.raises(DataError, match="has no rows, only a line of names; export it again"):
        parse_text(written(tmp_path, text))


def test_names_in_latin_1(tmp_path):
    assert parse_text(written(tmp_path, "Höhe,b\n1,2\n".encode("latin-1"))).names == ("Höhe", "b")


def test_names_that_do_not_fit(tmp_path):
    with pytest.raises(DataError, match="line 2: has 4 numbers, the line of names has 2"):
        parse_text(written(tmp_path, "a,b\n1,2,3,4\n"))


def test_columns_of_text_stand_apart(tmp_path):
    table = parse_text(written(tmp_path, "image,x,y\na.png,1,2\nb.png,3,\n,5,6\n"))
    np.testing.assert_array_equal(table.values, [[1, 2], [3, np.nan], [5, 6]])
    assert (table.names, table.places) == (("x", "y"), (2, 3))
    assert table.text == ((1, "image", ("a.png", "b.png")),)


def test_lines_after_a_header_keep_their_numbers(tmp_path):
    for text in ("# one\na;b\n1;2\n3;4;5\n", "# one\na;b\n1;2\n3;x\n"):
        with pytest.raises(DataError, match="line 4: "):
            parse_text(written(tmp_path, text, "video.csv"))
    table = parse_text(written(tmp_path, "a b\n1 2\n# between\n3 4\n"))
    assert [table.line(0), table.line(1)] == [2, 4]


def test_polars_reads_tables_with_names_and_gaps(tmp_path, monkeypatch):
    def by_line(*args):
        raise AssertionError(args)

    monkeypatch.setattr(text_module, "_by_line", by_line)
    for text in (
        "a,b\n1,2\n3,4\n",
        "a,b\n1,\n,4\n",
        "a,b\n1,NA\nnull,4\n",
        "a,b\n1,2\n3,4\n\n\n",
        "a;b\n1,5;2\n3;4\n",
        "i,a\nx.png,1\ny.png,2\n",
        'i,a\n"x.png",1\n"y.png",2\n',
        "1 2 \n3 4 \n",
        "1,2,\n3,4,\n",
    ):
        assert len(parse_text(written(tmp_path, text)).values) == 2


def test_gzip(tmp_path):
    path = written(tmp_path, gzip.compress(b"1 2\n3 4\n"), "video.txt.gz")
    np.testing.assert_array_equal(parse_text(path).values, [[1, 2], [3, 4]])


@pytest.mark.usefixtures("given_as")
@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("1 2\n3\n4 5\n", 2, "has 1 number, line 1 has 2"),
        ("1 2\n3 4 5\n", 2, "has 3 numbers, line 1 has 2"),
        ("1 2\n3 4 5\n6\n", 2, "has 3 numbers"),
        ("1 2\n3 vier\n", 2, "'vier' in place 2 is no number"),
        ("1 2\n\n3 4\n", 2, "is blank"),
        ("1\n2\n", None, "single column"),
        ("", None, "is empty"),
        ("\n \n", None, "is empty"),
        ("<!DOCTYPE html>\n<html>", None, "HTML"),
        (b"\x00\x01\x02", None, "binary"),
        (b"\xff\xfe1", None, "no complete text in UTF-16"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", None, "git lfs pull"),
        ("video,start,end,label\nv,0,10,1\n", None, "a table that dkva wrote"),
        ("pour\nstir\n", None, "a single column of text ('pour'"),
        ("1-75 pour\n76-150 stir\n", None, "no column of numbers"),
        ("1 2\n1_0 4\n", 2, "'1_0' in place 1 is no number"),
        (b"1 2\n3 \xff\n", 2, "in place 2 is no number"),
    ],
)
def test_errors_name_file_line_and_remedy(tmp_path, text, line, part):
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=re.escape(part)) as caught:
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
        values = parse_text(path).values
    except DataError as error:
        problem = str(error)
    else:
        problem = ""
        assert 0 not in values.shape
    assert "\n" not in problem
