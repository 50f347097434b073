"""Refined cuts: what is lowered, what is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.kernel_means.refining import RUNGS, measured, refined, settled

pytestmark = pytest.mark.fast


def total(points, labels, price):
    cut = measured(points, labels)
    return cut.scatter * len(points) + price * cut.switches


def planted(seed=0, n=60):
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 0, 2], n // 4)
    return 5 * rng.standard_normal((3, 4))[truth] + rng.standard_normal((n, 4)), truth


@given(seed=st.integers(0, 99), price=st.sampled_from([0.0, 1.0, 20.0]))
def test_settling_never_costs_more(seed, price):
    points, _ = planted(seed)
    labels = np.random.default_rng(seed).integers(0, 3, (4, 60))
    labels[:, :3] = np.arange(3)
    found, alive = settled(points, labels, 3, price, 20)
    for before, after, whole in zip(labels, found, alive, strict=True):
        if whole:
            assert set(after) == {0, 1, 2}
            assert total(points, after, price) <= total(points, before, price) * (1 + 1e-12)


def test_sequences_settle_alike_alone():
    points, _ = planted(3)
    labels = np.random.default_rng(0).integers(0, 3, (5, 60))
    labels[:, :3] = np.arange(3)
    found, alive = settled(points, labels, 3, 5.0, 20)
    for row in range(5):
        alone, survives = settled(points, labels[[row]], 3, 5.0, 20)
        np.testing.assert_array_equal(alone[0], found[row])
        assert survives[0] == alive[row]


def test_the_truth_is_found_from_a_cut_nearby():
    points, truth = planted()
    start = truth.copy()
    start[13:17] = 2
    np.testing.assert_array_equal(refined(points, start[None], 3, 5.0)[0], truth)


def test_where_a_label_is_lost_the_last_whole_cut_is_kept():
    points, truth = planted()
    kept = refined(points, truth[None], 3, 1e9)
    np.testing.assert_array_equal(kept[0], truth)
    _, alive = settled(points, truth[None], 3, 1e9, 20)
    assert not alive[0]


def test_nothing_given_is_written():
    points, truth = planted()
    start = np.roll(truth, 3)[None]
    before = points.copy(), start.copy()
    refined(points, start, 3, 5.0)
    np.testing.assert_array_equal(points, before[0])
    np.testing.assert_array_equal(start, before[1])


def test_rungs_rise_to_the_price():
    assert sorted(RUNGS) == list(RUNGS)
    assert RUNGS[-1] == 1


def test_measures_of_a_cut():
    points = np.array([[1.0], [3.0], [-2.0], [-2.0]])
    cut = measured(points, np.array([0, 0, 1, 1]))
    assert (cut.scatter, cut.switches) == (0.5, 1)
    assert measured(points, np.array([0, 1, 0, 1])).switches == 3
    assert measured(points, np.array([0, 1, 0, 1]), borders=[1, 3]).switches == 1


def test_where_videos_meet_a_switch_is_free():
    points, truth = planted()
    borders = (np.flatnonzero(np.diff(truth)) + 1).tolist()
    start = truth.copy()
    start[[3, 20, 40]] = [1, 2, 0]
    # Inside a video no switch is worth this price.
    np.testing.assert_array_equal(refined(points, start[None], 3, 1e6, borders)[0], truth)
