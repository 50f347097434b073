"""Kendall's tau of nearest neighbours: whether frames that follow each other match frames that do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from dkva.base.checks import check_choice
from dkva.metrics.phases import checked_embedded, strided
from dkva.metrics.pooling import Pooled, pooled_pairs

__all__ = ["TAUS", "Taus", "kendall_tau", "kendall_taus", "nearest_frames"]

#: Definitions of tau that are in use; see `kendall_tau`.
TAUS = ("b", "a", "lrprop")

#: Distances that are held at once.
_CELLS = 1 << 22


class Taus(NamedTuple):
    """Kendall's tau of v videos.

    Attributes:
        tau: the mean over ordered pairs of videos that have one, and each first video's part of it.
        dropped: of each video, the pairs with it as the first whose tau is NaN [v].
        pairs: of each ordered pair [v, v], NaN if it has none.
    """

    tau: Pooled
    dropped: Int[np.ndarray, " v"]
    pairs: Float[np.ndarray, "v v"]


def kendall_taus(embedded: Sequence, *, stride: int = 1, variant: str = "b") -> Taus:
    """Kendall's tau of every ordered pair of videos: of time in the first, and of the nearest frame's time.

    No labels are needed. Videos that repeat a motion are penalised. A video whose embedded frames are all
    equal has pairs without a tau, which published programs drop in silence: `dropped` counts them.

    Args:
        embedded: of each video, its embedded frames [n_i, e].
        stride: every how many-th frame is taken, of both videos. CARL and CASA: 5 on Pouring, 2 on
            PennAction; LAV 5; VAOT 4.
        variant: see `kendall_tau`.

    Raises:
        ValueError: see `dkva.metrics.phases.checked_embedded`; a stride below 1, or an unknown variant.
    """
    check_choice("variant", variant, TAUS)
    videos = list(strided(checked_embedded(embedded), stride))
    pairs = np.full((len(videos), len(videos)), np.nan)
    for a, first in enumerate(videos):
        for b, other in enumerate(videos):
            if a != b:
                pairs[a, b] = kendall_tau(nearest_frames(first, other), variant)
    known = np.isfinite(pairs)
    dropped = len(videos) - 1 - known.sum(axis=1)
    return Taus(pooled_pairs(pairs), dropped, pairs)


def kendall_tau(nearest: np.ndarray, variant: str = "b") -> float:
    """Kendall's tau of 0, 1, …, n - 1 and the frames that these match.

    Args:
        nearest: the matched frame of each frame [n].
        variant: with P pairs in order, Q in reverse and T tied, "b" is (P - Q) / sqrt((P + Q)(P + Q + T)),
            as scipy and published programs have it; NaN if all are tied. "a" is (P - Q) / (P + Q + T), and
            "lrprop" (P - Q - T) / (P + Q + T), as LRProp's text words it, so that a tie counts -1.

    Returns:
        The tau; NaN of a single frame.
    """
    check_choice("variant", variant, TAUS)
    nearest, n = np.asarray(nearest), len(nearest)
    if n < 2:
        return float("nan")
    if variant == "b":
        return float(scipy.stats.kendalltau(np.arange(n), nearest).statistic)
    later = [(nearest[i + 1 :] > nearest[i]).sum() for i in range(n)]
    earlier = [(nearest[i + 1 :] < nearest[i]).sum() for i in range(n)]
    pairs = n * (n - 1) // 2
    reverse = sum(earlier) if variant == "a" else pairs - sum(later)
    return float((sum(later) - reverse) / pairs)


def nearest_frames(x: np.ndarray, y: np.ndarray) -> Int[np.ndarray, " n"]:
    """Of each embedded frame of x [n, e], the nearest of y [m, e], by distance; the first of equals."""
    step = max(1, _CELLS // len(y))
    blocks = (x[start : start + step] for start in range(0, len(x), step))
    return np.concatenate(
        [scipy.spatial.distance.cdist(block, y, "sqeuclidean").argmin(axis=1) for block in blocks]
    )
