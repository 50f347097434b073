"""Percentile bootstrap over videos: values in, the interval of their mean out."""

from __future__ import annotations

import functools

import numpy as np

__all__ = ["RESAMPLES", "bootstrap_interval", "bootstrap_weights", "middle_95"]

#: Resamples of every bootstrap and random flips of signs.
RESAMPLES = 9999

# Resamples that are drawn in one go.
_AT_ONCE = 256


def bootstrap_interval(values, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean of values [n], n >= 2, by percentile bootstrap over them (9999 resamples)."""
    values = np.asarray(values, np.float64)
    return middle_95(bootstrap_weights(len(values), seed) @ values)


def middle_95(means: np.ndarray) -> tuple[float, float]:
    """Percentiles 2.5 and 97.5 of means [n]."""
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


@functools.lru_cache(maxsize=32)
def bootstrap_weights(n: int, seed: int = 0) -> np.ndarray:
    """Weight of each of n values in each bootstrap resample [9999, n], read-only.

    A product with these takes the means of all resamples at once, so that a report of hundreds of intervals
    takes a second.
    """
    generator = np.random.default_rng(seed)
    weights = np.empty((RESAMPLES, n))
    for part in (weights[start : start + _AT_ONCE] for start in range(0, RESAMPLES, _AT_ONCE)):
        drawn = generator.integers(0, n, part.shape)
        drawn += np.arange(0, part.size, n)[:, None]  # values of each resample are counted by themselves
        np.divide(np.bincount(drawn.ravel(), minlength=part.size).reshape(part.shape), n, out=part)
    weights.flags.writeable = False
    return weights
