"""A figure of several videos together, and each video's part of it.

The figures of alignment are ratios of sums over joined frames or pairs of videos. A video's part is the
figure plus what the video moves it by, to first order, so that the mean of the parts is the figure: tables
have a row a video, and a bootstrap over videos gives the interval of the ratio.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

__all__ = ["Pooled", "pooled", "pooled_pairs", "unknown"]


class Pooled(NamedTuple):
    """A figure of v videos.

    Attributes:
        figure: of all of them; NaN if it cannot be had.
        parts: of each video [v]; their mean is the figure. A part alone may leave the range of the figure.
    """

    figure: float
    parts: Float[np.ndarray, " v"]


def pooled(sums, sizes) -> Pooled:
    """The figure sum(sums) / sum(sizes), and its linearisation by video.

    Args:
        sums: of each video, what it adds to the numerator [v].
        sizes: of each, what it adds to the denominator [v]; a sum of 0 gives NaN.
    """
    sums, sizes = np.asarray(sums, np.float64), np.asarray(sizes, np.float64)
    total = sizes.sum()
    if not total:
        return unknown(len(sums))
    figure = float(sums.sum() / total)
    return Pooled(figure, figure + len(sums) * (sums - figure * sizes) / total)


def pooled_pairs(values) -> Pooled:
    """The mean over ordered pairs of videos, and its linearisation by video: in both places of its pairs.

    Args:
        values: of the first and the second video of each pair [v, v]; NaN if there is no such pair.
    """
    values = np.asarray(values, np.float64)
    known = np.isfinite(values)
    n_pairs = known.sum()
    if not n_pairs:
        return unknown(len(values))
    sums, counts = (each.sum(axis=0) + each.sum(axis=1) for each in (np.where(known, values, 0), known))
    figure = float(np.nansum(values) / n_pairs)
    return Pooled(figure, figure + len(values) * (sums - figure * counts) / n_pairs)


def unknown(n_videos: int) -> Pooled:
    """A figure that cannot be had: NaN."""
    return Pooled(float("nan"), np.full(n_videos, np.nan))
