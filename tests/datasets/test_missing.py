from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dkva.datasets import DataError
from dkva.datasets.missing import fill
from dkva.datasets.tables import Table

pytestmark = pytest.mark.fast

FRAMES = np.array([[1, 10], [np.nan, 20], [np.nan, np.nan], [4, 50]], np.float32)


def filled(frames, missing="interpolate", **parts):
    table = Table(frames, parts.get("names"), tuple(range(1, frames.shape[1] + 1)), lines=parts.get("lines"))
    return fill(Path("v.csv"), frames, table, list(range(frames.shape[1])), missing)


def test_values_between_are_on_the_line_and_those_outside_are_the_nearest():
    frames, (note,) = filled(FRAMES)
    np.testing.assert_array_equal(frames, [[1, 10], [2, 20], [3, 35], [4, 50]])
    assert (note.name, note.value) == ("interpolated", {"frames": 2, "values": 3})
    assert note.text == "3 missing values are interpolated over time, in 2 of 4 frames"
    ends, _ = filled(np.array([[np.nan, 1], [2, 1], [3, np.nan]], np.float32))
    np.testing.assert_array_equal(ends, [[2, 1], [2, 1], [3, 1]])


def test_what_is_given_is_not_written_to():
    before = FRAMES.copy()
    filled(FRAMES)
    np.testing.assert_array_equal(FRAMES, before)


@given(hnp.arrays(bool, st.tuples(st.integers(2, 12), st.integers(1, 4))), st.integers(0, 99))
def test_as_numpy_interpolates(gaps, seed):
    gaps[seed % len(gaps)] = False
    frames = np.random.default_rng(seed).normal(size=gaps.shape).astype(np.float32)
    holes = np.where(gaps, np.float32(np.nan), frames)
    out, notes = filled(holes)
    time = np.arange(len(frames))
    for i, there in enumerate(~gaps.T):
        expected = np.interp(time, time[there], frames[there, i]).astype(np.float32)
        np.testing.assert_array_equal(out[:, i], expected)
    assert [note.value["values"] for note in notes] == [gaps.sum()] * bool(gaps.any())


@pytest.mark.parametrize(
    ("frames", "parts", "missing", "line", "said"),
    [
        (FRAMES, {"lines": 2, "names": ("a", "b")}, "error", 3, "column 'a' is missing, 2 of 4 frames lack"),
        (FRAMES, {"lines": 2}, "error", 3, r"number 1 is missing, 2 of 4 frames lack values \(3 in all\)"),
        (FRAMES, {}, "error", None, r"frame 1, feature 0 \(from 0\) is missing"),
        (FRAMES, {}, "error", None, "--missing interpolate"),
        (FRAMES * np.inf, {}, "interpolate", None, r"frame 0, feature 0 \(from 0\) is inf"),
        (FRAMES[1:3], {"names": ("a", "b")}, "interpolate", None, r"'a' is empty throughout; .*--drop a\)"),
        (FRAMES[2:3], {}, "error", None, r"feature 0 .* empty throughout, and so is 1 more; .*--drop 1,2\)"),
    ],
)
def test_refusals(frames, parts, missing, line, said):
    with pytest.raises(DataError, match=said) as caught:
        filled(frames, missing, **parts)
    assert caught.value.line == line
    assert "leave out the frame" not in str(caught.value)
