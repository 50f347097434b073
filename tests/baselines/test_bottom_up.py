"""Merging against all pairs at every step."""

import merging_definitions as defined
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.base.segments import renumbered
from dkva.baselines.bottom_up import Clusters, merge_nearest

pytestmark = pytest.mark.fast


def made(rows, edges, to, price, by_frames):
    clusters = Clusters(rows, np.array(edges), by_frames=by_frames)
    merge_nearest(clusters, to, lambda cosine, apart: price * apart - cosine)
    assert np.array_equal(np.unique(clusters.group), clusters.left)
    return renumbered(np.repeat(clusters.group, np.diff(edges)))


def by_definition(rows, edges, to, price, by_frames):
    def cost(clusters, i, j):
        (a, frames_a), (b, frames_b) = clusters[i], clusters[j]
        return price * abs(np.mean(frames_a) - np.mean(frames_b)) / len(rows) - defined.cosine(a, b)

    return defined.merged(rows, edges, to, cost, by_frames=by_frames)


@given(st.data(), st.integers(1, 25), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.3, 5]), st.booleans())
def test_the_nearest_of_all_pairs_are_merged(data, n, seed, price, by_frames):
    rows = np.random.default_rng(seed).standard_normal((n, 3))
    starts = data.draw(st.sets(st.integers(1, n - 1))) if n > 1 else set()
    edges, to = [0, *sorted(starts), n], data.draw(st.integers(1, n))
    np.testing.assert_array_equal(
        made(rows, edges, to, price, by_frames), by_definition(rows, edges, to, price, by_frames)
    )


@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.data())
def test_of_equal_pairs_the_first_is_merged(kinds, data):
    """Orthogonal and opposite rows: every cosine is exact, and most of them tie."""
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.0]])[kinds]
    different = sorted(set(kinds))
    to = data.draw(st.integers(len(different), len(different) + 3))
    edges = list(range(len(kinds) + 1))
    np.testing.assert_array_equal(made(rows, edges, to, 0, True), by_definition(rows, edges, to, 0, True))


def test_a_merged_descriptor_is_over_frames_or_of_the_two():
    """Three frames of one kind and one of another, then a third that is nearer to the first or not."""
    rows = np.array([[1.0, 0.0]] * 3 + [[0.8, 0.6]] + [[0.3, 1.0]])
    for by_frames, expected in ((True, [3.8, 0.6]), (False, [1.8, 0.6])):
        clusters = Clusters(rows, np.array([0, 3, 4, 5]), by_frames=by_frames)
        clusters.merge(0, 1)
        other, both = np.array([0.3, 1.0]), np.array(expected)
        expected_cosine = both @ other / np.linalg.norm(both) / np.linalg.norm(other)
        (cost,) = clusters.costs(0, np.array([2]), lambda cosine, apart: cosine + apart)
        assert cost == pytest.approx(expected_cosine + (4 - 1.5) / 5, rel=1e-14)
