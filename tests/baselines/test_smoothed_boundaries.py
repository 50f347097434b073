"""Windows, cosines and minima against loops, and what rounding must not do."""

import math

import merging_definitions as defined
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.baselines import smoothed_boundaries as made

pytestmark = pytest.mark.fast

lengths = st.integers(1, 30)
seeds = st.integers(0, 2**32 - 1)


@given(st.sampled_from(made.EDGES), lengths, lengths, seeds)
def test_a_filter_is_a_mean_over_each_window(edges, n, window, seed):
    features = np.random.default_rng(seed).uniform(1, 2, (n, 3))
    got = made.smoothed(features, window, edges)
    expected = defined.smoothed(features, window, edges)
    # From 1 to 2: halved. Sums of at most 30 positive numbers.
    np.testing.assert_allclose(2 * got, expected, rtol=64 * np.finfo(float).eps)


@pytest.mark.parametrize("edges", made.EDGES)
def test_zeros_stay_zeros_and_equal_frames_have_equal_directions(edges):
    features = np.repeat([[0.1, 0.7], [0.0, 0.0], [0.1, 0.7]], 20, axis=0)
    got = made.smoothed(features, 9, edges)
    assert not got[24:36].any()
    cosine = made.neighbour_cosines(got)
    np.testing.assert_array_equal(np.flatnonzero(cosine != 1), [23, 35])
    np.testing.assert_array_equal(cosine[[23, 35]], 0)


def test_frames_of_any_size_have_a_direction():
    rows = np.array([[5e-324, 0], [1e-200, 1e-200], [1e308, 1e308], [0, -3.0]])
    units = made.directions(rows)
    np.testing.assert_allclose(np.square(units).sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(
        made.cosines(units[:, None][0], units), [1, math.sqrt(0.5), math.sqrt(0.5), 0], rtol=1e-15, atol=1e-15
    )
    huge = made.smoothed(np.full((9, 1), 1.7e308), 5, "truncate")
    assert np.isfinite(huge).all()


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(1, 50), st.sampled_from(made.MINIMA))
def test_minima_are_those_of_the_definition_where_values_repeat(values, window, rule):
    values = np.array(values, float)
    np.testing.assert_array_equal(
        made.boundaries(values, window, rule), defined.cut(values.tolist(), window, rule)
    )


def test_boundaries_by_hand():
    values = np.array([0.9, 0.2, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.8])
    assert made.boundaries(values, 4, "nms").tolist() == [0, 2, 7, 10]
    assert made.boundaries(values, 4, "windows").tolist() == [0, 2, 7, 9, 10]
    assert made.boundaries(np.ones(9), 4, "nms").tolist() == [0, 10]
    assert made.boundaries(np.ones(3), 1, "nms").tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("n", "k", "share", "expected"), [(60, 4, 0.3, 5), (30, 1, 0.1, 3), (12, 12, 0.4, 1)]
)
def test_a_window_is_rounded_up_and_not_by_rounding(n, k, share, expected):
    assert made.window_length(n, k, share) == expected
