"""Dynamic time warping: the cheapest monotone path through a matrix of costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

__all__ = ["TIES", "Warping", "dtw"]

#: Where a path came from: one frame earlier in both videos, in x, or in y.
_MOVES = {"diagonal": (1, 1), "up": (1, 0), "left": (0, 1)}

#: Which of equally cheap moves is taken first, tracing back from the end.
TIES = tuple(_MOVES)


class Warping(NamedTuple):
    """A path and what it costs.

    Attributes:
        path: pairs (i, j) of frames [l, 2], from (0, 0) to (n - 1, m - 1).
        cost: the sum of the costs on it.
    """

    path: Int[np.ndarray, "l 2"]
    cost: float


def dtw(costs: np.ndarray, *, ties: Sequence[str] = TIES) -> Warping:
    """The path of least cost with moves (1, 0), (0, 1) and (1, 1) from the first pair of frames to the last.

    Args:
        costs: of each pair of frames [n, m], such as distances.
        ties: "diagonal", "up" (i - 1) and "left" (j - 1) in the order in which equally cheap ones are taken,
            tracing back from the end.

    Raises:
        ValueError: costs that are no finite numbers [n, m], or `ties` without each of the three names once.
    """
    costs = np.asarray(costs)
    if costs.ndim != 2 or 0 in costs.shape or costs.dtype.kind not in "biuf" or not np.isfinite(costs).all():
        raise ValueError(f"costs are {costs.dtype} of shape {costs.shape}: give finite numbers [n, m]")
    if sorted(ties) != sorted(TIES):
        raise ValueError(f"ties are {list(ties)}: give {', '.join(TIES)} in the order that you want")
    n, m = costs.shape
    least = np.full((n + 1, m + 1), np.inf)
    least[0, 0] = 0
    least[1:, 1:] = costs
    # Cells of an anti-diagonal, i + j = both, depend on the two before it alone, and lie m apart in memory.
    flat = least.reshape(-1)
    for both in range(2, n + m + 1):
        first, last = both + max(1, both - m) * m, both + min(n, both - 1) * m
        before = [flat[first - step : last - step + 1 : m] for step in (m + 2, m + 1, 1)]
        flat[first : last + 1 : m] += np.minimum(np.minimum(before[0], before[1]), before[2])
    return Warping(_traced(least, [_MOVES[name] for name in ties]), float(least[n, m]))


def _traced(least: np.ndarray, moves: Sequence[tuple[int, int]]) -> np.ndarray:
    """The path to the last cell of least costs [n + 1, m + 1], whose first row and column are the edge."""
    i, j = least.shape[0] - 1, least.shape[1] - 1
    path = [(i, j)]
    while (i, j) != (1, 1):
        i, j = min(((i - down, j - right) for down, right in moves), key=lambda cell: least[cell])
        path.append((i, j))
    return np.array(path[::-1], np.int64) - 1
