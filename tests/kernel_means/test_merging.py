"""Merging against scipy's, and against the scatter by its definition."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, ward

from dkva.base.segments import renumbered
from dkva.kernel_means.merging import merged

pytestmark = pytest.mark.fast


@given(g=st.integers(2, 12), seed=st.integers(0, 999))
def test_groups_of_equal_sizes_are_scipys(g, seed):
    means = np.random.default_rng(seed).standard_normal((g, 3))
    tree = ward(means)
    for level, groups in enumerate(merged(means, np.ones(g), 1)):
        expected = fcluster(tree, g - level, criterion="maxclust")
        np.testing.assert_array_equal(renumbered(groups), renumbered(expected))


@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=6), seed=st.integers(0, 999))
def test_each_merge_adds_the_least_scatter(sizes, seed):
    points = np.random.default_rng(seed).standard_normal((sum(sizes), 2))
    members = np.repeat(np.arange(len(sizes)), sizes)
    means = np.stack([points[members == group].mean(axis=0) for group in range(len(sizes))])

    def scatter(groups):
        return sum(
            np.square(points[groups == each] - points[groups == each].mean(axis=0)).sum()
            for each in np.unique(groups)
        )

    levels = merged(means, np.asarray(sizes), 1)
    for before, after in pairwise(levels):
        ids = np.unique(before)
        pairs = [(a, b) for a in ids for b in ids if a < b]
        best = min(scatter(np.where(before == b, a, before)[members]) for a, b in pairs)
        assert scatter(after[members]) == pytest.approx(best, rel=1e-12)
        assert len(np.unique(after)) == len(ids) - 1


def test_it_stops_where_it_is_told():
    means = np.array([[0.0], [10.0], [1.0]])
    np.testing.assert_array_equal(merged(means, np.ones(3), 2), [[0, 1, 2], [0, 1, 0]])
    np.testing.assert_array_equal(merged(means, np.ones(3), 3), [[0, 1, 2]])
