"""DTW accuracy against published programs' paths and a golden case."""

import numpy as np
import pytest
from alignment_cases import ACTIONS, alignment_case
from scipy.spatial.distance import cdist

from dkva.base.dtw import dtw
from dkva.metrics.dtw_accuracy import dtw_accuracy

pytestmark = pytest.mark.fast

X, Y = np.array([[0.0], [1], [2], [2], [5], [6]]), np.array([[0], [2], [2.5], [5], [7]])
TRUTHS = [0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2]


def test_golden_case():
    found = dtw_accuracy([X, Y], TRUTHS)
    assert found.figure == 1
    np.testing.assert_array_equal(found.parts, [1, 1])


@pytest.mark.parametrize("action", ACTIONS)
def test_published_programs_give_the_same(reference_root, action):
    case = alignment_case(reference_root, action)
    found = dtw_accuracy(case.test, case.test_truths)
    # Means of numbers of size 1 in another order.
    assert found.figure == pytest.approx(case.figures["dtw_label_agreement_mean"], abs=1e-14)
    of_pairs = np.zeros((5, 5))
    of_pairs[~np.eye(5, dtype=bool)] = case.figures["dtw_label_agreement_pairs"]
    assert found.parts.mean() == pytest.approx(found.figure, abs=1e-14)
    # A video moves the mean by both of its places in a pair: twice what its own mean is off.
    of_video = of_pairs.sum(axis=1) / 4
    np.testing.assert_allclose(found.parts, 2 * of_video - found.figure, rtol=0, atol=1e-14)
    warping = dtw(cdist(*case.test[:2]))
    np.testing.assert_array_equal(warping.path, case.arrays["dtw_path_0_1"])
    assert warping.cost == pytest.approx(case.figures["dtw_cost_0_1"], rel=1e-13)


def test_a_part_says_how_the_video_moves_the_accuracy():
    """Frames 0, 1, 2 of three videos match one to one: the labels alone decide."""
    time = np.arange(3.0)[:, None]
    found = dtw_accuracy([time] * 3, [[0, 1, 2], [0, 1, 1], [0, 0, 0]])
    pairs = {(0, 1): 2 / 3, (0, 2): 1 / 3, (1, 2): 1 / 3}
    assert found.figure == pytest.approx(sum(pairs.values()) / 3, abs=1e-15)
    of_videos = np.array([1 / 2, 1 / 2, 1 / 3])
    assert found.parts == pytest.approx(2 * of_videos - found.figure, abs=1e-15)


def test_stride_and_ties_are_passed_on():
    assert dtw_accuracy([X, Y], [[0] * 6, [0, 1, 0, 1, 0]], stride=2).figure == 1
    still, truths = [np.zeros((2, 1))] * 2, [[0, 1], [0, 1]]
    assert dtw_accuracy(still, truths).figure == 1
    assert dtw_accuracy(still, truths, ties=("up", "left", "diagonal")).figure == 2 / 3


def test_a_single_video_has_no_pair():
    assert np.isnan(dtw_accuracy([X], TRUTHS[:1]).figure)
