from pathlib import Path

import numpy as np
import pytest

from dkva.datasets import DataError
from dkva.datasets.columns import choose, may_count
from dkva.datasets.reading import FeatureReading
from dkva.datasets.tables import Table

pytestmark = pytest.mark.fast

PATH = Path("v.csv")
N = 20
UP = np.arange(N)
DATA = np.random.default_rng(0).normal(size=(N, 3))


def table(*columns, names=None, text=(), **parts):
    values = np.column_stack(columns).astype(np.float32)
    places = tuple(range(1, values.shape[1] + 1))
    exact = {
        i: np.asarray(column, np.float64)
        for i, column in enumerate(columns)
        if names is None or may_count(names[i])
    }
    return Table(values, names, places, exact, text, 2, **parts)


def chosen(table, **reading):
    columns, notes = choose(PATH, table, FeatureReading(**reading))
    return columns, {note.name: note.value for note in notes}


COUNTING = """\
frame|Frame|frame_idx|FrameIdx|frame number|Frame #|fnum|index|id||Unnamed: 0|time|Time [s]|time_s
timestamp (ms)|seconds|ms|t|__index_level_0__|row.names
Zeit [s]|Zeit|temps|tiempo|tempo|Sekunden|ts|t_ms|seconds_elapsed|unix_ms|millis|host_timestamp
time_since_start|frame_time|SampleTimeFine|PacketCounter|Zeit in Sekunden|unix_timestamp""".replace("\n", "|")


@pytest.mark.parametrize("name", COUNTING.split("|"))
def test_names_of_columns_that_count(name):
    assert may_count(name)
    assert chosen(table(UP, *DATA.T, names=(name, "a", "b", "c"))) == (
        [1, 2, 3],
        {"left_out": {"counts": [name or 1]}},
    )


@pytest.mark.parametrize(
    "name", ["x", "in", "Bild", "framewidth", "speed", "identity_x", "timer_a", "0", "nose_x"]
)
def test_names_of_others(name):
    assert not may_count(name)
    assert chosen(table(UP / 30, *DATA.T, names=(name, "a", "b", "c"))) == (
        [0, 1, 2, 3],
        {"clock": [name]},
    )
    kept, notes = chosen(table(UP, *DATA.T, names=(name, "a", "b", "c")))
    assert (kept, notes) == ([1, 2, 3], {"left_out": {"counts": [name]}})


def test_counts_and_times_are_both_left_out_wherever_they_stand():
    made = table(DATA[:, 0], UP, DATA[:, 1], UP / 30, names=("a", "frame", "b", "time (s)"))
    assert chosen(made) == ([0, 2], {"left_out": {"counts": ["frame", "time (s)"]}})


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (UP, "left_out"),
        (UP + 7, "left_out"),
        (UP - 3.0, "left_out"),
        (2 * UP, "clock"),
        (UP + 0.5, "clock"),
        (UP[::-1], None),
        (np.where(UP == 18, 0, UP), None),
    ],
)
def test_a_first_column_without_a_name_counts_if_it_rises_by_one(first, said):
    kept, notes = chosen(table(first, *DATA.T))
    assert kept == ([1, 2, 3] if said == "left_out" else [0, 1, 2, 3])
    assert notes == {"left_out": {"left_out": {"counts": [1]}}, "clock": {"clock": [1]}, None: {}}[said]


def test_a_feature_that_rises_like_a_clock_is_kept_and_told():
    made = table(DATA[:, 0], 0.04 * UP, DATA[:, 1], names=("a", "uhr 1", "b"))
    kept, (note,) = choose(PATH, made, FeatureReading())
    assert (kept, note.name, note.value) == ([0, 1, 2], "clock", ["uhr 1"])
    assert note.text == (
        "column 'uhr 1' rises like a clock (by a constant step, or as times since 1970) and is taken as a "
        "feature; --drop 'uhr 1' leaves it out"
    )
    assert chosen(made, drop=("uhr 1",)) == ([0, 2], {})
    assert chosen(made, columns=("a", "uhr 1")) == ([0, 1], {})
    (note,) = choose(PATH, table(DATA[:, 0], UP, 3 * UP), FeatureReading())[1]
    assert "column 2, column 3 rise like" in note.text
    assert "are taken as features; --drop 2,3 leaves them out" in note.text


def test_few_rows_and_other_columns_do_not_count_without_a_name():
    assert chosen(table(UP[:15], *DATA[:15].T)) == ([0, 1, 2, 3], {"clock": [1]})
    assert chosen(table(UP[:16], *DATA[:16].T))[0] == [1, 2, 3]
    assert chosen(table(DATA[:, 0], UP, DATA[:, 1])) == ([0, 1, 2], {"clock": [2]})
    assert chosen(table(UP)) == ([0], {"clock": [1]})


