"""ABD: boundaries at the least similarity of neighbours, then segments merged bottom up (Du et al. 2022)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Real

from dkva.base.checks import check_choice, check_features, check_number, check_segments
from dkva.base.segments import renumbered
from dkva.baselines.bottom_up import Clusters, merge_nearest
from dkva.baselines.smoothed_boundaries import (
    EDGES,
    MINIMA,
    boundaries,
    neighbour_cosines,
    smoothed,
    window_length,
)

__all__ = ["DESCRIPTORS", "MERGED_DESCRIPTORS", "abd"]

#: Frames that a segment's descriptor is the mean of.
DESCRIPTORS = ("raw", "smoothed")

#: Descriptors of two merged clusters.
MERGED_DESCRIPTORS = ("frames", "mean")


def abd(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    alpha: float = 0.4,
    edges: str = "truncate",
    minima: str = "nms",
    descriptor: str = "raw",
    merged_descriptor: str = "frames",
) -> Int[np.ndarray, " n"]:
    """Labels [n] of ABD's clusters, numbered in order of time; a label may return.

    Frames are averaged over windows of L = alpha · N / K frames (rounded up; an even L averages L - 1, so
    that the window has a middle). The video is cut where the cosine of neighbours is a local minimum within
    L / 2. Then the two clusters of the highest cosine are merged, wherever they lie, until K are left; on a
    tie those that begin first.

    Written from descriptions: the authors published no program. The defaults of all settings are our choice.

    Args:
        features: frames in order of time [n, d], as they are: the cosine needs no standardising. Frames of
            zeros are at cosine 1 to each other and 0 to all others.
        n_segments: K, 1 <= K <= N. Where fewer segments are found, fewer labels are returned: nothing is
            split, and a video in which nothing changes is one segment.
        alpha: L in mean segments of N / K frames, above 0 and at most 1; values from 0.2 to 0.8 are reported
            to have been tried, 0.4 to 0.6 as the best.
        edges: what the filter does at the video's ends: "truncate", the mean of the frames that are there;
            "zero", zeros beyond; or "replicate", the first and last frame repeated.
        minima: "nms", every minimum within L / 2 on either side; or "windows", the lowest of each L in
            succession.
        descriptor: a segment's is the mean of its "raw" frames, or of its "smoothed" ones.
        merged_descriptor: that of two merged clusters is the mean over all their "frames"; or the "mean" of
            the two.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range or unknown.
    """
    features = check_features(features)
    n = len(features)
    check_segments(n_segments, n)
    check_number("alpha", alpha, positive=True, most=1)
    check_choice("edges", edges, EDGES)
    check_choice("minima", minima, MINIMA)
    check_choice("descriptor", descriptor, DESCRIPTORS)
    check_choice("merged_descriptor", merged_descriptor, MERGED_DESCRIPTORS)
    if n_segments == 1:
        return np.zeros(n, np.int64)
    window = window_length(n, n_segments, alpha)
    smooth = smoothed(features, window, edges)
    cut = boundaries(neighbour_cosines(smooth), window, minima)
    rows = smooth if descriptor == "smoothed" else smoothed(features, 1, edges)
    clusters = Clusters(rows, cut, by_frames=merged_descriptor == "frames")
    merge_nearest(clusters, n_segments, lambda cosine, _: -cosine)
    return renumbered(np.repeat(clusters.group, np.diff(cut)))
