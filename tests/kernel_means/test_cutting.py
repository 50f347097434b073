import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.base.segments import renumbered
from dkva.kernel_means.cutting import best_cut, cost
from dkva.kernel_means.embedding import local_means
from dkva.kernel_means.refining import measured
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = pytest.mark.fast

SETTINGS = KernelMeanSettings()


def planted(seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 0, 2, 1], [20, 30, 10, 25, 15])
    return local_means(4 * np.eye(3)[truth] + rng.standard_normal((100, 3)), 0.0), truth


@pytest.mark.parametrize("seed", range(3))
def test_segments_that_return_are_found(seed):
    points, truth = planted(seed)
    cut = best_cut(points, 3, SETTINGS, 0)
    assert (cut.labels != truth).sum() <= 1
    assert cut.switches == 4
    np.testing.assert_array_equal(cut.labels, renumbered(cut.labels))


@pytest.mark.parametrize("seed", range(5))
def test_on_a_tiny_video_no_cut_is_much_cheaper(seed):
    """The search is no proof, but nine points with two clear groups leave nothing to miss."""
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 0], 3)
    points = local_means(10.0 * truth[:, None] + rng.standard_normal((9, 2)), 0.0)
    cut = best_cut(points, 2, SETTINGS, 0)
    every = (np.array(labels) for labels in itertools.product([0, 1], repeat=9))
    least = min(cost(measured(points, each), 2, SETTINGS) for each in every if len(set(each)) == 2)
    assert cost(cut, 2, SETTINGS) == pytest.approx(least, rel=1e-12)


@given(k=st.integers(1, 12), seed=st.integers(0, 99))
def test_every_label_occurs(k, seed):
    points = local_means(np.random.default_rng(seed).standard_normal((12, 2)), 0.5)
    cut = best_cut(points, k, SETTINGS, seed)
    np.testing.assert_array_equal(np.unique(cut.labels), np.arange(k))
    assert 0 <= cut.scatter < 1 + 1e-9


def test_one_label_and_as_many_as_points_and_equal_points():
    points, _ = planted()
    assert not best_cut(points, 1, SETTINGS, 0).labels.any()
    assert best_cut(points, 1, SETTINGS, 0).scatter == pytest.approx(1)
    cut = best_cut(points, 100, SETTINGS, 0)
    assert (cut.scatter, cut.switches) == (0, 99)
    assert not best_cut(np.zeros((9, 3)), 4, SETTINGS, 0).labels.any()


def test_a_higher_price_gives_fewer_switches():
    points = local_means(np.random.default_rng(0).standard_normal((200, 3)), 1.0)
    low, high = (
        best_cut(points, 3, KernelMeanSettings(switch_price=price, pick_price=price), 0).switches
        for price in (0.0, 0.3)
    )
    assert high < low
