"""Segments merged two at a time, wherever they lie: the second half of ABD and of SaM.

Of each cluster its nearest later one is kept, and no matrix of all pairs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from dkva.baselines.smoothed_boundaries import cosines, directions

__all__ = ["Clusters", "Cost", "merge_nearest"]

#: Cosines and distances in time of pairs of clusters [p] in, what is merged at the least out [p].
Cost = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Clusters:
    """Clusters of segments, each known by the index of its first segment.

    Attributes:
        left: indices of the clusters that are left, in order.
        group: cluster of each segment [m].
    """

    def __init__(
        self, rows: Float[np.ndarray, "n d"], edges: Int[np.ndarray, " m_plus_1"], *, by_frames: bool = True
    ):
        """Every segment by itself.

        Args:
            rows: frames that a cluster's descriptor is a mean of [n, d].
            edges: first frames of segments, and N last.
            by_frames: whether the descriptor of a merged cluster is the mean over all its frames; else it is
                the mean of the two descriptors.
        """
        sizes = np.diff(edges)
        self.left = np.arange(len(sizes))
        self.group = self.left.copy()
        self._means = np.add.reduceat(rows, edges[:-1], axis=0) / sizes[:, None]
        self._units = directions(self._means)
        self._sizes, self._by_frames = sizes, by_frames
        self._times = (edges[:-1] + edges[1:] - 1) / 2 / len(rows)

    def costs(self, cluster: int, others: Int[np.ndarray, " p"], cost: Cost) -> Float[np.ndarray, " p"]:
        """Costs of merging a cluster with others [p]; it does not matter which of two is given first."""
        apart = np.abs(self._times[others] - self._times[cluster])
        return cost(cosines(self._units[others], self._units[cluster : cluster + 1]), apart)

    def nearest(self, cluster: int, cost: Cost) -> tuple[float, int]:
        """Least cost of a cluster and a later one, and that one: the first on a tie; infinity if none is."""
        others = self.left[np.searchsorted(self.left, cluster) + 1 :]
        if not len(others):
            return np.inf, cluster
        costs = self.costs(cluster, others, cost)
        return float(costs.min()), int(others[costs.argmin()])

    def merge(self, kept: int, gone: int) -> None:
        """Give a cluster's segments to one before it."""
        pair = [kept, gone]
        sizes = self._sizes[pair]
        weights = sizes / sizes.sum() if self._by_frames else np.array([0.5, 0.5])
        self._means[kept] = weights @ self._means[pair]
        self._units[kept] = directions(self._means[kept : kept + 1])[0]
        self._times[kept] = sizes @ self._times[pair] / sizes.sum()
        self._sizes[kept] += self._sizes[gone]
        self.left = self.left[self.left != gone]
        self.group[self.group == gone] = kept


def merge_nearest(clusters: Clusters, to: int, cost: Cost) -> None:
    """Merge the two clusters of least cost until at most so many are left.

    On a tie the pair whose first cluster is the earliest is merged, and of these that whose second is.
    """
    m = len(clusters.group)
    least, partner = np.empty(m), np.empty(m, np.int64)
    for each in clusters.left.tolist():
        least[each], partner[each] = clusters.nearest(each, cost)
    while len(clusters.left) > to:
        kept = int(clusters.left[least[clusters.left].argmin()])
        gone = int(partner[kept])
        clusters.merge(kept, gone)
        stale = np.isin(partner[clusters.left], (kept, gone))
        for each in {kept, *clusters.left[stale].tolist()}:
            least[each], partner[each] = clusters.nearest(each, cost)
        before = clusters.left[~stale & (clusters.left < kept)]
        costs = clusters.costs(kept, before, cost)
        nearer = (costs < least[before]) | ((costs == least[before]) & (kept < partner[before]))
        least[before[nearer]], partner[before[nearer]] = costs[nearer], kept
