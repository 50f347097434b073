"""DTW accuracy: whether frames that dynamic time warping matches are of the same phase (LRProp)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import scipy

from dkva.base.dtw import TIES, dtw
from dkva.metrics.phases import labelled_frames, strided
from dkva.metrics.pooling import Pooled, pooled_pairs

__all__ = ["dtw_accuracy"]


def dtw_accuracy(
    embedded: Sequence, truths: Sequence, *, stride: int = 1, ties: Sequence[str] = TIES
) -> Pooled:
    """Share of the pairs of frames on the warping path that are of one phase, the mean over pairs of videos.

    The path is of least summed Euclidean distance. Pairs of videos are not ordered: the other order has
    the same path but for ties.

    Args:
        embedded: of each video, its embedded frames [n_i, e].
        truths: of each, the phase of each frame [n_i]; frames below 0 are dropped.
        stride: every how many-th frame is taken. LRProp does not say.
        ties: see `dkva.base.dtw.dtw`.

    Returns:
        The accuracy; NaN of a single video.

    Raises:
        ValueError: see `dkva.metrics.phases.labelled_frames` and `dkva.base.dtw.dtw`; or a stride below 1.
    """
    embedded, truths = labelled_frames(embedded, truths)
    videos, labels = list(strided(embedded, stride)), list(strided(truths, stride))
    pairs = np.full((len(videos), len(videos)), np.nan)
    for a, b in itertools.combinations(range(len(videos)), 2):
        i, j = dtw(scipy.spatial.distance.cdist(videos[a], videos[b]), ties=ties).path.T
        pairs[a, b] = pairs[b, a] = np.mean(labels[a][i] == labels[b][j])
    return pooled_pairs(pairs)
