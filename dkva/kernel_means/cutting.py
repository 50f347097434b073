"""The method from a video's features to the cut of its pieces: the best of several refined starts."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dkva.base.segments import renumbered
from dkva.kernel_means.refining import Cut, measured, refined
from dkva.kernel_means.settings import KernelMeanSettings
from dkva.kernel_means.starts import starts

__all__ = ["best_cut", "cost"]


def best_cut(
    points: Float[np.ndarray, "n r"], n_segments: int, settings: KernelMeanSettings, seed: int
) -> Cut:
    """The cheapest of the refined starts, its labels numbered in order of time.

    Args:
        points: mean embeddings of the pieces, averaged over time (`local_means`) [n, r].
        n_segments: K, 1 <= K <= n. Fewer labels come out where all points are equal: one.
        settings: of the method; its prices and restarts count here.
        seed: of the starts by k-means.
    """
    n = len(points)
    if n_segments == 1 or not points.any():
        return measured(points, np.zeros(n, np.int64))
    if n_segments == n:
        return measured(points, np.arange(n))
    first = starts(points, n_segments, settings.restarts, seed)
    found = np.unique(refined(points, first, n_segments, settings.switch_price * n / n_segments), axis=0)
    cuts = [measured(points, renumbered(labels)) for labels in found]
    return min(cuts, key=lambda each: cost(each, n_segments, settings))


def cost(cut: Cut, n_segments: int, settings: KernelMeanSettings) -> float:
    """What cuts into K segments are compared by: scatter + pick_price · switches / K."""
    return cut.scatter + settings.pick_price * cut.switches / n_segments
