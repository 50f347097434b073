"""Length scale against all pairs by SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from tolerances import eps

from dkva.approximation.length_scale import _LENGTH_SCALES, _SAMPLE, _median, length_scale
from dkva.approximation.settings import LENGTH_SCALES

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def frames(n, d=6, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def rounding(x):
    """Error of the squared distances, and so of their median, in float32: d + 4 roundings of |x|² + |y|².

    Below 10·eps·(|x|² + |y|²) they count as 0, which is an error of as much.
    """
    largest = (x.astype(np.float64) ** 2).sum(axis=1).max()
    return 2 * max(x.shape[1] + 4, 10) * eps(np.float32) * largest


@pytest.mark.parametrize("n", [2, 3, 4, 255, 256, 257, 258, 600])
def test_equals_median_over_all_pairs(n):
    x = frames(n)
    squared = np.median(pdist(x.astype(np.float64), "sqeuclidean"))
    np.testing.assert_allclose(length_scale(x), squared, rtol=0, atol=rounding(x))
    half = rounding(x) / np.sqrt(squared)  # the slope of the root, twice over
    np.testing.assert_allclose(length_scale(x, "median"), np.sqrt(squared), rtol=0, atol=half)


@settings(max_examples=50)
@given(st.integers(2, 40), st.integers(1, 5), st.integers(0, 2**32 - 1), st.floats(1e-2, 1e2))
def test_equals_median_for_any_shape_and_size(n, d, seed, size):
    x = (size * frames(n, d, seed)).astype(np.float32)
    expected = np.median(pdist(x.astype(np.float64), "sqeuclidean"))
    np.testing.assert_allclose(length_scale(x), expected, rtol=0, atol=rounding(x))


def test_long_videos_are_thinned_with_an_even_stride():
    x = frames(100)
    assert length_scale(x, max_frames=40) == length_scale(x[::3])  # the same numbers by the same program
    assert length_scale(x, max_frames=100) == length_scale(x)
    np.testing.assert_allclose(length_scale(x, max_frames=40), length_scale(x), rtol=0.1)  # of sampling


@pytest.mark.parametrize("rule", LENGTH_SCALES)
@pytest.mark.parametrize("x", [np.zeros((5, 3)), np.full((5, 3), 7.0), np.ones((1, 3))])
def test_frames_without_distances_give_one(rule, x):
    assert length_scale(x, rule) == 1


def test_equal_frames_with_large_values_give_one():
    assert length_scale(np.tile(1e3 * frames(1, 300), (50, 1))) == 1


def test_mean_stands_in_where_half_of_the_pairs_coincide():
    x = np.zeros((10, 2))
    x[0] = 3, 4
    # Small whole numbers are exact in float32, their mean and its root all but.
    np.testing.assert_allclose(length_scale(x), 25 * 9 / 45, rtol=4 * eps(np.float64))
    np.testing.assert_allclose(length_scale(x, "median"), np.sqrt(25 * 9 / 45), rtol=4 * eps(np.float64))


def test_number_is_taken_as_it_is():
    assert length_scale(frames(5), 0.25) == 0.25
    assert length_scale(frames(5), 3) == 3


def test_frames_are_not_written():
    x = frames(300)
    before = x.copy()
    length_scale(x)
    np.testing.assert_array_equal(x, before)


def test_there_is_a_reading_for_every_name():
    assert tuple(_LENGTH_SCALES) == LENGTH_SCALES


def test_unknown_rule_lists_the_choices():
    with pytest.raises(ValueError, match="unknown length_scale 'mean': choose one of median_squared, median"):
        length_scale(frames(5), "mean")


@pytest.mark.parametrize("rule", [0, -1.0, float("nan"), float("inf")])
def test_number_must_be_positive_and_finite(rule, unchecked):
    with pytest.raises(ValueError, match="length_scale is"):
        length_scale(frames(5), rule)


@pytest.mark.parametrize("n", [1, 2, 5, 4096, 4097, 20_000, 20_001])
@pytest.mark.parametrize("order", ["random", "sorted", "misleading", "constant"])
def test_the_median_of_many_values_is_numpys(n, order):
    values = np.random.default_rng(n).random(n).astype(np.float32)
    if order == "sorted":
        values.sort()
    elif order == "misleading":  # all that the sample meets is large
        values[:: -(-n // _SAMPLE)] += 10
    elif order == "constant":
        values[:] = 3
    # Selected, and the mean of two in float64: no sum whose order could matter.
    assert _median(values) == np.median(values.astype(np.float64))
