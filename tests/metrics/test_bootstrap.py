"""Intervals against scipy's bootstrap, and what they must be on hand-sized cases."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from dkva.metrics.bootstrap import RESAMPLES, bootstrap_interval, bootstrap_weights

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("n", [2, 7, 50])
@pytest.mark.parametrize("seed", [0, 3])
def test_the_interval_is_scipys(n, seed):
    values = np.random.default_rng(n).normal(size=n)
    by_scipy = bootstrap(
        (values,), np.mean, n_resamples=9999, method="percentile", rng=np.random.default_rng(seed)
    ).confidence_interval
    # A mean of n numbers of size 1, summed in another order.
    assert bootstrap_interval(values, seed) == pytest.approx(tuple(by_scipy), rel=0, abs=4 * n * 2.3e-16)


def test_equal_values_have_no_spread():
    assert bootstrap_interval([0.25] * 8) == (0.25, 0.25)


def test_each_resample_has_as_many_values_and_none_can_be_changed():
    weights = bootstrap_weights(5)
    assert weights.shape == (9999, 5)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=5 * 2.3e-16)
    assert bootstrap_weights(5) is weights
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 1


@pytest.mark.parametrize("n", [1, 2, 30, 300])
def test_weights_count_what_is_drawn(n):
    drawn = np.random.default_rng(3).integers(0, n, (RESAMPLES, n))
    counts = [np.bincount(row, minlength=n) for row in drawn]
    np.testing.assert_array_equal(bootstrap_weights(n, 3), np.array(counts) / n)


def test_interval_lies_around_the_mean():
    values = np.random.default_rng(0).normal(5, 1, 100)
    low, high = bootstrap_interval(values)
    assert low < values.mean() < high
    assert abs((high - low) / 2 - 1.96 * values.std() / 10) < 0.02
    assert bootstrap_interval(values) == (low, high)
