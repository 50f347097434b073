"""Features in standard units: for methods whose distances would depend on the units otherwise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Real

__all__ = ["standardised"]

# A feature whose range is no more than so many roundings of its size is constant.
_ROUNDINGS = 4


def standardised(features: Real[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Features of mean 0 and variance 1 over the video, in float64; constant ones are 0 and do not count.

    Shifts and positive scales of the features change nothing but rounding.

    Args:
        features: finite frames [n, d], of any size that their dtype holds.
    """
    low, high = (limits.astype(np.float64) for limits in (features.min(axis=0), features.max(axis=0)))
    half_range = high / 2 - low / 2
    rounding = np.finfo(features.dtype).eps if features.dtype.kind == "f" else 0.0
    varies = half_range > _ROUNDINGS * rounding * np.maximum(np.abs(low), np.abs(high)) / 2
    # Halves do not overflow; in half ranges no square does, nor vanishes.
    rows = features.astype(np.float64) / 2 - (low / 4 + high / 4)
    rows = np.divide(rows, half_range, out=np.zeros(features.shape), where=varies)
    rows -= rows.mean(axis=0)
    rows[:, ~varies] = 0
    return np.divide(rows, rows.std(axis=0), out=rows, where=varies)
