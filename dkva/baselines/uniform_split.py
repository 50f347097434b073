"""The uniform split: what a segmentation is worth that does not look at the frames."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Real

from dkva.base.checks import check_features, check_segments
from dkva.base.uniform import uniform_edges

__all__ = ["uniform"]


def uniform(features: Real[np.ndarray, "n d"], n_segments: int) -> Int[np.ndarray, " n"]:
    """Labels [n] of M segments of equal lengths, to a frame.

    Args:
        features: frames in order of time [n, d]; only their number counts.
        n_segments: M, 1 <= M <= N.

    Raises:
        ValueError: features that are not finite numbers [n, d], or M out of range.
    """
    n_frames = len(check_features(features))
    check_segments(n_segments, n_frames)
    return np.repeat(np.arange(n_segments), np.diff(uniform_edges(n_frames, n_segments)))
