"""SaM: segments of like frames, the actoms, merged by angle and time (Xing & Zhao 2024).

The paper's similarity by subspaces is in no description at hand: this is an approximation of the paper.
"""

from __future__ import annotations

import numbers

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.base.checks import check_choice, check_features, check_number, check_segments
from dkva.base.segments import renumbered
from dkva.baselines.bottom_up import Clusters, Cost, merge_nearest
from dkva.baselines.smoothed_boundaries import (
    EDGES,
    MINIMA,
    boundaries,
    neighbour_cosines,
    smoothed,
    window_length,
)

__all__ = ["GRAPH_SIGMAS", "SIGMAS", "sam"]

#: Scales of angles.
SIGMAS = ("std", "variance")

#: Angles that the scale in the graph is taken from.
GRAPH_SIGMAS = ("fixed", "current")


def sam(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    delta: float = 0.3,
    decay: float = 1e-3,
    edges: str = "replicate",
    minima: str = "windows",
    lowest_cosine: float = -1.0,
    sigma: str = "std",
    graph_sigma: str = "fixed",
) -> Int[np.ndarray, " n"]:
    """Labels [n] of SaM's clusters, numbered in order of time; a label may return.

    Frames are averaged over windows of L = delta · N / K frames (rounded up; an even L averages L - 1, so
    that the window has a middle). The video is cut at the largest angle between neighbours of each L in
    succession. Of the segments, each the mean of its smoothed frames, the two of the largest weight are
    merged, wherever they lie, until K are left; on a tie those that begin first. The weight of two at an
    angle of a degrees, their mean times t and t' from 0 to 1, is exp(-decay · |t - t'|) · exp(-a / sigma).

    Written from descriptions, in which the paper's similarity by subspaces is not seen: an approximation. The
    defaults of all settings are our choice; only for delta and decay do the descriptions agree on them.

    Args:
        features: frames in order of time [n, d], as they are: angles need no standardising. Frames of zeros
            are at an angle of 0 to each other and of 90 degrees to all others.
        n_segments: K, 1 <= K <= N. Where fewer segments are found, as with "nms" they may be, fewer labels
            are returned: nothing is split.
        delta: L in mean segments of N / K frames, above 0 and at most 1.
        decay: what distance in time costs. With the default its factor is 0.999 at the least: time hardly
            counts.
        edges: what the filter does at the video's ends: "truncate", the mean of the frames that are there;
            "zero", zeros beyond; or "replicate", the first and last frame repeated.
        minima: "windows", the largest angle of each L in succession; or "nms", every one that is the largest
            within L / 2 on either side.
        lowest_cosine: lower cosines count as this one, from -1, angles as they are, to 0, none above 90
            degrees.
        sigma: "std", the standard deviation of the angles, in degrees as they are; or their "variance".
        graph_sigma: "fixed", sigma of the angles between neighbouring frames; or "current", that of the whole
            matrix of the angles between clusters, its diagonal of zeros included, anew for every merge. Where
            it is 0 the angle alone decides.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range or unknown.
    """
    features = check_features(features)
    n = len(features)
    check_segments(n_segments, n)
    check_number("delta", delta, positive=True, most=1)
    check_number("decay", decay)
    check_choice("edges", edges, EDGES)
    check_choice("minima", minima, MINIMA)
    if not isinstance(lowest_cosine, numbers.Real) or not -1 <= lowest_cosine <= 0:
        raise ValueError(f"lowest_cosine is {lowest_cosine!r}: give a number from -1 to 0")
    check_choice("sigma", sigma, SIGMAS)
    check_choice("graph_sigma", graph_sigma, GRAPH_SIGMAS)
    if n_segments == 1:
        return np.zeros(n, np.int64)
    window = window_length(n, n_segments, delta)
    smooth = smoothed(features, window, edges)
    angles = _degrees(neighbour_cosines(smooth), lowest_cosine)
    # exp(-angle / sigma) falls with the angle, whatever sigma is.
    cut = boundaries(-angles, window, minima)
    clusters = Clusters(smooth, cut)
    if graph_sigma == "fixed":
        price = decay * _scale(angles.var(), sigma)
        merge_nearest(clusters, n_segments, _cost(price, lowest_cosine))
    else:
        while len(clusters.left) > n_segments:
            price = decay * _scale(_current_variance(clusters, lowest_cosine), sigma)
            _merge_once(clusters, _cost(price, lowest_cosine))
    return renumbered(np.repeat(clusters.group, np.diff(cut)))


def _degrees(cosine: Float[np.ndarray, " p"], lowest: float) -> Float[np.ndarray, " p"]:
    return np.degrees(np.arccos(np.clip(cosine, lowest, 1)))


def _cost(price: float, lowest: float) -> Cost:
    """-sigma · log of a weight: an angle, and a price for distance in time; sigma may be 0."""
    return lambda cosine, apart: _degrees(cosine, lowest) + price * apart


def _scale(variance: float, sigma: str) -> float:
    return float(variance if sigma == "variance" else np.sqrt(variance))


def _current_variance(clusters: Clusters, lowest: float) -> float:
    """Variance of the matrix of the angles between clusters, its diagonal of zeros included."""
    angle = _cost(0, lowest)
    rows = [
        clusters.costs(each, clusters.left[:place], angle)
        for place, each in enumerate(clusters.left.tolist())
    ]
    pairs, count = np.concatenate(rows), len(rows) ** 2
    mean = 2 * pairs.sum() / count
    return float((2 * np.square(pairs - mean).sum() + len(rows) * mean**2) / count)


def _merge_once(clusters: Clusters, cost: Cost) -> None:
    nearest = [clusters.nearest(each, cost) for each in clusters.left.tolist()]
    first = min(range(len(nearest)), key=lambda place: nearest[place][0])
    clusters.merge(int(clusters.left[first]), nearest[first][1])
