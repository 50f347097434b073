from pathlib import Path

import pytest

from dkva.datasets import DataError, LabelReading
from dkva.datasets.annotations.boris import aggregated_events, events
from dkva.datasets.annotations.tables import table_of

pytestmark = pytest.mark.fast

PATH = Path("t")


def read(text, reader=events, **how):
    found = reader(PATH, table_of(PATH, text), LabelReading(**how), "")
    return found and [(each.start, each.end, each.label, each.line) for each in found.segments]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Behavior,Behavior type,Time\na,START,0\na,STOP,2\n", [(0, 2, "a", 2)]),
        ("Time;Subject;Behavior;Status\n0,0;x;a;START\n2,5;x;a;STOP\n", [(0, 2.5, "a", 2)]),
        ("time,action,event\n1,a,start\n2,b,begin\n3,a,end\n4,b,stop\n", [(1, 3, "a", 2), (2, 4, "b", 3)]),
        ("frame,behaviour,status\n10,a,START\n20,a,STOP\n", [(10, 20, "a", 2)]),
        (
            "Behavior,Behavior type,Time\na,START,0\na,STOP,2\na,START,2\na,STOP,4\n",
            [(0, 2, "a", 2), (2, 4, "a", 4)],
        ),
        (
            "Time_Relative_hms;Time_Relative_sf;Behavior;Event_Type\n00:00:00;0,0;a;State start\n"
            "00:00:02;2,0;a;State stop\n",
            [(0, 2, "a", 2)],
        ),
        ("Behavior,Time\na,0\n", None),
        ("start,end,label\n0,1,a\n", None),
    ],
)
def test_events(text, expected):
    assert read(text) == expected


def test_states_of_several_subjects_are_paired_by_subject():
    text = "Time,Subject,Behavior,Status\n0,x,a,START\n1,y,a,START\n2,x,a,STOP\n3,y,a,STOP\n"
    assert read(text) == [(0, 2, "a", 2), (1, 3, "a", 3)]
    assert read(text, tier="y") == [(1, 3, "a", 3)]


def test_the_unit_is_the_columns():
    for name, unit in {"Time": "seconds", "time_ms": "ms", "frame": "frames"}.items():
        table = table_of(PATH, f"Behavior,Status,{name}\na,START,0\na,STOP,2\n")
        found = events(PATH, table, LabelReading(), "")
        assert (found.unit, found.ends) == (unit, "exclusive")


def test_the_rate_of_the_file():
    for rates, fps in {("25", "25"): 25, ("25", "30"): None, ("", ""): None}.items():
        text = f"FPS,Behavior,Status,Time\n{rates[0]},a,START,0\n{rates[1]},a,STOP,2\n"
        assert events(PATH, table_of(PATH, text), LabelReading(), "").fps == fps


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("Behavior,Status,Time\na,START,0\n", 2, "START of 'a' has no STOP"),
        ("Behavior,Status,Time\na,START,0\nb,STOP,1\n", 3, "STOP of 'b' has no START"),
        ("Behavior,Status,Time\na,START,0\na,START,1\n", 2, "START of 'a' has no STOP"),
        ("Behavior,Status,Time\na,START,x\na,STOP,1\n", 2, "is no event: 'a START x'"),
        ("Behavior,Status,Time\n,START,0\n,STOP,1\n", 2, "is no event: 'START 0'"),
    ],
)
def test_refusals(text, line, part):
    with pytest.raises(DataError) as caught:
        read(text)
    assert caught.value.line == line
    assert part in str(caught.value)


HEADER = "Subject,Behavior,Behavior type,Start (s),Stop (s)\n"


def test_aggregated_events():
    assert read(HEADER + "x,a,STATE,0,2.5\nx,b,POINT,1,1\n", aggregated_events) == [(0, 2.5, "a", 2)]
    assert read("Behavior,Start (s),Stop (s)\na,0,2.5\nb,3,NA\n", aggregated_events) == [(0, 2.5, "a", 2)]
    assert read("Action,Start (s),Stop (s)\na,0,2.5\n", aggregated_events) is None
    with pytest.raises(DataError, match="line 2: 'soon' to '2' are no times"):
        read(HEADER + "x,a,STATE,soon,2\n", aggregated_events)
    with pytest.raises(DataError, match="holds point events alone"):
        read(HEADER + "x,b,POINT,1,1\n", aggregated_events)
