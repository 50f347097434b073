"""Scores of the videos of one activity under one matching."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva import evaluate
from dkva.metrics.activities import activity_rows, evaluate_together
from dkva.metrics.segmentation import Scores, score_row

pytestmark = pytest.mark.fast

NAMES = [field.name for field in dataclasses.fields(Scores)]

pair = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def equal(a, b):
    np.testing.assert_equal(dataclasses.asdict(a), dataclasses.asdict(b))


@settings(max_examples=60)
@given(pair)
def test_one_video_is_scored_as_by_itself(video):
    truth, predicted = video
    (together,) = evaluate_together([truth], [predicted])
    alone = evaluate(truth, predicted)
    for name in NAMES:
        # Both divide the same counts; the sums of IoU are taken in another order.
        assert getattr(together, name) == pytest.approx(getattr(alone, name), abs=1e-12, nan_ok=True)


@settings(max_examples=60)
@given(st.lists(pair, min_size=1, max_size=3))
def test_frames_are_right_as_often_as_in_the_videos_joined(videos):
    truths, predicted = zip(*videos, strict=True)
    scores = evaluate_together(truths, predicted)
    joined = evaluate(np.concatenate(truths), np.concatenate(predicted))
    right = sum(round(each.mof * each.n_frames) for each in scores)
    assert right == round(joined.mof * joined.n_frames)
    assert all(each.matching == joined.matching for each in scores)
    # A matching of its own puts at least as many frames of a video right.
    for each, truth, labels in zip(scores, truths, predicted, strict=True):
        assert each.mof <= evaluate(truth, labels).mof + 1e-12


def test_a_cluster_means_the_same_in_every_video():
    truths = [["pour", "pour", "stir", "stir"], ["pour", "stir", "stir", "stir"]]
    swapped = [[0, 0, 1, 1], [1, 0, 0, 0]]
    first, second = evaluate_together(truths, swapped)
    # Cluster 0 has three frames of stir and two of pour, cluster 1 two of stir and one of pour; matched as
    # 0 is stir and 1 is pour, 3 + 1 frames are right, as 0 is pour and 1 is stir, 2 + 2: a tie.
    assert first.mof + second.mof == 1.0
    assert evaluate(truths[1], swapped[1]).mof == 1.0
    same = evaluate_together(truths, [[0, 0, 1, 1], [0, 1, 1, 1]])
    assert [each.mof for each in same] == [1.0, 1.0]
    assert same[0].matching == {0: "pour", 1: "stir"}


def test_iou_of_a_video_divides_by_the_clusters_asked_for():
    truths, predicted = [[0, 0, 1, 1], [2, 2]], [[5, 5, 6, 6], [7, 7]]
    assert [each.iou for each in evaluate_together(truths, predicted)] == pytest.approx([2 / 3, 1 / 3])
    halved = evaluate_together(truths, predicted, n_clusters=6)
    assert [each.iou for each in halved] == pytest.approx([1 / 3, 1 / 6])


def test_ignored_frames_are_left_out_of_the_matching_too():
    truths, predicted = [[9, 9, 9, 0], [1, 1]], [[0, 0, 0, 0], [1, 1]]
    first, second = evaluate_together(truths, predicted, ignore=9)
    assert (first.n_frames, first.mof, second.mof) == (1, 1.0, 1.0)


def test_rows_have_the_columns_of_score_row():
    truths, predicted = [[0, 0, 1], [1, 1, 0, 0]], [[0, 0, 1], [1, 1, 0, 0]]
    rows = activity_rows(truths, predicted, 3)
    assert [list(row) for row in rows] == [list(score_row(truths[0], predicted[0], 3))] * 2
    assert [(row["found"], row["n_frames"]) for row in rows] == [(2, 3), (2, 4)]


@pytest.mark.parametrize(
    ("truths", "predicted", "options", "problem"),
    [
        ([], [], {}, "truths of 0 videos"),
        ([[0]], [[0], [1]], {}, "truths of 1 videos and labels of 2"),
        ([[0, 1], [0]], [[0, 1], [0, 1]], {}, r"video 1: truth has shape \(1,\)"),
        ([[0, 1], [2]], [[0, 1], [0]], {"ignore": 2}, "video 1: no frame is left to score"),
        ([[0, 1], []], [[0, 1], []], {"ignore": 2}, r"video 1: truth has shape \(0,\)"),
        ([[0, 1]], [[0, 1]], {"n_clusters": 1}, "n_clusters is 1 and 2 clusters were found"),
    ],
)
def test_wrong_calls_are_refused(truths, predicted, options, problem):
    with pytest.raises(ValueError, match=problem):
        evaluate_together(truths, predicted, **options)
