"""Overlaps of segments of up to some length: by hand, and of all lengths as in MS-TCN's protocol."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled, ms_tcn_rows
from dkva.metrics.segment_lengths import length_pooled, length_rows

pytestmark = pytest.mark.fast

pair = st.integers(2, 20).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def test_by_hand():
    truth = np.repeat(["a", "b", "a", "background"], [4, 6, 10, 20])
    # a overlaps by 4/5, b by 4/7, c is none, and a by 5/10.
    found = np.repeat(["a", "c", "b", "c", "a", "b"], [5, 0, 5, 5, 5, 20])
    (row,) = length_rows([truth], [found], [3, 4, 6, 10, 30])
    assert [row[f"segments_{length}"] for length in (3, 4, 6, 10, 30)] == [0, 1, 2, 3, 3]
    assert [row[f"matched_{length}"] for length in (3, 4, 6, 10, 30)] == [0, 1, 2, 3, 3]
    scores = length_pooled([row])
    assert np.isnan(scores["miou_3"])
    assert np.isnan(scores["found_3"])
    # b is at 5 to 9 of 4 to 9, 5/6.
    assert scores["miou_4"] == pytest.approx(4 / 5)
    assert scores["miou_6"] == pytest.approx((4 / 5 + 5 / 6) / 2)
    assert scores["miou_10"] == scores["miou_30"] == pytest.approx((4 / 5 + 5 / 6 + 5 / 10) / 3)
    assert scores["found_30"] == 1


def test_a_long_segment_that_is_missed_does_not_change_the_short_ones():
    truth = np.repeat([0, 1, 2], [5, 5, 40])
    (row,) = length_rows([truth], [np.repeat([0, 1, 3], [5, 5, 40])], [5, 40])
    assert length_pooled([row]) == {"miou_5": 1, "miou_40": 1, "found_5": 1, "found_40": 2 / 3}


@settings(max_examples=100)
@given(st.lists(pair, min_size=1, max_size=3), st.sampled_from([(), (0,)]))
def test_of_all_lengths_it_is_that_of_the_protocol(videos, background):
    truths, labels = zip(*videos, strict=True)
    if any(set(truth) <= set(background) for truth in truths):
        return
    rows = length_rows(truths, labels, [20], background=background)
    want = ms_tcn_rows(truths, labels, background=background)
    for row, other in zip(rows, want, strict=True):
        assert row["matched_20"] == other["overlapping"]
        assert row["overlap_20"] == pytest.approx(other["overlap"], rel=1e-13)
    assert length_pooled(rows)["miou_20"] == pytest.approx(
        ms_tcn_pooled(want)["miou"], rel=1e-13, nan_ok=True
    )


@settings(max_examples=40)
@given(pair)
def test_parts_of_the_lengths_add_up(video):
    """What each length adds is of the segments of that very length, each at most once."""
    truth, labels = video
    lengths = list(range(1, 21))
    (row,) = length_rows([truth], [labels], lengths, background=())
    for part in ("overlap", "matched", "segments"):
        added = np.diff([0, *(row[f"{part}_{length}"] for length in lengths)])
        assert (added >= -1e-12).all()  # sums in another order
        assert sum(added) == pytest.approx(row[f"{part}_20"])
    runs = 1 + np.count_nonzero(np.diff(truth))
    assert row["segments_20"] == runs


@settings(max_examples=20)
@given(st.lists(pair, min_size=2, max_size=4), st.data())
def test_weights_count_videos_as_often(videos, data):
    rows = length_rows(*zip(*videos, strict=True), [3, 20])
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(any))
    expected = length_pooled([row for row, often in zip(rows, weights, strict=True) for _ in range(often)])
    for name, values in length_pooled(rows, [weights]).items():
        assert values[0] == pytest.approx(expected[name], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("lengths", "problem"),
    [
        ([], "there are no lengths: give some, in frames"),
        ([0], "lengths is 0: give a whole number of at least 1"),
    ],
)
def test_wrong_lengths_are_refused(lengths, problem):
    with pytest.raises(ValueError, match=problem):
        length_rows([[0, 1]], [[0, 1]], lengths)


def test_a_video_of_background_has_no_segment():
    (row,) = length_rows([["background"] * 3], [["a"] * 3], [5])
    assert row == {"overlap_5": 0, "matched_5": 0, "segments_5": 0}
