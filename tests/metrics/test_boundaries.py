import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dkva import evaluate
from dkva.metrics.boundaries import boundary_scores, default_tolerance

pytestmark = pytest.mark.fast

LABELS = st.lists(st.integers(0, 2), min_size=2, max_size=40)


@given(LABELS, st.randoms(use_true_random=False), st.integers(0, 5))
def test_pairs_are_as_many_as_a_best_matching_has(truth, draw, tolerance):
    predicted = [draw.randint(0, 2) for _ in truth]
    scores = boundary_scores(truth, predicted, tolerance=tolerance)
    true, found = (np.flatnonzero(np.diff(each)) for each in (truth, predicted))
    near = np.abs(true[:, None] - found) <= tolerance
    hits = near[linear_sum_assignment(near, maximize=True)].sum()
    if len(true):
        assert scores.recall == hits / len(true)
    if len(found):
        assert scores.precision == hits / len(found)
    assert math.isnan(scores.f1) == (not len(true) or not len(found))
    assert scores.tolerance == tolerance


@given(LABELS, st.randoms(use_true_random=False))
def test_without_tolerance_they_are_those_of_evaluate(truth, draw):
    predicted = [draw.randint(0, 2) for _ in truth]
    exact, whole = boundary_scores(truth, predicted, tolerance=0), evaluate(truth, predicted)
    np.testing.assert_equal(exact.recall, whole.boundary_accuracy)
    np.testing.assert_equal(exact.precision, whole.boundary_precision)


def test_boundaries_beside_frames_that_are_left_out_do_not_count():
    truth = np.array(["a", "a", "", "b", "b", "c"])
    scores = boundary_scores(truth, [0, 0, 1, 1, 1, 2], tolerance=1, ignore=[""])
    assert (scores.recall, scores.precision, scores.f1) == (1, 1, 1)
    assert boundary_scores(truth, [0, 0, 1, 1, 1, 2], tolerance=1).recall == pytest.approx(2 / 3)


@pytest.mark.parametrize(("frames", "tolerance"), [(1, 1), (49, 1), (100, 2), (300, 6)])
def test_the_default_is_a_share_of_the_video(frames, tolerance):
    assert default_tolerance(frames) == tolerance


def test_wrong_input():
    with pytest.raises(ValueError, match="one label a frame"):
        boundary_scores([0, 1], [0], tolerance=1)
    with pytest.raises(ValueError, match="tolerance is -1"):
        boundary_scores([0, 1], [0, 1], tolerance=-1)
