"""TW-FINCH: temporally weighted hierarchical clustering of frames (Sarfraz et al. 2021).

A round joins every point with its first neighbour, the nearest under time distance × cosine distance, and the
connected points become the next round's points, each the mean of its frames. The clusters' number falls at
least by half from round to round.

Frames and times are float32 and so is the arithmetic of the first round, as in the authors' program. The same
labels need it: between frames that repeat, the cosine distance is nothing but its rounding (0, or a few times
6e-8) and decides whether a repeated frame is joined with the one before it or with the first of its kind.
Means and all later rounds are float64.
"""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float, Int, Real
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from dkva.base.checks import check_features, check_segments
from dkva.base.segments import renumbered
from dkva.baselines.first_neighbours import (
    Points,
    first_neighbours,
    frame_points,
    mean_points,
    pair_distances,
)

__all__ = ["tw_finch", "tw_finch_partitions"]


def tw_finch(features: Real[np.ndarray, "n d"], n_segments: int) -> Int[np.ndarray, " n"]:
    """Labels [n] of TW-FINCH's partition into K clusters, numbered in order of time.

    A natural partition of K clusters is taken as it is. Otherwise the smallest natural partition of more than
    K is thinned out: one pair of clusters is merged at a time, the nearest. (The nearest of all pairs are
    first neighbours, so that looking at first neighbours alone is enough.) On a tie the pair of the lowest
    index is taken, and always just one pair.

    Args:
        features: frames in order of time [n, d], as they are: the cosine distance needs no standardising,
            and a frame of zeros is at cosine distance 1 from all.
        n_segments: K, 1 <= K <= N. Where the first round leaves fewer clusters, those come out: nothing is
            split, and a warning says so.

    Raises:
        ValueError: features that are not finite numbers [n, d] in float32's range, or K out of range.
    """
    frames = _frames(features)
    check_segments(n_segments, len(frames))
    partitions = _partitions(frames)
    sizes = [int(labels.max()) + 1 for labels in partitions]
    if n_segments > sizes[0]:
        warnings.warn(
            f"the first round of TW-FINCH leaves {sizes[0]} clusters: they are returned, "
            f"fewer than n_segments={n_segments}",
            stacklevel=2,
        )
        return partitions[0]
    smallest = max(round_ for round_, size in enumerate(sizes) if size >= n_segments)
    return _merged(frames, partitions[smallest], n_segments)


def tw_finch_partitions(features: Real[np.ndarray, "n d"]) -> list[Int[np.ndarray, " n"]]:
    """Labels [n] of each of TW-FINCH's natural partitions, the finest first; see `tw_finch`.

    The round that would leave a single cluster is left out, unless it is the first.

    Raises:
        ValueError: features that are not finite numbers [n, d] in float32's range.
    """
    return _partitions(_frames(features))


def _frames(features) -> Float[np.ndarray, "n d"]:
    with np.errstate(over="ignore"):
        frames = check_features(features).astype(np.float32)
    if not np.isfinite(frames).all():
        raise ValueError("features are beyond float32's range of 3.4e38: scale them down")
    return frames


def _times(n: int) -> Float[np.ndarray, " n"]:
    return (np.arange(1, n + 1) / n).astype(np.float32)


def _partitions(frames: Float[np.ndarray, "n d"]) -> list[Int[np.ndarray, " n"]]:
    n = len(frames)
    if n == 1:
        return [np.zeros(1, np.int64)]
    labels = _components(first_neighbours(frame_points(frames, _times(n))))
    partitions = [labels]
    sums = _sums(frames, labels)
    while len(sums) > 1:
        joined = _components(first_neighbours(_means(sums)))
        if not joined.any():
            break
        partitions.append(joined[partitions[-1]])
        sums = _sum_by(joined, sums)
    return partitions


def _components(neighbours: Int[np.ndarray, " s"]) -> Int[np.ndarray, " s"]:
    """Labels [s] of points connected through first neighbours, in order of the points.

    Two points that share a first neighbour are connected through it.
    """
    s = len(neighbours)
    links = coo_array((np.ones(s, bool), (np.arange(s), neighbours)), shape=(s, s))
    return renumbered(connected_components(links, directed=False)[1])


def _sums(frames: Float[np.ndarray, "n d"], labels: Int[np.ndarray, " n"]) -> Float[np.ndarray, "s d_plus_2"]:
    """Sums of each cluster's features, times and ones [s, d + 2]."""
    n, d = frames.shape
    columns = np.ones((n, d + 2))
    columns[:, :d], columns[:, d] = frames, _times(n)
    return _sum_by(labels, columns)


def _sum_by(labels, values):
    """Sums over the rows of each label."""
    n = len(labels)
    members = csr_array((np.ones(n), labels, np.arange(n + 1)), shape=(n, labels.max() + 1))
    return members.T @ values


def _means(sums: Float[np.ndarray, "s d_plus_2"]) -> Points:
    means = sums[:, :-1] / sums[:, -1:]
    return mean_points(np.ascontiguousarray(means[:, :-1]), means[:, -1])


def _merged(
    frames: Float[np.ndarray, "n d"], labels: Int[np.ndarray, " n"], n_clusters: int
) -> Int[np.ndarray, " n"]:
    """Labels [n] after merging the nearest two clusters until `n_clusters` are left."""
    s = int(labels.max()) + 1
    if s == n_clusters:
        return labels
    sums = _sums(frames, labels)
    points = _means(sums)
    neighbours = first_neighbours(points)
    distances = pair_distances(points, np.arange(s), neighbours)
    alive = np.ones(s, bool)
    merged_into = np.arange(s)
    for _ in range(s - n_clusters):
        first = int(np.argmin(distances))
        kept, gone = sorted((first, int(neighbours[first])))
        merged_into[gone] = kept
        alive[gone], distances[gone] = False, np.inf
        sums[kept] += sums[gone]
        unit, time = _means(sums[kept : kept + 1])
        points.units[kept], points.times[kept] = unit[0], time[0]
        others = np.flatnonzero(alive)
        for point in [kept, *others[np.isin(neighbours[others], (kept, gone)) & (others != kept)]]:
            rest = others[others != point]
            if len(rest):
                to_rest = pair_distances(points, np.full(len(rest), point), rest)
                nearest = int(np.argmin(to_rest))
                neighbours[point], distances[point] = rest[nearest], to_rest[nearest]
        rest = others[others != kept]
        to_kept = pair_distances(points, rest, np.full(len(rest), kept))
        nearer = (to_kept < distances[rest]) | ((to_kept == distances[rest]) & (kept < neighbours[rest]))
        neighbours[rest[nearer]], distances[rest[nearer]] = kept, to_kept[nearer]
    for point in range(s):  # a cluster is merged into one before it
        merged_into[point] = merged_into[merged_into[point]]
    return renumbered(merged_into[labels])
