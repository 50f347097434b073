"""Percentile bootstrap over videos: values in, the interval of their mean out."""

from __future__ import annotations

import functools

import numpy as np

__all__ = ["RESAMPLES", "bootstrap_interval", "bootstrap_weights"]

#: Resamples of every bootstrap and random flips of signs.
RESAMPLES = 9999


def bootstrap_interval(values, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean of values [n], n >= 2, by percentile bootstrap over them (9999 resamples)."""
    values = np.asarray(values, np.float64)
    low, high = np.percentile(bootstrap_weights(len(values), seed) @ values, (2.5, 97.5))
    return float(low), float(high)


@functools.lru_cache(maxsize=16)
def bootstrap_weights(n: int, seed: int = 0) -> np.ndarray:
    """Weight of each of n values in each bootstrap resample [9999, n], read-only.

    A product with these takes the means of all resamples at once, so that a report of hundreds of intervals
    takes a second.
    """
    drawn = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    weights = np.stack([np.bincount(row, minlength=n) for row in drawn]) / n
    weights.flags.writeable = False
    return weights
