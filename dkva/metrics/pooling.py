"""A figure of several videos together, and each video's part of it.

The figures of alignment are of joined frames or of pairs of videos. A video's part is scaled so that the mean
of the parts is the figure: tables have a row a video, and a bootstrap over videos gives an interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

__all__ = ["Pooled", "pooled", "unknown"]


class Pooled(NamedTuple):
    """A figure of v videos.

    Attributes:
        figure: of all of them; NaN if it cannot be had.
        parts: of each video [v]; their mean is the figure. A part alone may leave the range of the figure.
    """

    figure: float
    parts: Float[np.ndarray, " v"]


def pooled(sums, total: float) -> Pooled:
    """The figure sum(sums) / total.

    Args:
        sums: of each video, what it adds to the numerator [v].
        total: the denominator, of all videos; 0 gives NaN.
    """
    sums = np.asarray(sums, np.float64)
    if not total:
        return unknown(len(sums))
    return Pooled(float(sums.sum() / total), len(sums) * sums / total)


def unknown(n_videos: int) -> Pooled:
    """A figure that cannot be had: NaN."""
    return Pooled(float("nan"), np.full(n_videos, np.nan))
