"""Partial whitening: the principal components of standardised features, their variances made more equal.

The covariance is summed over blocks of frames in float64, around a shift near the mean, so that an array that
is mapped from a file never stands in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real

__all__ = [
    "MAX_COMPONENTS",
    "Whitening",
    "blocks",
    "evenly_spaced",
    "fit_whitening",
    "fit_whitenings",
    "leading_eigenpairs",
]

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
    return fit_whitenings([features], strength)[0]


def fit_whitenings(videos: Sequence[Real[np.ndarray, "_ d"]], strength: float) -> list[Whitening]:
    """The map of each of several videos to the same components.

    Each video is standardised by itself, so that neither its level nor its units count. The correlations are
    those of all frames: a video counts by its length, as it does in the cost of a cut.

    Args:
        videos: finite frames of each in order of time [n_i, d]; read in blocks, and not written.
        strength: as in `fit_whitening`.
    """
    scales = [_scale(features) for features in videos]
    varying = np.unique(np.concatenate([kept for kept, *_ in scales]))
    if not len(varying):
        return [Whitening(*scale, mean=np.zeros(0), axes=np.zeros((0, 0))) for scale in scales]
    places = [np.searchsorted(varying, kept) for kept, *_ in scales]
    correlated = _by_frames if len(varying) > sum(map(len, videos)) else _by_features
    standards, variances, vectors = correlated(videos, scales, places, len(varying))
    enough = variances > _LEAST_VARIANCE * variances[0]
    axes = vectors[:, enough] * variances[enough] ** (-strength / 2)
    return [
        Whitening(*scale, mean=mean, axes=axes[place] / deviation[:, None])
        for scale, place, (mean, deviation) in zip(scales, places, standards, strict=True)
    ]


def _scale(features) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of the features that vary, their shift and half of their range."""
    low, high = (limits.astype(np.float64) for limits in (features.min(axis=0), features.max(axis=0)))
    half_range = high / 2 - low / 2
    rounding = np.finfo(features.dtype).eps if features.dtype.kind == "f" else 0.0
    kept = np.flatnonzero(half_range > _ROUNDINGS * rounding * np.maximum(np.abs(low), np.abs(high)) / 2)
    shift = np.median(features[evenly_spaced(len(features), _SAMPLE)][:, kept].astype(np.float64), axis=0)
    return kept, shift, half_range[kept]


def _by_features(videos, scales, places, width: int):
    """Mean and deviation of each video's scaled features, and eigenpairs of their correlations.

    Of a feature that does not vary in a video all correlations there are 0.
    """
    n_all, standards, correlations = sum(map(len, videos)), [], np.zeros((width, width))
    for features, scale, place in zip(videos, scales, places, strict=True):
        n, e = len(features), len(place)
        total, products = np.zeros(e), np.zeros((e, e))
        for rows in blocks(n, max(1, _BLOCK // features.shape[1])):
            scaled = _scaled(features[rows], *scale)
            total += scaled.sum(axis=0)
            products += scaled.T @ scaled
        mean = total / n
        covariance = products / n - np.outer(mean, mean)
        deviation = np.sqrt(np.diag(covariance))
        standards.append((mean, deviation))
        correlations[np.ix_(place, place)] += n / n_all * (covariance / np.outer(deviation, deviation))
    return standards, *leading_eigenpairs(correlations, MAX_COMPONENTS)


def _by_frames(videos, scales, places, width: int):
    """The same for more features than frames: through the inner products of the frames, which are fewer."""
    n, first, standards = sum(map(len, videos)), 0, []
    standard = np.zeros((n, width))
    for features, scale, place in zip(videos, scales, places, strict=True):
        scaled = _scaled(features, *scale)
        mean = scaled.mean(axis=0)
        scaled -= mean
        deviation = np.sqrt(np.square(scaled).mean(axis=0))
        standard[first : first + len(scaled), place] = scaled / deviation
        standards.append((mean, deviation))
        first += len(scaled)
    variances, vectors = leading_eigenpairs(standard @ standard.T / n, min(MAX_COMPONENTS, n - 1))
    return standards, variances, standard.T @ vectors / np.sqrt(n * np.maximum(variances, _TINY))


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
