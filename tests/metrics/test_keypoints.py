"""Keypoints right and found, by hand and by loops."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.metrics.keypoints import KEYPOINT_SCORES, FoundPoints, keypoint_pooled, keypoint_rows

pytestmark = pytest.mark.fast

TRUTH = np.repeat(["a", "b", "a"], [20, 20, 10])


def test_by_hand():
    # a at 3 and 15 are right, b at 39 too, c at 30 and b at 45 not; the last segment has no right point.
    # 14 is off by 6; 25 by 5; 39 and 41 are within 5 of 40.
    found = FoundPoints([3, 15, 30, 39, 45], ["a", "a", "c", "b", "b"], [14, 25, 39, 41])
    (row,) = keypoint_rows([TRUTH], [found])
    assert row == {
        "actions": 5,
        "actions_right": 3,
        "segments": 3,
        "segments_found": 2,
        "boundaries": 4,
        "boundaries_right": 3,
        "true_boundaries": 2,
        "true_boundaries_found": 2,
    }
    scores = keypoint_pooled([row])
    assert list(scores) == list(KEYPOINT_SCORES)
    assert list(scores.values()) == [3 / 5, 2 / 3, 3 / 4, 1]
    (row,) = keypoint_rows([TRUTH], [found], tolerance=0)
    assert (row["boundaries_right"], row["true_boundaries_found"]) == (0, 0)


def test_boundaries_at_the_ends_of_the_video_do_not_count_unless_they_are_right():
    found = FoundPoints([], [], [0, 5, 45, 50])
    (row,) = keypoint_rows([TRUTH], [found])
    # 45 is near the end, and within 5 of the true boundary at 40.
    assert (row["boundaries"], row["boundaries_right"], row["true_boundaries_found"]) == (1, 1, 1)


def test_shares_of_nothing_are_not_numbers():
    rows = keypoint_rows([["a"] * 9], [FoundPoints([], [], [])])
    scores = keypoint_pooled(rows)
    assert scores["action_recall"] == 0
    assert all(np.isnan(scores[name]) for name in KEYPOINT_SCORES if name != "action_recall")


@st.composite
def videos(draw):
    n_frames = draw(st.integers(1, 25))
    truth = draw(st.lists(st.integers(0, 2), min_size=n_frames, max_size=n_frames))
    actions = draw(st.lists(st.tuples(st.integers(0, n_frames - 1), st.integers(0, 2)), max_size=6))
    edges = draw(st.lists(st.integers(0, n_frames), max_size=6))
    return truth, FoundPoints([a[0] for a in actions], [a[1] for a in actions], edges)


@settings(max_examples=100)
@given(videos(), st.integers(0, 4))
def test_counts_are_those_of_loops(video, tolerance):
    truth, found = video
    (row,) = keypoint_rows([truth], [found], tolerance=tolerance)
    segment = [0]
    for one, other in itertools.pairwise(truth):
        segment.append(segment[-1] + (one != other))
    right = [p for p, c in zip(found.action_places, found.action_classes, strict=True) if truth[p] == c]
    true_edges = [t for t in range(1, len(truth)) if truth[t] != truth[t - 1]]
    hits = [b for b in found.boundary_places if any(abs(b - t) <= tolerance for t in true_edges)]
    at_ends = [b for b in found.boundary_places if min(b, len(truth) - b) <= tolerance and b not in hits]
    assert list(row.values()) == [
        len(found.action_places),
        len(right),
        segment[-1] + 1,
        len({segment[place] for place in right}),
        len(found.boundary_places) - len(at_ends),
        len(hits),
        len(true_edges),
        sum(any(abs(b - t) <= tolerance for b in found.boundary_places) for t in true_edges),
    ]


@settings(max_examples=20)
@given(st.lists(videos(), min_size=2, max_size=4), st.data())
def test_weights_count_videos_as_often(given_videos, data):
    rows = keypoint_rows(*zip(*given_videos, strict=True))
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(any))
    repeated = [row for row, often in zip(rows, weights, strict=True) for _ in range(often)]
    expected = keypoint_pooled(repeated)
    for name, values in keypoint_pooled(rows, [weights]).items():
        assert values[0] == pytest.approx(expected[name], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("truths", "points", "options", "problem"),
    [
        ([], [], {}, "truths of 0 videos and points of 0: give both of each"),
        ([[]], [FoundPoints([], [], [])], {}, r"video 0: the truth has shape \(0,\): give one label a frame"),
        ([["a", ""]], [FoundPoints([], [], [])], {}, "video 0: the truth has no label at 1 of 2 frames"),
        ([["a"]], [FoundPoints([1], ["a"], [])], {}, "video 0: action_places .* whole numbers from 0 to 0"),
        ([["a"]], [FoundPoints([], [], [2])], {}, "video 0: boundary_places .* whole numbers from 0 to 1"),
        ([["a"]], [FoundPoints([0], [], [])], {}, "video 0: 1 action points have 0 classes: give one each"),
        (
            [["a"]],
            [FoundPoints([0], [1], [])],
            {},
            "video 0: the points' classes are like .*: give the names",
        ),
        ([["a"]], [FoundPoints([], [], [])], {"tolerance": -1}, "tolerance is -1: give a whole number"),
    ],
)
def test_wrong_calls_are_refused(truths, points, options, problem):
    with pytest.raises(ValueError, match=problem):
        keypoint_rows(truths, points, **options)
