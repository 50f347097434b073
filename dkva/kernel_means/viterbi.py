"""The cheapest labels of a sequence under a price of every switch, for several sequences of costs at once.

Plain numpy: a step for each point, over all sequences and labels together. Measured for 1200 points, 8
sequences and 19 labels (processor seconds on one core): numpy 0.011; numba 0.001, after 0.3 for its import
and 1.9 to compile; JAX 0.002, after 0.7 for its import and 0.6 to compile, anew for every number of labels. A
fit takes some twenty such calls, so that the first fit, which is all that `dkva segment` makes, is fastest
without a compiler, and none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

__all__ = ["cheapest_labels", "cheapest_labels_of_videos"]

# Videos that are labelled at once, of about equal lengths: the shorter ones are filled up.
_AT_ONCE = 32


def cheapest_labels(
    costs: Float[np.ndarray, "n s k"], price: float
) -> tuple[Int[np.ndarray, "s n"], Float[np.ndarray, " s"]]:
    """Labels z of least sum of costs[i, z_i] + price · [z_i != z_(i-1)], by dynamic programming.

    That is Viterbi's algorithm (1967). From a label it is cheapest to stay or to come from the cheapest label
    of the step before, so that a step takes as many operations as there are labels.

    Args:
        costs: of each point, sequence and label [n, s, k].
        price: of a switch, at least 0.

    Returns:
        labels: [s, n]; on a tie no switch, and the lowest label.
        totals: what they cost [s].
    """
    n, s, k = costs.shape
    if price == 0:
        return costs.argmin(axis=2).T, costs.min(axis=2).sum(axis=0)
    best, limits = np.empty((n, s, k)), np.empty((n - 1, s, 1))
    best[0] = costs[0]
    # Without keywords, which take a tenth of the time.
    least, add, lower = np.minimum.reduce, np.add, np.minimum
    for before, now, limit, cost in zip(best[:-1], best[1:], limits, costs[1:], strict=True):
        least(before, 1, None, limit, True)
        add(limit, price, limit)
        lower(before, limit, now)
        add(now, cost, now)
    labels = np.empty((s, n), np.int64)
    for sequence, out in enumerate(labels):
        end = n
        while end:
            label = best[end - 1, sequence].argmin()
            # The run began where it was cheaper to come from another label.
            came = np.flatnonzero(best[: end - 1, sequence, label] > limits[: end - 1, sequence, 0])
            start = came[-1] + 1 if len(came) else 0
            out[start:end] = label
            end = start
    return labels, best[-1].min(axis=1)


def cheapest_labels_of_videos(
    costs: Float[np.ndarray, "n s k"], price: float, borders: Sequence[int]
) -> tuple[Int[np.ndarray, "s n"], Float[np.ndarray, " s"]]:
    """The cheapest labels of several videos, one after the other: between two videos a switch is free.

    Args:
        costs: of each point, sequence and label [n, s, k].
        price: of a switch, at least 0.
        borders: first points of all videos but the first.

    Returns:
        As `cheapest_labels`, over all videos.
    """
    if not len(borders):
        return cheapest_labels(costs, price)
    n, s, k = costs.shape
    firsts = np.array([0, *borders])
    lengths = np.diff([*firsts, n])
    labels, totals = np.empty((s, n), np.int64), np.zeros(s)
    ordered = np.argsort(lengths, kind="stable")
    for begin in range(0, len(ordered), _AT_ONCE):
        group = ordered[begin : begin + _AT_ONCE]
        # Where every label costs 0 none changes, and the total stays.
        filled = np.zeros((lengths[group[-1]], len(group), s, k))
        for place, video in enumerate(group):
            filled[: lengths[video], place] = costs[firsts[video] : firsts[video] + lengths[video]]
        found, total = cheapest_labels(filled.reshape(len(filled), -1, k), price)
        totals += total.reshape(len(group), s).sum(axis=0)
        for video, rows in zip(group, found.reshape(len(group), s, -1), strict=True):
            labels[:, firsts[video] : firsts[video] + lengths[video]] = rows[:, : lengths[video]]
    return labels, totals
