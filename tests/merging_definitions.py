"""ABD and SaM by their descriptions, written out: every window, every pair, nothing kept between steps."""

import itertools
import math

import numpy as np

__all__ = ["cosine", "cut", "merged", "minima", "smoothed", "window_length"]


def window_length(n, k, share):
    return math.ceil(round(share * n / k, 9))


def smoothed(features, window, edges):
    """Means over the frames up to (L - 1) / 2 away [n, d]."""
    n, reach = len(features), (window - 1) // 2
    rows = []
    for t in range(n):
        frames = range(t - reach, t + reach + 1)
        if edges == "truncate":
            frames = [i for i in frames if 0 <= i < n]
        elif edges == "replicate":
            frames = [min(max(i, 0), n - 1) for i in frames]
        rows.append(
            sum(features[i] if 0 <= i < n else np.zeros(features.shape[1]) for i in frames) / len(frames)
        )
    return np.array(rows)


def cosine(a, b):
    """Of rows of zeros 1 to each other, and 0 to all others."""
    if not a.any() or not b.any():
        return float(a.any() == b.any())
    return a @ b / math.sqrt(a @ a) / math.sqrt(b @ b)


def minima(values, window, rule):
    if rule == "windows":
        starts = range(0, len(values), window)
        return [start + int(np.argmin(values[start : start + window])) for start in starts]
    found, reach = [], window // 2
    for t, value in enumerate(values):
        around = values[max(t - reach, 0) : t + reach + 1]
        first = t == max(t - reach, 0) + int(np.argmin(around))
        if first and (value < max(around) or reach == 0):
            found.append(t)
    return found


def cut(values, window, rule):
    """First frames of segments, and N."""
    return [0, *(t + 1 for t in minima(values, window, rule)), len(values) + 1]


def merged(rows, edges, to, cost, *, by_frames=True):
    """Labels [n] in order of time: the pair of least cost merged, of all pairs, the first on a tie.

    `cost(clusters, i, j)` of clusters as lists of (descriptor, frames).
    """
    clusters = [(rows[a:b].mean(axis=0), list(range(a, b))) for a, b in itertools.pairwise(edges)]
    while len(clusters) > to:
        pairs = [(i, j) for i in range(len(clusters)) for j in range(i + 1, len(clusters))]
        i, j = min(pairs, key=lambda pair: (cost(clusters, *pair), *pair))
        frames = clusters[i][1] + clusters[j][1]
        both = rows[frames].mean(axis=0) if by_frames else (clusters[i][0] + clusters[j][0]) / 2
        clusters[i] = (both, frames)
        del clusters[j]
    labels = np.empty(len(rows), int)
    for label, (_, frames) in enumerate(clusters):  # a cluster stands where its first segment stood
        labels[frames] = label
    return labels
