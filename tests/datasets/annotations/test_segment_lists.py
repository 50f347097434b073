from pathlib import Path

import pytest

from dkva.datasets import DataError, LabelReading
from dkva.datasets.annotations.segment_lists import named_list, plain_list, worded_list
from dkva.datasets.annotations.tables import table_of

pytestmark = pytest.mark.fast

PATH = Path("t")


def named(text, **reading):
    return named_list(PATH, table_of(PATH, text), LabelReading(**reading), "")


def plain(text):
    return plain_list(PATH, table_of(PATH, text), LabelReading())


def worded(text):
    return worded_list(PATH, text.splitlines())


def spans(found):
    return found and [(each.start, each.end, each.label) for each in found.segments]


@pytest.mark.parametrize(
    ("reader", "text", "unit", "expected"),
    [
        (named, "start,end,label\n0,75,a\n", "frames", [(0, 75, "a")]),
        (named, "label;start frame;end frame\na;0.0;75.0\n", "frames", [(0, 75, "a")]),
        (named, "start,end,label\n0,2.5,a\n", "seconds", [(0, 2.5, "a")]),
        (named, "start,duration,label\n2,2.5,a\n", "seconds", [(2, 4.5, "a")]),
        (named, "start_ms,end_ms,label\n0,2500,a\n", "ms", [(0, 2500, "a")]),
        (named, "start_ms,end_ms,label\n0:01,0:02,a\n", "ms", [(1000, 2000, "a")]),
        (named, "start,end,label\n0ms,20ms,a\n", "ms", [(0, 20, "a")]),
        (named, "my film\n\nstart,end,label\n0,75,a\n", "frames", [(0, 75, "a")]),
        (
            named,
            "Begin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\thands\n0:00:00.5\t0:00:01\ta\n",
            "seconds",
            [(0.5, 1, "a")],
        ),
        (named, "frame,label\n0,a\n", None, None),
        (plain, "a\t0\t75\n", "frames", [(0, 75, "a")]),
        (plain, "0,75,a\n", "frames", [(0, 75, "a")]),
        (plain, "0;2,5;a\n", "seconds", [(0, 2.5, "a")]),
        (plain, "1,0,75,a\n2,75,80,b\n", "frames", [(0, 75, "a"), (75, 80, "b")]),
        (plain, "0,75,75,a\n75,80,5,b\n", "frames", [(0, 75, "a"), (75, 80, "b")]),
        (plain, "0,75,2\n75,80,1\n", "frames", [(0, 75, "2"), (75, 80, "1")]),
        (plain, "2,0,75\n1,75,80\n", "frames", [(0, 75, "2"), (75, 80, "1")]),
        (plain, "tier\t\t0\t75\ta\n", "whole", [(0, 75, "a")]),
        (plain, "a,b\nc,d\n", None, None),
        (worded, "0 75 a b\n", "frames", [(0, 75, "a b")]),
        (worded, "a 1 b 0 75\n", "frames", [(0, 75, "a 1 b")]),
        (worded, "0 - 75: a\n", "frames", [(0, 75, "a")]),
        (worded, "0–75 a\n", "frames", [(0, 75, "a")]),
        (worded, "0 to 75 a\n", "frames", [(0, 75, "a")]),
        (worded, "0:01-0:02.5 a\n", "seconds", [(1, 2.5, "a")]),
        (worded, "0.5-2.5 a\n", "seconds", [(0.5, 2.5, "a")]),
        (worded, '0-75 "a b"\n', "frames", [(0, 75, "a b")]),
        (worded, "0 75 3\n75 80 3\n", "frames", [(0, 75, "3"), (75, 80, "3")]),
        (worded, "walk 1\nwalk 2\n", None, None),
        (worded, "a\nb\n", None, None),
    ],
)
def test_lists(reader, text, unit, expected):
    found = reader(text)
    assert spans(found) == expected
    assert (found and found.unit) == unit


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("start,end,label\n0,75,a\n", None),
        ("start,end_exclusive,label\n0,75,a\n", "exclusive"),
        ("first_frame,last_frame,label\n0,75,a\n", "inclusive"),
        ("start,duration,label\n0,75,a\n", "exclusive"),
        ("start,end,duration,label\n0,75,75,a\n9,10,1,b\n", "exclusive"),
        ("start,end,duration,label\n0,75,76,a\n9,10,2,b\n", "inclusive"),
    ],
)
def test_ends_that_the_file_tells(text, ends):
    assert named(text).ends == ends


def test_columns_in_frames_and_in_seconds():
    text = "start,end,start_time,end_time,label\n0,75,0.0,2.5,a\n"
    assert (named(text).unit, named(text, fps=30).unit) == ("frames", "seconds")


@pytest.mark.parametrize(
    ("reader", "text", "line", "part"),
    [
        (named, "start,end,label\n0,soon,a\n", 2, "'soon' is no time or frame"),
        (named, "start,end,label\n0,,a\n", 2, "has no start or no end"),
        (named, "start,end,label\n-4,9,a\n", 2, "-4 lies before the video"),
        (named, "start,end,label\n0,9,\n", 2, "is a segment without a label"),
        (
            named,
            "start,end,label\n0,9,a,b\n",
            2,
            "has 4 cells, line 1 has 3; put labels with commas in quotes",
        ),
        (named, "start,end,x,z\n0,9,a,b\n", 1, "has columns x, z: which holds the labels?"),
        (named, "start,end,confidence\n0,9,1\n", 1, "has no column of labels; name it label"),
        (named, "start_frame,end_time,label\n0,9,a\n", 1, "has starts and ends in different units"),
        (named, "start_frame,end_frame,label\n0:01,0:02,a\n", 2, "mixes units of time"),
        (named, "start,end,label\n0,20ms,a\n", 2, "mixes units of time"),
        (plain, "0,1,2,a\n5,6,7,b\n", 1, "has 3 columns of numbers: which are starts and ends?"),
        (plain, "1,2,3\n4,5,6\n7,8,9\n", 1, "which are start and end, which is the label?"),
        (plain, "0,75,a\nb\n75,80,c\n", 2, "'b' is no start, end and label, as line 1 is; give every line"),
        (
            worded,
            "what I saw\n0-75 a\n76-80 b\n",
            1,
            "is no start, end and label, as line 2 is; name the columns",
        ),
    ],
)
def test_refusals(reader, text, line, part):
    with pytest.raises(DataError) as caught:
        reader(text)
    assert caught.value.line == line
    assert part in str(caught.value)
