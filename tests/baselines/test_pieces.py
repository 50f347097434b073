"""Pieces of equal lengths."""

import numpy as np
import pytest

from dkva.base.uniform import uniform_edges
from dkva.baselines.pieces import averaged

pytestmark = pytest.mark.fast

FRAMES = np.random.default_rng(0).standard_normal((23, 3))


@pytest.mark.parametrize("most", [1, 5, 22])
def test_means_of_uniform_pieces(most):
    edges = uniform_edges(23, most)
    means, sizes = averaged(FRAMES, most)
    expected = [part.mean(axis=0) for part in np.split(FRAMES, edges[1:-1])]
    # Sums of at most 23 numbers of a size near 3, in another order.
    np.testing.assert_allclose(means, expected, rtol=0, atol=23 * 3 * np.finfo(np.float64).eps)
    np.testing.assert_array_equal(sizes, np.diff(edges))
    assert np.ptp(sizes) <= 1


@pytest.mark.parametrize("most", [23, 100])
def test_a_short_video_stays_as_it_is(most):
    means, sizes = averaged(FRAMES, most)
    np.testing.assert_array_equal(means, FRAMES)
    np.testing.assert_array_equal(sizes, np.ones(23))
