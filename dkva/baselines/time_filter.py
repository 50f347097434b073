"""A Gaussian filter over time whose window may be a large part of the video."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

__all__ = ["gaussian_filtered"]

# The filter reaches so many standard deviations.
_REACH = 4.0

# Numbers filtered at once.
_BLOCK = 2**24


def gaussian_filtered(rows: Float[np.ndarray, "n d"], deviation: float) -> Float[np.ndarray, "n d"]:
    """Rows averaged over time by a Gaussian, the edges replicated.

    Equal to `scipy.ndimage.gaussian_filter1d(rows, deviation, axis=0, mode="nearest")`, but by FFT: the
    window grows with the video.

    Args:
        rows: in order of time [n, d].
        deviation: standard deviation of the Gaussian in rows; below 1/8 nothing is averaged.
    """
    from scipy.signal import fftconvolve

    radius = int(_REACH * deviation + 0.5)
    if not radius:
        return rows
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    taps /= taps.sum()
    out = np.empty_like(rows)
    n, d = rows.shape
    step = max(1, _BLOCK // (n + 2 * radius))
    for start in range(0, d, step):
        columns = slice(start, start + step)
        padded = np.pad(rows[:, columns], ((radius, radius), (0, 0)), mode="edge")
        out[:, columns] = fftconvolve(padded, taps[:, None], mode="valid", axes=0)
    return out
