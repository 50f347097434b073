"""Preprocessing: raw frames in, smoothed and standardised frames out (paper section 4; method: section 2)."""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real
from scipy.fft import irfft, next_fast_len, rfft

__all__ = ["Standardiser", "smooth", "smooth_and_standardise", "smoothing_window"]

_EPSILON = 1e-7

# Of the feature that varies most: below it, what is added to the deviations decides.
_LEAST_DEVIATION = 1e-5

_COLUMNS_BYTES = 1 << 26

# Above so many bytes in float64 a video is smoothed and standardised a few features at a time.
_WHOLE_BYTES = 1 << 27


def smoothing_window(n_frames: int, n_segments: int, smoothing: float) -> int:
    """Window of the Gaussian filter in frames, L = ceil(a·N / M) (method: section 2, step 2).

    Args:
        n_frames: N.
        n_segments: M.
        smoothing: a, the paper's alpha; 0 means no smoothing.
    """
    return math.ceil(smoothing * n_frames / n_segments)


def _weights(window: int) -> Float[np.ndarray, " taps"]:
    sigma = (window - 1) / 6
    radius = int(3 * sigma + 0.5)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return taps / taps.sum()


def smooth(frames: Real[np.ndarray, "n d"], window: int) -> Float[np.ndarray, "n d"]:
    """Gaussian filter along time with sigma = (window - 1) / 6, truncated at 3 sigma, edges mirrored.

    Equal to `scipy.ndimage.gaussian_filter1d(frames, sigma, axis=0, truncate=3)` in float64, but by FFT:
    windows here are a large part of the video.

    Args:
        frames: [n, d], any real dtype.
        window: L in frames; at most 1 leaves the frames as they are.

    Returns:
        float64 frames [n, d]; a constant feature stays constant.
    """
    n, d = frames.shape
    if window <= 1:
        return np.asarray(frames, np.float64)
    weights = _weights(window)[:, None]
    radius = len(weights) // 2
    out = np.empty((n, d), np.float64)
    step = max(1, _COLUMNS_BYTES // (8 * (n + 2 * radius)))
    for start in range(0, d, step):
        columns = np.asarray(frames[:, start : start + step], np.float64)
        mean = columns.mean(axis=0)  # so that the FFT's rounding is relative to the variation alone
        padded = np.pad(columns - mean, ((radius, radius), (0, 0)), mode="symmetric")
        out[:, start : start + step] = _convolved(padded, weights) + mean
    return out


def _convolved(padded: Float[np.ndarray, "k d"], weights: Float[np.ndarray, "taps 1"]) -> np.ndarray:
    """Columns convolved with the weights where these lie wholly within them [k - taps + 1, d].

    What `scipy.signal.fftconvolve(padded, weights, mode="valid", axes=0)` gives, whose import takes longer
    than that of JAX.
    """
    size = next_fast_len(len(padded) + len(weights) - 1, real=True)
    product = rfft(padded, size, axis=0) * rfft(weights, size, axis=0)
    return irfft(product, size, axis=0)[len(weights) - 1 : len(padded)]


class Standardiser(NamedTuple):
    """Per-feature mean and scale of one video over time.

    Attributes:
        mean: [d].
        scale: standard deviation + 1e-7 [d].
    """

    mean: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]

    @classmethod
    def fit(cls, frames: Float[np.ndarray, "n d"]) -> Standardiser:
        """Mean and scale of float64 frames [n, d]."""
        # A feature that is constant but for rounding stays 0 instead of having its rounding amplified.
        mean = frames.mean(axis=0, dtype=np.float64)
        deviation = frames.std(axis=0, dtype=np.float64, mean=mean[None, :])
        noise = 100 * np.finfo(np.float64).eps * np.abs(mean)
        return cls(mean, np.where(deviation <= noise, np.inf, deviation + _EPSILON))

    def apply(self, frames: Float[np.ndarray, "n d"], dtype=np.float32) -> Float[np.ndarray, "n d"]:
        """Frames in standard units [n, d]."""
        return ((frames - self.mean) / self.scale).astype(dtype)

    def invert(self, frames: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """Frames in the features' own units [n, d]."""
        scale = np.where(np.isinf(self.scale), 0, self.scale)
        return frames.astype(np.float64) * scale + self.mean


def smooth_and_standardise(
    frames: Real[np.ndarray, "n d"],
    window: int,
    dtype=np.float32,
    standardiser: Standardiser | None = None,
) -> tuple[Standardiser, Float[np.ndarray, "n d"]]:
    """What `smooth`, `Standardiser.fit` and `Standardiser.apply` give one after the other.

    A long video, which may be memory-mapped, is never held in float64 whole.

    Args:
        frames: [n, d].
        window: of `smooth`.
        dtype: of the returned frames.
        standardiser: mean and scale to use; None means the smoothed frames' own.

    Warns:
        UserWarning: features of so small numbers that what is added to their deviations decides.
    """
    n, d = frames.shape
    step = d if 8 * n * d <= _WHOLE_BYTES else max(1, _WHOLE_BYTES // (4 * 8 * n))
    out = np.empty((n, d), dtype)
    used = []
    for start in range(0, d, step):
        columns = slice(start, start + step)
        smoothed = smooth(frames[:, columns], window)
        if standardiser is None:
            used.append(Standardiser.fit(smoothed))
        else:
            used.append(Standardiser(standardiser.mean[columns], standardiser.scale[columns]))
        out[:, columns] = used[-1].apply(smoothed, dtype)
    found = Standardiser(*(np.concatenate(part) for part in zip(*used, strict=True)))
    if standardiser is None:
        _tell_of_small_numbers(found.scale)
    return found, out


def _tell_of_small_numbers(scale: Float[np.ndarray, " d"]) -> None:
    largest = scale[np.isfinite(scale)].max(initial=0)
    if 0 < largest < _LEAST_DEVIATION:
        warnings.warn(
            f"features vary by {largest - _EPSILON:.1g} at most, beside {_EPSILON:g} that is added to each "
            "one's deviation: multiply them, such that they vary by 1e-4 or more",
            stacklevel=3,
        )
