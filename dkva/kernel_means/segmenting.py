"""The method whole, from a video's features to labels of its frames; read without scikit-learn.

`dkva segment` cuts a video in less time than scikit-learn's import takes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.linalg  # noqa: F401 (a BLAS of its own, whose threads are limited only once it is loaded)
from jaxtyping import Int
from threadpoolctl import threadpool_limits

from dkva.base.checks import check_features, check_segments, check_whole
from dkva.kernel_means.boundaries import frame_labels
from dkva.kernel_means.cutting import best_cut, cost
from dkva.kernel_means.embedding import embed, local_means
from dkva.kernel_means.levels import Hierarchy, hierarchy_of
from dkva.kernel_means.settings import KernelMeanSettings

__all__ = ["MAX_SEED", "CutVideo", "cut_video", "kernel_mean_segments"]

#: Largest seed.
MAX_SEED = 2**32 - 1


class CutVideo(NamedTuple):
    """A video's frames cut.

    Attributes:
        labels: 0, 1, … in order of first appearance [n].
        cost: scatter + pick_price · switches / K; see `dkva.kernel_means.refining.Cut`.
        switches: boundaries between segments.
        hierarchy: cuts into 1, 2, … segments, if levels were asked for.
    """

    labels: Int[np.ndarray, " n"]
    cost: float
    switches: int
    hierarchy: Hierarchy | None


def cut_video(
    features: np.ndarray,
    n_segments: int,
    settings: KernelMeanSettings,
    *,
    seed: int,
    levels: int = 0,
    nested: bool = False,
) -> CutVideo:
    """Cut a video by kernel mean segments.

    Args:
        features: finite frames in order of time [n, d]; read in blocks, and not written.
        n_segments: K, 1 <= K <= N.
        settings: of the method.
        seed: of the starts by k-means.
        levels: finest level of the hierarchy; 0 makes none.
        nested: whether its levels are merged of the finest; see `dkva.kernel_means.levels.hierarchy_of`.

    Raises:
        ValueError: a seed, or a number of segments or levels, out of range.
    """
    n, k = len(features), n_segments
    check_segments(k, n)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_whole("levels", levels, least=0, most=n)
    hierarchy = None
    # Sums of products then have one order, and so one rounding, however many threads there are.
    with threadpool_limits(1, user_api="blas"):
        embedding = embed(features, min(n, max(settings.pieces, 2 * k, levels)), settings)
        points = local_means(embedding.points, settings.averaging * len(embedding.points) / k)
        cut = best_cut(points, k, settings, seed)
        labels = frame_labels(features, embedding, cut.labels)
        if levels:
            hierarchy = hierarchy_of(features, embedding, levels, settings, seed=seed, nested=nested)
    return CutVideo(labels, cost(cut, k, settings), cut.switches, hierarchy)


def kernel_mean_segments(
    features: np.ndarray, n_segments: int, *, seed: int = 0, **settings
) -> Int[np.ndarray, " n"]:
    """Labels [n] of one video's features [n, d] by kernel mean segments, in the form of a baseline.

    The labels are those of `dkva.KernelMeanSegmenter`.

    Args:
        features: in order of time [n, d], as they are; their units do not count.
        n_segments: K.
        seed: of the starts by k-means.
        settings: fields of `dkva.kernel_means.settings.KernelMeanSettings`.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    chosen = KernelMeanSettings(**settings)
    return cut_video(check_features(features), n_segments, chosen, seed=seed).labels
