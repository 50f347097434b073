"""Frames of two videos matched by dynamic time warping of their embedded frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from dkva.base.dtw import dtw

__all__ = ["Match", "distances", "matched"]


class Match(NamedTuple):
    """Two videos matched, as `dkva.experiments.learners.Model.align` has it.

    Attributes:
        assignment: of each frame of the first, 1 divided among its partners on the path [n, m].
        unmatched_x: 0: the path leaves no frame out [n].
        unmatched_y: likewise of the second [m].
    """

    assignment: Float[np.ndarray, "n m"]
    unmatched_x: Float[np.ndarray, " n"]
    unmatched_y: Float[np.ndarray, " m"]


def matched(x: Float[np.ndarray, "n e"], y: Float[np.ndarray, "m e"]) -> Match:
    """The frames on the path of least Euclidean distance, as DTW accuracy is measured; see `dkva.base.dtw`.

    Args:
        x: embedded frames of the first video.
        y: of the second.

    Raises:
        ValueError: a video without frames, or embedded frames of unequal sizes.
    """
    path = dtw(distances(x, y)).path
    assignment = np.zeros((len(x), len(y)), np.float32)
    assignment[tuple(path.T)] = 1
    assignment /= assignment.sum(1, keepdims=True)
    return Match(assignment, *(np.zeros(length, np.float32) for length in assignment.shape))


def distances(x: Float[np.ndarray, "n e"], y: Float[np.ndarray, "m e"]) -> Float[np.ndarray, "n m"]:
    """Euclidean distances of the frames of two videos, in float64.

    Args:
        x: embedded frames of the first video.
        y: of the second.

    Raises:
        ValueError: embedded frames of unequal sizes.
    """
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"frames of the two videos have {x.shape[1]} and {y.shape[1]} numbers: give as many of each"
        )
    return scipy.spatial.distance.cdist(x, y)
