"""First cuts of a video's points, which the method then refines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from dkva.base.segments import renumbered
from dkva.base.uniform import uniform_edges
from dkva.kernel_means.merging import merged
from dkva.kernel_means.refining import settled

__all__ = ["contiguous", "k_means", "starts"]

# Coordinates that dynamic programming sees, and points that it sees, at most.
_COORDINATES, _POINTS = 24, 400

# Segments that are merged, in multiples of K and at most: of a video, and of all videos.
_FINER, _MOST_SEGMENTS, _MOST_IN_ALL = (1.5, 2, 3, 4), 60, 1000

# Rounds of k-means.
_ROUNDS = 100


def starts(
    points: Float[np.ndarray, "n r"],
    n_segments: int,
    restarts: int,
    seed: int,
    borders: Sequence[int] = (),
) -> Int[np.ndarray, "s n"]:
    """Labels of each start [s, n]: change points, finer change points merged, and k-means.

    Each start has all K labels; one that has not is left out. For more than 400 segments, or where no start
    is left, uniform ones are the only start. The change points of several videos are found in each, and their
    segments merged to K, whatever video they are of; k-means is of all points.

    Args:
        points: of the pieces [n, r].
        n_segments: K, 1 <= K <= n.
        restarts: of k-means.
        seed: of k-means.
        borders: first points of further videos.
    """
    n, k = len(points), n_segments
    uniform = np.repeat(np.arange(k), np.diff(uniform_edges(n, k)))[None]
    if k > _POINTS:
        return uniform
    finer = sorted({min(round(times * k), _MOST_SEGMENTS, n) for times in _FINER})
    numbers = [k, *(m for m in finer if m > k)]
    videos = np.split(points, borders)
    of_each = [_contiguous_at_most(video, numbers, _MOST_IN_ALL // len(videos)) for video in videos]
    found = [_merged_to(points, cuts, k) for cuts in zip(*of_each, strict=True)]
    rng = np.random.default_rng(seed)
    found += [k_means(points, k, rng) for _ in range(restarts)]
    whole = [labels for labels in found if labels is not None]
    return np.stack(whole) if whole else uniform


def _contiguous_at_most(points, numbers, most: int) -> list[Int[np.ndarray, " n"]]:
    """`contiguous` for each number, or for all points, or `most`, segments if that is less."""
    fewer = [max(1, min(number, len(points), most)) for number in numbers]
    distinct = sorted(set(fewer))
    found = dict(zip(distinct, contiguous(points, distinct), strict=True))
    return [found[number] for number in fewer]


def _merged_to(points, cuts, n_segments: int) -> Int[np.ndarray, " n"] | None:
    """Labels [n] of the videos' segments merged to K; None if there are fewer, or too many to merge."""
    firsts = np.cumsum([0, *(labels[-1] + 1 for labels in cuts)])
    if not n_segments <= firsts[-1] <= _MOST_IN_ALL:
        return None
    labels = np.concatenate([first + each for first, each in zip(firsts[:-1], cuts, strict=True)])
    sizes = np.bincount(labels)
    means = np.stack([points[labels == label].mean(axis=0) for label in range(len(sizes))])
    return renumbered(merged(means, sizes, n_segments)[-1])[labels]


def contiguous(points: Float[np.ndarray, "n r"], numbers: list[int]) -> list[Int[np.ndarray, " n"]]:
    """Labels [n] of the M segments of least scatter around their means, for each M, by dynamic programming.

    The first 24 coordinates count. More than 400 points (or M, if it is more) are averaged to so many first,
    over uniform stretches.
    """
    n, m = len(points), min(len(points), max(_POINTS, *numbers))
    edges = uniform_edges(n, m)
    sums = np.zeros((m + 1, min(_COORDINATES, points.shape[1])))
    np.cumsum(np.add.reduceat(points[:, : sums.shape[1]], edges[:-1], axis=0), axis=0, out=sums[1:])
    # Minus the square of the points' sum over their number: their scatter, but for their own squares.
    square = np.square(sums).sum(axis=1)
    between = 2 * sums @ sums.T - square[:, None] - square
    lengths = edges[:, None] - edges
    cost = np.full((m + 1, m + 1), np.inf)  # of the points from an edge, the column, to another, the row
    np.divide(between, lengths, out=cost, where=lengths > 0)
    best, came_from = cost[:, 0], []
    for _ in range(max(numbers) - 1):
        total = cost + best
        came_from.append(total.argmin(axis=1))
        best = total[np.arange(m + 1), came_from[-1]]
    return [_labels(came_from[: number - 1], edges) for number in numbers]


def _labels(came_from, edges) -> Int[np.ndarray, " n"]:
    """Labels [n] of segments that begin where the best ones before them end."""
    at, begins = len(edges) - 1, []
    for back in reversed(came_from):
        at = int(back[at])
        begins.append(edges[at])
    return np.searchsorted(begins[::-1], np.arange(edges[-1]), side="right")


def k_means(
    points: Float[np.ndarray, "n r"], n_clusters: int, rng: np.random.Generator
) -> Int[np.ndarray, " n"] | None:
    """Labels [n] of Lloyd's k-means from centres drawn by k-means++ (Arthur & Vassilvitskii 2007).

    None if fewer points differ than there are centres, or a cluster got empty.
    """
    n = len(points)
    labels = np.zeros(n, np.int64)
    nearest = np.square(points - points[rng.integers(n)]).sum(axis=1)
    for label in range(1, n_clusters):
        draws = np.cumsum(nearest)
        if not draws[-1] > 0:
            return None
        drawn = int(np.searchsorted(draws, rng.random() * draws[-1], side="right"))
        squared = np.square(points - points[min(drawn, n - 1)]).sum(axis=1)
        labels[squared < nearest] = label
        nearest = np.minimum(nearest, squared)
    if len(np.unique(labels)) < n_clusters:
        return None
    found, alive = settled(points, labels[None], n_clusters, 0.0, _ROUNDS)
    return found[0] if alive[0] else None
