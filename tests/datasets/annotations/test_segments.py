import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from label_texts import runs

from dkva.datasets import DataError, LabelReading
from dkva.datasets.annotations.forms import Segment, SegmentList
from dkva.datasets.annotations.segments import frames_of, reach

pytestmark = pytest.mark.fast


def made(*spans, unit="frames", **more):
    segments = tuple(Segment(a, b, name, i) for i, (a, b, name) in enumerate(spans, 1))
    return SegmentList(segments, unit, "a list of segments", **more)


def labelled(n, *spans, reading=LabelReading(), **more):  # noqa: B008
    return frames_of(Path("t"), made(*spans, **more), n, reading)


@pytest.mark.parametrize(
    ("spans", "n", "first", "ends", "expected"),
    [
        ([(0, 3, "a"), (4, 9, "b")], 10, 0, "inclusive", [("a", 4), ("b", 6)]),
        ([(1, 3, "a"), (4, 10, "b")], 10, 1, "inclusive", [("a", 3), ("b", 7)]),
        ([(0, 3, "a"), (3, 10, "b")], 10, 0, "exclusive", [("a", 3), ("b", 7)]),
        ([(1, 4, "a"), (4, 11, "b")], 10, 1, "exclusive", [("a", 3), ("b", 7)]),
        ([(0, 10, "a")], 10, 0, "exclusive", [("a", 10)]),
        ([(0, 9, "a")], 10, 0, "inclusive", [("a", 10)]),
        ([(1, 10, "a")], 10, 1, "inclusive", [("a", 10)]),
        ([(0, 0, "a"), (5, 9, "b")], 10, 0, "inclusive", [("a", 1), ("", 4), ("b", 5)]),
        ([(2, 3, "a"), (4, 10, "b")], 10, 1, "inclusive", [("", 1), ("a", 2), ("b", 7)]),
        ([(2, 4, "a"), (4, 9, "b")], 10, 0, "exclusive", [("", 2), ("a", 2), ("b", 5), ("", 1)]),
    ],
)  # fmt: skip
def test_how_frames_are_counted_shows_in_the_whole_list(spans, n, first, ends, expected):
    truth = labelled(n, *spans)
    assert runs(truth.labels) == expected
    assert truth.notes[0].value == {
        "form": "a list of segments",
        "unit": "frames",
        "first": first,
        "ends": ends,
    }


def test_what_the_file_says_of_its_ends_holds():
    assert runs(labelled(10, (0, 3, "a"), (5, 7, "b"), ends="exclusive").labels)[0] == ("a", 3)
    assert runs(labelled(10, (0, 3, "a"), (5, 7, "b"), ends="inclusive").labels)[0] == ("a", 4)
    assert runs(labelled(10, (0, 3, "a"), (5, 7, "b"), ends="usually inclusive").labels)[0] == ("a", 4)
    assert runs(labelled(10, (0, 3, "a"), (3, 7, "b"), ends="usually inclusive").labels)[0] == ("a", 3)


def test_frames_whose_middles_lie_in_a_segment():
    found = labelled(10, (0, 0.34, "a"), (0.34, 0.55, "b"), unit="seconds", reading=LabelReading(fps=10))
    assert runs(found.labels) == [("a", 3), ("b", 2), ("", 5)]
    found = labelled(10, (0, 340, "a"), (340, 550, "b"), unit="ms", reading=LabelReading(fps=10))
    assert runs(found.labels) == [("a", 3), ("b", 2), ("", 5)]


@given(
    st.lists(st.integers(1, 900), min_size=1, max_size=30),
    st.integers(0, 500),
    st.lists(st.integers(0, 30000), min_size=2, max_size=6, unique=True),
    st.sampled_from(["ms", "seconds"]),
)
def test_frames_of_changing_lengths_whose_middles_lie_in_a_segment(lengths, first, cuts, unit):
    times = first + np.cumsum([0, *lengths])
    middles = (times[:-1] + times[1:]) / 2
    cuts = sorted(cut % int(times[-1] + 1) for cut in cuts)
    expected = [""] * len(lengths)
    spans = [(a, b, str(i)) for i, (a, b) in enumerate(itertools.pairwise(cuts))]
    for start, end, name in spans:
        for frame in np.flatnonzero((start <= middles) & (middles < end)):
            expected[frame] = name
    assume(any(expected))
    scale = 1000 if unit == "seconds" else 1
    reading = LabelReading(fps=1000 / np.mean(lengths), times=times / 1000)
    found = labelled(
        len(lengths), *((a / scale, b / scale, name) for a, b, name in spans), unit=unit, reading=reading
    )
    assert found.labels.tolist() == expected
    assert "each at its own time" in found.notes[0].text


