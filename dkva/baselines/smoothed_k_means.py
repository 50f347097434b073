"""k-means over frames that are averaged over time first.

Averaging lets time count: frames in the middle of an action come to lie near its mean, and short interludes
vanish. Labels may return.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int, Real

from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.segments import renumbered
from dkva.baselines.pieces import averaged
from dkva.baselines.standardising import standardised
from dkva.baselines.time_filter import gaussian_filtered

__all__ = ["PIECES", "smoothed_kmeans", "smoothed_kmeans_together"]

#: Pieces of a video that centres are found with, at most.
PIECES = 4000


def smoothed_kmeans(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    smoothing: float = 1 / 12,
    n_init: int = 10,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of k-means with K centres on smoothed features, numbered in order of time.

    Features are standardised, filtered over time by a Gaussian and clustered (Lloyd 1982; scikit-learn).

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, 1 <= K <= N. Fewer labels are returned if fewer frames differ.
        seed: of the initial centres, from 0 to 2**32 - 1.
        smoothing: standard deviation of the Gaussian in mean segments of N / K frames, from 0, no smoothing,
            to 1. The default was chosen on labelled sequences. The first and last frame are repeated beyond
            the edges.
        n_init: starts, of which the best is kept; as many as plain k-means has by default, so that the two
            differ by the smoothing alone.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    (labels,) = smoothed_kmeans_together(
        [features], n_segments, seed=seed, smoothing=smoothing, n_init=n_init
    )
    return labels


def smoothed_kmeans_together(
    videos: Sequence[np.ndarray],
    n_segments: int,
    *,
    seed: int = 0,
    smoothing: float = 1 / 12,
    n_init: int = 10,
) -> list[Int[np.ndarray, " n"]]:
    """Labels [n] of each of several videos by one k-means over all their frames.

    A label means the same in every video: labels are numbered in order of first appearance in the videos one
    after the other. Each video is standardised and smoothed by itself. Centres are found with at most 4000
    averaged pieces of a video (K, if that is more), which count by their numbers of frames; every frame is
    then given to the nearest centre.

    Args:
        videos: features of each, frames in order of time [n, d]; n may differ and d may not.
        n_segments: K, at most the number of frames of all videos.
        seed: as in `smoothed_kmeans`.
        smoothing: in mean segments of each video's own N / K frames; as in `smoothed_kmeans`.
        n_init: as in `smoothed_kmeans`.

    Raises:
        ValueError: no video, features that are not finite numbers [n, d], videos of different d, or a setting
            out of range.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if not len(videos):
        raise ValueError("there is no video: give the features of at least one")
    checked = [check_features(features) for features in videos]
    for index, features in enumerate(checked):
        if features.shape[1] != checked[0].shape[1]:
            raise ValueError(
                f"videos[{index}] has {features.shape[1]} features and videos[0] has {checked[0].shape[1]}: "
                "give videos with the same features"
            )
    check_segments(n_segments, sum(map(len, checked)))
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_number("smoothing", smoothing, most=1)
    check_whole("n_init", n_init, least=1)
    smoothed = [
        gaussian_filtered(standardised(features), smoothing * len(features) / n_segments)
        for features in checked
    ]
    pieces = [averaged(rows, max(PIECES, n_segments)) for rows in smoothed]
    means = np.concatenate([each.means for each in pieces])
    sizes = np.concatenate([each.sizes for each in pieces])
    with warnings.catch_warnings():  # fewer different frames than centres
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(n_segments, n_init=n_init, random_state=seed).fit(means, sample_weight=sizes)
    labels = renumbered(np.concatenate([fitted.predict(rows) for rows in smoothed]))
    return np.split(labels, np.cumsum([len(rows) for rows in smoothed])[:-1])
