"""Standard units against their definition, at any size."""

import numpy as np
import pytest

from dkva.baselines.standardising import standardised

pytestmark = pytest.mark.fast

rng = np.random.default_rng(0)
FEATURES = rng.standard_normal((50, 4)) * [1, 3, 0.2, 9] + [0, 5, -2, 1]

# Sums of 50 numbers of a size near 1.
ATOL = 200 * np.finfo(np.float64).eps


def test_mean_and_variance_by_their_definition():
    expected = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    np.testing.assert_allclose(standardised(FEATURES), expected, rtol=0, atol=50 * ATOL)
    np.testing.assert_allclose(standardised(FEATURES).mean(axis=0), 0, rtol=0, atol=ATOL)
    np.testing.assert_allclose(standardised(FEATURES).std(axis=0), 1, rtol=0, atol=ATOL)


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_any_size(exponent):
    np.testing.assert_array_equal(standardised(np.ldexp(FEATURES, exponent)), standardised(FEATURES))


def test_the_whole_range_of_a_dtype():
    features = np.array([[-1.0], [1.0]]) * np.finfo(np.float64).max
    np.testing.assert_array_equal(standardised(features), [[-1], [1]])
    np.testing.assert_array_equal(standardised(np.array([[0], [255]], np.uint8)), [[-1], [1]])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30, -7.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_constant_features_are_zero(value, dtype):
    features = np.full((7, 2), value, dtype)
    features[:, 1] = np.arange(7)
    rows = standardised(features)
    assert not rows[:, 0].any()
    assert rows[:, 1].any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_feature_that_differs_by_a_rounding_is_constant(dtype):
    features = np.full((7, 1), 0.1, dtype)
    features[3] = np.nextafter(features[3], dtype(1))
    assert not standardised(features).any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_smallest_numbers(dtype):
    features = np.zeros((2, 1), dtype)
    features[1] = 4 * np.finfo(dtype).smallest_subnormal
    np.testing.assert_array_equal(standardised(features), [[-1], [1]])


def test_features_are_not_written_to():
    before = FEATURES.copy()
    standardised(FEATURES)
    np.testing.assert_array_equal(FEATURES, before)
