"""The method from a video's features to the cut of its pieces: the best of several refined starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dkva.base.segments import renumbered
from dkva.kernel_means.refining import Cut, measured, refined
from dkva.kernel_means.settings import KernelMeanSettings
from dkva.kernel_means.starts import starts

__all__ = ["best_cut", "cost"]


def best_cut(
    points: Float[np.ndarray, "n r"],
    n_segments: int,
    settings: KernelMeanSettings,
    seed: int,
    borders: Sequence[int] = (),
) -> Cut:
    """The cheapest of the refined starts, its labels numbered in order of time.

    Args:
        points: mean embeddings of the pieces, averaged over time (`local_means`) [n, r].
        n_segments: K, 1 <= K <= n. Fewer labels come out where all points are equal: one.
        settings: of the method; its prices and restarts count here.
        seed: of the starts by k-means.
        borders: first points of further videos. A mean segment is taken to be as long in all videos, so that
            a switch costs the same in each.
    """
    n, videos = len(points), len(borders) + 1
    if n_segments == 1 or not points.any():
        return measured(points, np.zeros(n, np.int64), borders)
    if n_segments == n:
        return measured(points, np.arange(n), borders)
    first = starts(points, n_segments, settings.restarts, seed, borders)
    price = settings.switch_price * n / (videos * n_segments)
    found = np.unique(refined(points, first, n_segments, price, borders), axis=0)
    cuts = [measured(points, renumbered(labels), borders) for labels in found]
    return min(cuts, key=lambda each: cost(each, videos * n_segments, settings))


def cost(cut: Cut, n_segments: int, settings: KernelMeanSettings) -> float:
    """What cuts into K segments, in all videos, are compared by: scatter + pick_price · switches / K."""
    return cut.scatter + settings.pick_price * cut.switches / n_segments
