"""How clearly a partition's frames belong to their own labels, without a truth."""

from __future__ import annotations

import numpy as np
import scipy
from jaxtyping import Float

__all__ = ["simplified_silhouette"]

_BLOCK = 1 << 12


def simplified_silhouette(features: np.ndarray, labels: np.ndarray) -> Float[np.ndarray, " n"]:
    """(b - a) / max(a, b) of each frame [n]; a is its distance to its label's mean, b to the nearest other.

    1 is a frame at its own label's mean, 0 one between two, and below 0 a frame that is nearer to the mean of
    another label. NaN if there is one label only. This is the simplified silhouette (Hruschka, de Castro &
    Campello, Evolutionary algorithms for clustering gene-expression data, ICDM 2004).

    Args:
        features: [n, d].
        labels: [n], of any kind.

    Raises:
        ValueError: features and labels of different lengths.
    """
    if len(features) != len(labels):
        raise ValueError(f"{len(features)} frames and {len(labels)} labels: give one label a frame")
    _, own = np.unique(labels, return_inverse=True)
    counts = np.bincount(own)
    if len(counts) < 2:
        return np.full(len(features), np.nan)
    means = np.zeros((len(counts), features.shape[1]))
    for start in range(0, len(features), _BLOCK):
        rows = slice(start, start + _BLOCK)
        means += np.equal.outer(np.arange(len(counts)), own[rows]) @ np.asarray(features[rows], np.float64)
    means /= counts[:, None]
    out = np.empty(len(features))
    for start in range(0, len(features), _BLOCK):
        rows = slice(start, start + _BLOCK)
        distances = scipy.spatial.distance.cdist(np.asarray(features[rows], np.float64), means)
        mine = np.arange(len(distances)), own[rows]
        near = distances[mine]
        distances[mine] = np.inf
        other = distances.min(axis=1)
        larger = np.maximum(near, other)
        out[rows] = (other - near) / np.where(larger > 0, larger, 1)
    return out
