"""Partial whitening: the principal components of standardised features, their variances made more equal.

The covariance is summed over blocks of frames in float64, around a shift near the mean, so that an array that
is mapped from a file never stands in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real

__all__ = ["MAX_COMPONENTS", "Whitening", "blocks", "evenly_spaced", "fit_whitening", "leading_eigenpairs"]

#: Principal components kept at most.
MAX_COMPONENTS = 64

# Components of less variance than this share of the first's are left out.
_LEAST_VARIANCE = 1e-6

# Features whose range is no more than so many roundings of their size are constant.
_ROUNDINGS = 4

_TINY = float(np.finfo(np.float64).tiny)

# Numbers in a block, and frames that the shift is taken from.
_BLOCK, _SAMPLE = 2**19, 1000


class Whitening(NamedTuple):
    """A linear map of frames; it does not depend on the features' units.

    Attributes:
        kept: indices of the features that vary [e].
        shift: what is subtracted from them [e].
        half_range: half of what lies between their smallest and largest value [e].
        mean: of the features so shifted and divided [e].
        axes: from there to the components [e, c].
    """

    kept: Int[np.ndarray, " e"]
    shift: Float[np.ndarray, " e"]
    half_range: Float[np.ndarray, " e"]
    mean: Float[np.ndarray, " e"]
    axes: Float[np.ndarray, "e c"]

    def apply(self, frames: Real[np.ndarray, "b d"]) -> Float[np.ndarray, "b c"]:
        """Components of some frames, in float64."""
        return (_scaled(frames, self.kept, self.shift, self.half_range) - self.mean) @ self.axes


def evenly_spaced(n: int, most: int) -> Int[np.ndarray, " m"]:
    """The middle frames of min(n, most) uniform segments of n frames [m]."""
    m = min(n, most)
    return (2 * np.arange(m, dtype=np.int64) + 1) * n // (2 * m)


def fit_whitening(features: Real[np.ndarray, "n d"], strength: float) -> Whitening:
    """The map to components of which the j-th has the variance w_j^(1 - strength).

    w_j is the j-th eigenvalue of the features' correlations.

    Args:
        features: finite frames in order of time [n, d]; read in blocks, and not written.
        strength: from 0, plain standardising, to 1, equal variances.
    """
    n = len(features)
    low, high = (limits.astype(np.float64) for limits in (features.min(axis=0), features.max(axis=0)))
    half_range = high / 2 - low / 2
    rounding = np.finfo(features.dtype).eps if features.dtype.kind == "f" else 0.0
    kept = np.flatnonzero(half_range > _ROUNDINGS * rounding * np.maximum(np.abs(low), np.abs(high)) / 2)
    half_range = half_range[kept]
    shift = np.median(features[evenly_spaced(n, _SAMPLE)][:, kept].astype(np.float64), axis=0)

    if not len(kept):
        return Whitening(kept, shift, half_range, np.zeros(0), np.zeros((0, 0)))
    correlated = _by_frames if len(kept) > n else _by_features
    mean, deviation, variances, vectors = correlated(features, kept, shift, half_range)
    enough = variances > _LEAST_VARIANCE * variances[0]
    axes = vectors[:, enough] * variances[enough] ** (-strength / 2) / deviation[:, None]
    return Whitening(kept, shift, half_range, mean, axes)


def _by_features(features, *scale):
    """Mean and deviation of the scaled features, and eigenpairs of their correlations, summed over blocks."""
    n, e = len(features), len(scale[0])
    total, products = np.zeros(e), np.zeros((e, e))
    for rows in blocks(n, max(1, _BLOCK // features.shape[1])):
        scaled = _scaled(features[rows], *scale)
        total += scaled.sum(axis=0)
        products += scaled.T @ scaled
    mean = total / n
    covariance = products / n - np.outer(mean, mean)
    deviation = np.sqrt(np.diag(covariance))
    return mean, deviation, *leading_eigenpairs(covariance / np.outer(deviation, deviation), MAX_COMPONENTS)


def _by_frames(features, *scale):
    """The same for more features than frames: through the inner products of the frames, which are fewer."""
    standard = _scaled(features, *scale)
    mean = standard.mean(axis=0)
    standard -= mean
    deviation = np.sqrt(np.square(standard).mean(axis=0))
    standard /= deviation
    n = len(standard)
    variances, vectors = leading_eigenpairs(standard @ standard.T / n, min(MAX_COMPONENTS, n - 1))
    return mean, deviation, variances, standard.T @ vectors / np.sqrt(n * np.maximum(variances, _TINY))


def blocks(n: int, size: int) -> Iterator[slice]:
    """Slices that cover n rows, each of at most so many."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def leading_eigenpairs(
    symmetric: Float[np.ndarray, "s s"], most: int
) -> tuple[Float[np.ndarray, " c"], Float[np.ndarray, "s c"]]:
    """The largest eigenvalues, at most so many and in falling order [c], and their eigenvectors [s, c]."""
    from scipy.linalg import eigh

    s = len(symmetric)
    values, vectors = eigh(symmetric, subset_by_index=[max(0, s - most), s - 1])
    return values[::-1], vectors[:, ::-1]


def _scaled(frames, kept, shift, half_range) -> Float[np.ndarray, "b e"]:
    """Features that vary, shifted and in half ranges [b, e]: from -2 to 2, whatever their units are."""
    scaled = np.asarray(frames if len(kept) == frames.shape[1] else frames[:, kept], np.float64) / 2
    scaled -= shift / 2
    scaled /= half_range
    return scaled
