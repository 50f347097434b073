"""Boundaries where smoothed neighbours are least alike: the first half of ABD and of SaM.

Both are written from descriptions: neither has a program by its authors. What the descriptions leave open is
a setting.
"""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float, Int, Real

__all__ = [
    "EDGES",
    "MINIMA",
    "boundaries",
    "cosines",
    "directions",
    "neighbour_cosines",
    "smoothed",
    "window_length",
]

#: What a window of the filter takes for frames before the first and after the last.
EDGES = ("truncate", "zero", "replicate")

#: Rules for local minima.
MINIMA = ("nms", "windows")


def window_length(n_frames: int, n_segments: int, share: float) -> int:
    """L in frames: a share of the mean segment of N / K frames, rounded up."""
    return math.ceil(round(share * n_frames / n_segments, 9))  # 3.0000000000000004 is 3


def smoothed(features: Real[np.ndarray, "n d"], window: int, edges: str) -> Float[np.ndarray, "n d"]:
    """Means over the frames up to (L - 1) / 2 away [n, d], up to a power of two that no cosine sees.

    Sums are made by doubling, without a running sum: what is equal stays equal, and zeros stay zeros.

    Args:
        features: finite frames [n, d], of any size that their dtype holds.
        window: L.
        edges: one of `EDGES`: means of the frames that are there; zeros beyond; or the first and the last
            frame repeated.
    """
    rows = features.astype(np.float64)
    rows = np.ldexp(rows, -np.frexp(np.abs(rows).max())[1])  # no sum overflows
    reach = (window - 1) // 2
    if not reach:
        return rows
    n, width = len(rows), 2 * reach + 1
    around = ((reach, reach), (0, 0))
    padded = np.pad(rows, around, mode="edge") if edges == "replicate" else np.pad(rows, around)
    sums = _window_sums(padded, width)
    if edges != "truncate":
        return sums / width
    frame = np.arange(n)
    there = np.minimum(frame + reach, n - 1) - np.maximum(frame - reach, 0) + 1
    return sums / there[:, None]


def _window_sums(rows: Float[np.ndarray, "n d"], width: int) -> Float[np.ndarray, "m d"]:
    """Sums of each `width` rows in succession [n - width + 1, d], made of windows of powers of two."""
    m = len(rows) - width + 1
    total, start, length = np.zeros((m, rows.shape[1])), 0, 1
    while True:
        if width & length:
            total += rows[start : start + m]
            start += length
        if start == width:
            return total
        rows = rows[:-length] + rows[length:]
        length *= 2


def directions(rows: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "m d_plus_1"]:
    """Rows of norm 1 in a space of one dimension more, which is that of rows of zeros [m, d + 1].

    So rows of zeros are alike, at cosine 1, and at cosine 0 to all others.
    """
    largest = np.abs(rows).max(axis=1, keepdims=True)
    zero = largest == 0
    scaled = rows / np.where(zero, 1, largest)  # no square vanishes
    norms = np.sqrt(np.einsum("md,md->m", scaled, scaled))[:, None]
    return np.concatenate([scaled / np.where(zero, 1, norms), zero], axis=1)


def cosines(u: Float[np.ndarray, "#m e"], v: Float[np.ndarray, "#m e"]) -> Float[np.ndarray, " m"]:
    """Cosines of pairs of directions [m]: 1 - |u - v|² / 2, just 1 where both are equal but for rounding."""
    apart = u - v
    return 1 - np.einsum("md,md->m", apart, apart) / 2


def neighbour_cosines(rows: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n_minus_1"]:
    """Cosine of each row with the next [n - 1]."""
    units = directions(rows)
    return cosines(units[:-1], units[1:])


def boundaries(values: Float[np.ndarray, " n_minus_1"], window: int, rule: str) -> Int[np.ndarray, " c"]:
    """First frames of segments and N last [c], cut where a value is a local minimum.

    Args:
        values: how alike the frames t and t + 1 are, for every t but the last; a minimum at t cuts before
            t + 1.
        window: L.
        rule: one of `MINIMA`. "nms": a minimum is lower than all up to L / 2 before it, and not above any up
            to L / 2 after it; where all of these are equal there is none, unless L is 1. "windows": the
            lowest of each L in succession, the first on a tie; the last window is what is left.
    """
    found = _suppressed(values, window // 2) if rule == "nms" else _lowest_each(values, window)
    return np.array([0, *found + 1, len(values) + 1])


def _suppressed(values, reach: int):
    """Minima among those up to `reach` away."""
    if not reach:
        return np.arange(len(values))
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    n, width = len(values), 2 * reach + 1
    padded = np.pad(values, reach, constant_values=np.inf)
    lowest = minimum_filter1d(padded, reach, mode="constant", cval=np.inf)
    before = lowest[reach // 2 : reach // 2 + n]  # of the `reach` values before each
    inside = minimum_filter1d(values, width, mode="nearest")
    highest = maximum_filter1d(values, width, mode="nearest")
    return np.flatnonzero((values < before) & (values == inside) & (values < highest))


def _lowest_each(values, window: int):
    """The first lowest of each window."""
    starts = np.arange(0, len(values), window)
    padded = np.pad(values, (0, len(starts) * window - len(values)), constant_values=np.inf)
    return starts + padded.reshape(len(starts), window).argmin(axis=1)
