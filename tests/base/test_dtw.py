"""Paths against all paths tried, the tie order, and what is refused."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warping_paths import paths

from dkva.base.dtw import TIES, dtw

pytestmark = pytest.mark.fast

X, Y = np.array([0.0, 1, 2, 2, 5, 6]), np.array([0, 2, 2.5, 5, 7])


def test_golden_case():
    found = dtw(np.abs(X[:, None] - Y))
    assert found.cost == 2.5
    assert found.path.tolist() == [[0, 0], [1, 0], [2, 1], [3, 2], [4, 3], [5, 4]]


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 5))
def test_no_path_is_cheaper(seed, n, m):
    costs = np.random.default_rng(seed).integers(-3, 4, (n, m))  # whole numbers: sums are exact
    found = dtw(costs)
    tried = paths(n, m)
    assert [tuple(pair) for pair in found.path.tolist()] in tried
    assert found.cost == sum(costs[i, j] for i, j in found.path)
    assert found.cost == min(sum(costs[i, j] for i, j in path) for path in tried)


@pytest.mark.parametrize("ties", [*itertools.permutations(TIES)])
def test_of_equally_cheap_paths_the_first_move_backwards_counts(ties):
    """All costs 0: the path goes back by the first name until the edge, then along it."""
    backwards = {
        "diagonal": [[2, 2], [1, 1], [0, 0]],
        "up": [[2, 2], [1, 2], [0, 2], [0, 1], [0, 0]],
        "left": [[2, 2], [2, 1], [2, 0], [1, 0], [0, 0]],
    }
    assert dtw(np.zeros((3, 3)), ties=ties).path.tolist() == backwards[ties[0]][::-1]


def test_costs_are_not_written_to():
    costs = np.ones((3, 2))
    dtw(costs)
    assert (costs == 1).all()


@pytest.mark.parametrize("costs", [np.ones(3), np.ones((0, 2)), [[np.inf]], [["a"]]])
def test_costs_that_are_none_are_refused(costs):
    with pytest.raises(ValueError, match=r"costs are .* of shape .*: give finite numbers \[n, m\]"):
        dtw(np.asarray(costs))


@pytest.mark.parametrize("ties", [("up", "left"), ("up", "up", "left")])
def test_ties_without_each_name_are_refused(ties):
    with pytest.raises(ValueError, match=r"ties are .*: give diagonal, up, left in the order that you want"):
        dtw(np.ones((2, 2)), ties=ties)