def test_large_times_are_compared_in_full():
    made = table(1_700_000_000_000 + 33 * UP, *DATA.T, names=("timestamp", "a", "b", "c"))
    assert chosen(made)[0] == [1, 2, 3]


def test_times_that_stand_still_are_times_and_those_that_fall_are_not():
    assert chosen(table(UP // 5, *DATA.T, names=("seconds", "a", "b", "c")))[0] == [1, 2, 3]
    kept, notes = chosen(table(UP[::-1], *DATA.T, names=("time", "a", "b", "c")))
    assert (kept, notes) == ([0, 1, 2, 3], {"kept": ["time"]})
    kept, notes = chosen(table(0 * UP, *DATA.T, names=("id", "a", "b", "c")))
    assert (kept, notes) == ([0, 1, 2, 3], {"kept": ["id"]})


def test_frames_that_jump_are_noted():
    frames = np.where(UP > 9, UP + 5, UP)
    kept, notes = chosen(table(frames, *DATA.T, names=("frame", "a", "b", "c")))
    assert kept == [1, 2, 3]
    assert notes["jumps"] == {"jumps": 1, "first": [9.0, 15.0]}
    assert "jumps" not in chosen(table(3 * UP, *DATA.T, names=("frame", "a", "b", "c")))[1]


@pytest.mark.parametrize(
    ("frames", "text", "line", "said"),
    [
        (UP // 2, (), 3, "column 'frame' is 0 again, as in line 2: several tracks or recordings; save each"),
        (UP // 2, ((5, "track", ("a", "b")),), 3, r"recordings \('a', 'b'\)"),
        (UP % 10, (), 12, "column 'frame' is 0 again"),
        (UP[::-1], (), 3, "falls to 18: rows are not in order of time; sort them, or say --drop frame"),
    ],
)
def test_rows_that_are_no_frames_in_order_are_refused(frames, text, line, said):
    made = table(frames, *DATA.T, names=("frame", "a", "b", "c"), text=text)
    with pytest.raises(DataError, match=said) as caught:
        chosen(made)
    assert caught.value.line == line
    assert chosen(made, drop=("frame", "5") if text else ("frame",))[0] == [1, 2, 3]


@pytest.mark.parametrize(
    ("names", "rated"),
    [
        (("nose_x", "nose_y", "nose_likelihood"), [2]),
        (("nose.x", "nose.score", "instance.score"), [1, 2]),
        (("x0", "y0", "v0"), [2]),
        (("a_x", "a_y", "a_p"), [2]),
        (("a_x", "a_y", "b_p"), []),
        (("x", "y", "likelihood.1"), [2]),
        (("hip_visibility", "hip_x", "hip_presence"), [0, 2]),
        (("nose_error", "nose_ncams", "nose_z"), [0, 1]),
        (("NoseX", "NoseY", "NoseLikelihood"), [2]),
        (("x", "y", "confidence"), [2]),
        (("x", "y", "Confidence (%)"), [2]),
        (("walk_score", "run_score", "sit_score"), []),
        (("scores", "terror", "p"), []),
    ],
)
def test_columns_that_say_how_sure_a_tracker_is(names, rated):
    kept, notes = chosen(table(*DATA.T, names=names)) if len(names) - len(rated) > 1 else (None, None)
    if kept is None:  # one is left
        with pytest.raises(DataError, match="single column of features left beside"):
            chosen(table(*DATA.T, names=names))
        kept, notes = chosen(table(*DATA.T, DATA[:, 0], names=(*names, "z")))
        kept.remove(3)
    assert kept == [i for i in range(3) if i not in rated]
    assert notes == ({"left_out": {"confidence": [names[i] for i in rated]}} if rated else {})


def test_text_is_left_out():
    made = table(*DATA.T, names=("a", "b", "c"), text=((4, "image", ("1.png",)), (5, "", ("x",))))
    assert chosen(made) == ([0, 1, 2], {"left_out": {"text": ["image", 5]}})
    assert chosen(made, drop=("a",)) == ([1, 2], {"left_out": {"text": ["image", 5]}})
    assert chosen(made, drop=("a", "4-5")) == ([1, 2], {})
    with pytest.raises(DataError, match="column 'image' holds text"):
        chosen(made, columns=("image",))


def test_empty_columns_are_left_out_if_nothing_names_them():
    empty = np.full(N, np.nan)
    assert chosen(table(*DATA.T, empty)) == ([0, 1, 2], {"left_out": {"empty": [4]}})
    assert chosen(table(empty, *DATA.T, names=("track", "a", "b", "c")))[1] == {
        "left_out": {"empty": ["track"]}
    }
    assert chosen(table(empty, *DATA.T, names=("tail", "a", "b", "c"))) == ([0, 1, 2, 3], {})


NAMED = table(UP, *DATA.T, DATA[:, 0], names=("frame", "a", "B", "3", "likelihood"))


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (("a",), [1]),
        (("likelihood", "a"), [1, 4]),
        (("b",), [2]),
        (("2",), [1]),
        (("3",), [3]),
        (("1-2",), [0, 1]),
        (("1-3",), [0, 1, 2, 3]),
        (("4 - 5",), [3, 4]),
        (("frame", "5"), [0, 4]),
    ],
)
def test_what_the_user_names_holds(asked, kept):
    assert chosen(NAMED, columns=asked) == (kept, {})


def test_what_the_user_drops_is_left_out_beside_what_is_no_feature():
    left_out = {"counts": ["frame"], "confidence": ["likelihood"]}
    assert chosen(NAMED, drop=("B",)) == ([1, 3], {"left_out": left_out})
    assert chosen(NAMED, drop=("frame", "B")) == ([1, 3], {"left_out": {"confidence": ["likelihood"]}})


@pytest.mark.parametrize("name", ["label", "labels", "behavior_id", "class", "ground_truth", "gt", "Action"])
def test_columns_that_are_named_for_labels_are_no_features(name):
    made = table(UP, *DATA.T, DATA[:, 0], names=("frame", "a", "b", "c", name))
    assert chosen(made) == ([1, 2, 3], {"left_out": {"counts": ["frame"], "labels": [name]}})
    assert chosen(made, columns=(name,))[0] == [4]
    alone = table(DATA[:, 0], DATA[:, 1], names=(name, "label"))
    assert chosen(alone) == ([0, 1], {})  # else nothing were left


def test_one_string_is_one_name(unchecked):
    assert choose(PATH, NAMED, FeatureReading(columns="likelihood"))[0] == [4]


@pytest.mark.parametrize("asked", ["q", "0", "6", "1-9", "x-y", "5-4", ""])
def test_names_that_are_not_there(asked):
    for reading in ({"columns": (asked,)}, {"drop": (asked,)}):
        with pytest.raises(
            DataError, match=f"no column '{asked}'; its columns are frame, a, B, 3, likelihood, or 1 to 5"
        ):
            chosen(NAMED, **reading)


def test_some_names_of_many_are_listed():
    many = table(*[DATA[:, 0]] * 9, names=tuple(f"f{i}" for i in range(9)))
    with pytest.raises(DataError, match="f0, f1, f2, f3, f4, f5 and 3 more, or 1 to 9 by number"):
        chosen(many, columns=("q",))
    with pytest.raises(DataError, match="its columns have no names, or 1 to 3 by number"):
        chosen(table(*DATA.T), columns=("q",))


def test_all_columns_cannot_be_dropped():
    with pytest.raises(DataError, match="no column left; leave out fewer"):
        chosen(NAMED, drop=("1-5",))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (table(UP, UP + 1, names=("Start (s)", "End (s)"), text=((3, "label", ("a",)),)), "list of segments"),
        (table(UP, UP + 1, names=("onset", "duration"), text=((3, "trial", ("a",)),)), "list of segments"),
        (table(75 * UP, 75 * UP + 75, UP % 3), "list of segments"),
        (table(75 * UP + 1, 75 * UP + 75, UP % 3), "list of segments"),
        (table(3 * UP, 3 * UP + 1, text=((3, "", ("a",)),)), "list of segments"),
        (
            table(UP, names=("Time",), text=((2, "Behavior", ("a",)),)),
            r"no column of features left beside 'Time' \(counts\)",
        ),
        (table(UP, UP % 3), r"single column of features left beside column 1 \(counts\)"),
    ],
)
def test_what_is_no_table_of_features(made, said):
    with pytest.raises(DataError, match=said) as caught:
        chosen(made)
    assert "--labels" in str(caught.value)


def test_features_that_rise_are_no_segments():
    rising = np.cumsum(np.abs(DATA), 0)
    assert chosen(table(*rising.T)) == ([0, 1, 2], {})
    assert chosen(table(*np.arange(8).reshape(4, 2).T)) == ([0, 1], {})
    assert chosen(table([0, 75, 150], [75, 150, 225], [1, 2, 3])) == ([0, 1, 2], {})
