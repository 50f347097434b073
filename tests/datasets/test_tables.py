import numpy as np
import pytest

from dkva.datasets.tables import Table, is_missing, is_number, lay_out, split

pytestmark = pytest.mark.fast


def layout(text):
    return lay_out(text.encode().splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "separator", "titles"),
    [
        ("1 2\n3 4\n", None, 0),
        ("1,2\n3,4\n", ",", 0),
        ("1;2\n3;4\n", ";", 0),
        ("1\t2\n3\t4\n", "\t", 0),
        ("\t1 2\n3 4\n", None, 0),
        ("1,5 2,5\n3,5 4,5\n", None, 0),
        ("1, 2\n3, 4\n", ",", 0),
        ("sep=;\n1;2\n", ";", 0),
        ("sep=,\n1,5;2\n", ",", 0),
        ("a,b\n1,2\n", ",", 1),
        ("nose 1,nose 2\n1,2\n", ",", 1),
        ("a b\n1 2\n3 4\n", None, 1),
        ("nan,nan\n1,2\n", ",", 0),
        (",\n1,2\n", ",", 0),
        ("x,nan\n1,2\n", ",", 1),
        (",0,1\n0,5,6\n", ",", 1),
        (",0,1\n,5,6\n", ",", 0),
        ("0,1,2\n.5,.6,.7\n", ",", 1),
        ("0,1,2\n3,4,5\n", ",", 0),
        ("0,1\n.5,.6\n", ",", 0),
        ("frame,0,1\n0,.5,.6\n", ",", 1),
        ("frame,0,5\n0,.5,.6\n", ",", 0),
        ("name,0,1,2\na,.5,.6,.7\n", ",", 1),
        ("name,0,1,2\na,5,6,7\n", ",", 0),
        ("1,2,3\n.5,.6,.7\n", ",", 0),
        ("1,2,3,4,5,6,7,8\n.5,.6,.7,1,2,3,4,5\n", ",", 1),
        ("1,x,2\n4,5,6\n", ",", 0),
        (",s,D,D\n0,b,n,n\n1,c,x,y\n2,0,.5,.6\n", ",", 3),
        ("1|2\n3|4\n", "|", 0),
        ("a.png,0,1\nb.png,.5,.6\n", ",", 0),
        ("x,y\nx,y\n1,2\n", ",", 2),
        ("id,1,1\nc,x,y\n0,5,6\n", ",", 2),
        ("id,x,y\na.png,,\nb.png,1,2\n", ",", 1),
        ("Tracked by Somebody\nx,y\n1,2\n", ",", 2),
        ('"a b" "c d"\n1 2\n', None, 1),
        ("x y\n", None, 0),
    ],
)
def test_separators_and_lines_of_names(text, separator, titles):
    found = layout(text)
    assert found.separator == separator
    assert len(found.titles) == titles


def test_the_numbers_start_where_the_layout_says():
    text = "\ufeff# made by hand\n# x y\n1 2\n3 4\n"
    found = layout(text)
    assert text.encode()[found.start :] == b"1 2\n3 4\n"
    assert (found.skipped, found.cells, found.second) == (2, ("1", "2"), "3")
    assert found.comments == (("x", "y"), 2)


@pytest.mark.parametrize("text", ["", "\n \n", "# nothing\n", "sep=;\n"])
def test_nothing_to_read(text):
    assert layout(text) is None


@pytest.mark.parametrize("text", ["1,2,\n3,4,\n", "1 2 \n", "1\t2\t\r\n"])
def test_a_separator_at_the_end_of_the_line(text):
    assert layout(text).trailing
    assert not layout(text.replace(",\n", "\n").replace(" \n", "\n").replace("\t\r", "\r")).trailing


@pytest.mark.parametrize(
    ("line", "separator", "cells"),
    [
        ('"a, b",1', ",", ["a, b", "1"]),
        ("1,5;2", ";", ["1.5", "2"]),
        ("a,b;1,5e3", ";", ["a,b", "1.5e3"]),
        ("  1   2 ", None, ["1", "2"]),
        ('"x y" 1', None, ["x y", "1"]),
        ("\t1\t", "\t", ["", "1", ""]),
        ("1,5", ",", ["1", "5"]),
    ],
)
def test_cells(line, separator, cells):
    assert split(line, separator) == cells


@pytest.mark.parametrize("cell", ["", "NaN", "nan", "NA", "N/A", "null", "None", "-", "#N/A"])
def test_marks_of_missing_values(cell):
    assert is_missing(cell)
    assert not is_number(cell)


@pytest.mark.parametrize(("cell", "number"), [("1", 1), ("-1e3", 1), ("inf", 1), ("1_0", 0), ("x", 0)])
def test_numbers(cell, number):
    assert is_number(cell) == bool(number)
    assert not is_missing(cell)


def test_lines_and_names_for_messages():
    table = Table(np.zeros((2, 2), np.float32), ("a", ""), (1, 3), lines=4)
    assert [table.line(0), table.line(1)] == [4, 5]
    assert table._replace(lines=np.array([4, 7])).line(1) == 7
    assert table._replace(lines=None).line(1) is None
    assert [table.called(0), table.called(1)] == ["column 'a'", "column 3"]