def test_times_beyond_the_last_frame_count_on_at_the_average_rate():
    reading = LabelReading(fps=2, times=np.array([0.0, 0.25, 0.5, 2]))
    found = made((0, 0.5, "a"), (0.5, 3, "b"), unit="seconds")
    assert reach(Path("t"), found, reading) == 3 + 2
    assert runs(frames_of(Path("t"), found, 3, replace(reading, force=True)).labels) == [("a", 2), ("b", 1)]
    with pytest.raises(DataError, match="ends at frame 23 of 3"):
        labelled(3, (0, 12, "a"), unit="seconds", reading=reading)
    with pytest.raises(ValueError, match="without fps"):
        LabelReading(times=reading.times)


def test_overlaps_below_a_frame_are_split_and_others_refused():
    reading = LabelReading(fps=10)
    assert runs(labelled(10, (0, 0.58, "a"), (0.52, 1, "b"), unit="seconds", reading=reading).labels) == [
        ("a", 6),
        ("b", 4),
    ]
    with pytest.raises(DataError, match=r"line 2: 'b' from 0\.4 overlaps 'a' to 0\.58 on line 1"):
        labelled(10, (0, 0.58, "a"), (0.4, 1, "b"), unit="seconds", reading=reading)
    with pytest.raises(DataError, match=r"line 3: 'c' from 0\.7 overlaps 'a' to 1 on line 1"):
        labelled(10, (0, 1, "a"), (0.95, 0.97, "b"), (0.7, 0.8, "c"), unit="seconds", reading=reading)


def test_the_files_rate_gives_way():
    spans = [(0, 1, "a")]
    assert runs(labelled(20, *spans, unit="seconds", fps=10.0).labels) == [("a", 10), ("", 10)]
    truth = labelled(20, *spans, unit="seconds", fps=10.0, reading=LabelReading(fps=20))
    assert runs(truth.labels) == [("a", 20)]
    assert truth.notes[0].value["fps"] == 20


@pytest.mark.parametrize(("n", "fps", "unit"), [(300, None, "frames"), (300, 30, "frames"), (9, 30, "ms")])
def test_whole_numbers_that_may_be_milliseconds(n, fps, unit):
    truth = labelled(n, (0, 100, "a"), (100, 300, "b"), unit="whole", reading=LabelReading(fps=fps))
    assert truth.notes[0].value["unit"] == unit
    assert runs(truth.labels) == [("a", n // 3), ("b", n - n // 3)]


@pytest.mark.parametrize(
    ("spans", "more", "line", "part"),
    [
        ([(0, 2.5, "a")], {}, 1, "2.5 is no whole frame"),
        ([], {}, None, "is a list of segments without segments"),
        ([(0, 0.01, "a")], {"unit": "seconds", "fps": 10.0}, 1, "holds no segment as long as a frame"),
        ([(0, 4, "a"), (4, 20, "b")], {}, 2, "ends at frame 20 of 10: another frame rate, 2 for 1?"),
        ([(0, 4, "a"), (3, 10, "b")], {"lanes": ("x", "y")}, 2, "and there are x, y; choose one: --tier 'x'"),
    ],
)
def test_refusals(spans, more, line, part):
    with pytest.raises(DataError) as caught:
        labelled(10, *spans, **more)
    assert caught.value.line == line
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("spans", "unit", "fps", "expected"),
    [
        ([(0, 3, "a"), (4, 9, "b")], "frames", None, 10),
        ([(1, 3, "a"), (4, 10, "b")], "frames", None, 10),
        ([(0, 3, "a"), (3, 10, "b")], "whole", None, 10),
        ([(4, 10, "b"), (0, 3, "a")], "frames", None, 11),
        ([(0, 1, "a"), (1, 4.1, "b")], "seconds", 5, 20),
        ([(0, 1, "a"), (1, 4.12, "b")], "seconds", 5, 21),
        ([(0, 1000, "a"), (1000, 4000, "b")], "whole", 5, 20),
    ],
)
def test_frames_that_a_list_reaches_to(spans, unit, fps, expected):
    found, reading = made(*spans, unit=unit), LabelReading(fps=fps)
    assert reach(Path("t"), found, reading) == expected
    truth = frames_of(Path("t"), found, expected, reading)
    assert len(truth.labels) == expected
    assert truth.labels[-1] == "b"


def test_lists_that_do_not_say_where_they_end():
    with pytest.raises(DataError, match="--fps"):
        reach(Path("t"), made((0, 1, "a"), unit="seconds"), LabelReading())
    with pytest.raises(DataError, match="without segments"):
        reach(Path("t"), made(), LabelReading())
