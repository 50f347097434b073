"""Cuts made better: centres and labels in turn, under a price of every switch that rises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from dkva.kernel_means.viterbi import cheapest_labels_of_videos

__all__ = ["RUNGS", "Cut", "measured", "refined", "settled"]

#: Prices of a switch that a cut is refined under, one after the other, in shares of the last.
RUNGS = (2 / 15, 1 / 3, 2 / 3, 1.0)

# Rounds under a price, at most.
_ROUNDS = 20


class Cut(NamedTuple):
    """A cut of points that are scaled to a mean square of 1.

    Attributes:
        labels: 0, …, K - 1 [n].
        scatter: mean squared distance of a point from the mean of its label: 1 for one label, 0 at best.
        switches: points whose label is not that of the point before in their video.
    """

    labels: Int[np.ndarray, " n"]
    scatter: float
    switches: int


def measured(
    points: Float[np.ndarray, "n r"], labels: Int[np.ndarray, " n"], borders: Sequence[int] = ()
) -> Cut:
    """The cut by labels 0, 1, … of points [n, r]; `borders` are the first points of further videos."""
    centres = _centres(points, labels[None], int(labels.max()) + 1)[0]
    scatter = float(np.square(points - centres[labels]).sum() / len(points))
    switched = labels[1:] != labels[:-1]
    switched[np.asarray(borders, np.int64) - 1] = False
    return Cut(labels, scatter, int(np.count_nonzero(switched)))


def refined(
    points: Float[np.ndarray, "n r"],
    labels: Int[np.ndarray, "s n"],
    n_segments: int,
    price: float,
    borders: Sequence[int] = (),
) -> Int[np.ndarray, "s n"]:
    """Each cut refined under the prices `RUNGS` · `price`; if a label is lost, the last cut with all.

    Args:
        points: of the pieces [n, r].
        labels: of each cut, all of 0, …, K - 1 in each [s, n].
        n_segments: K.
        price: of a switch in the end, in the units of squared distances.
        borders: first points of further videos, where a switch is free.
    """
    labels = labels.copy()
    going = np.arange(len(labels))
    for rung in RUNGS:
        if not len(going):
            break
        found, alive = settled(points, labels[going], n_segments, rung * price, _ROUNDS, borders)
        going = going[alive]
        labels[going] = found[alive]
    return labels


def settled(
    points: Float[np.ndarray, "n r"],
    labels: Int[np.ndarray, "s n"],
    n_segments: int,
    price: float,
    rounds: int,
    borders: Sequence[int] = (),
) -> tuple[Int[np.ndarray, "s n"], Bool[np.ndarray, " s"]]:
    """Centres and labels in turn until the cost falls no more, and whether all K labels are left [s].

    The cost is the sum of |point - centre of its label|² + price · switches. Each centre is the mean of its
    label's points, and the labels are the cheapest for the centres (`cheapest_labels_of_videos`).
    """
    labels = labels.copy()
    s = len(labels)
    alive, last = np.ones(s, bool), np.full(s, np.inf)
    going = np.arange(s)
    for _ in range(rounds):
        centres = _centres(points, labels[going], n_segments)
        found, totals = cheapest_labels_of_videos(_costs(points, centres), price, borders)
        whole = np.array([np.bincount(row, minlength=n_segments).all() for row in found])
        better = (totals < last[going]) & (found != labels[going]).any(axis=1)
        last[going] = totals
        alive[going[~whole]] = False
        labels[going[better & whole]] = found[better & whole]
        going = going[better & whole]
        if not len(going):
            break
    return labels, alive


def _centres(points, labels, n_segments: int) -> Float[np.ndarray, "s k r"]:
    """Mean of each cut's points of each label."""
    members = (labels[:, None] == np.arange(n_segments)[:, None]).astype(np.float64)
    s, k, n = members.shape
    sums = members.reshape(s * k, n) @ points
    return sums.reshape(s, k, points.shape[1]) / members.sum(axis=2, keepdims=True)


def _costs(points, centres) -> Float[np.ndarray, "n s k"]:
    """Squared distance of each point from each cut's centres, but for the point's own square."""
    s, k, r = centres.shape
    costs = points @ (-2 * centres.reshape(s * k, r).T)
    costs += np.square(centres).sum(axis=2).reshape(s * k)
    return costs.reshape(len(points), s, k)
