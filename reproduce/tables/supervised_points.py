"""How good the points of actions and boundaries are that a model of a table finds.

Rows are measured on what a model's `segment` gives. Here this is no label a frame but an array of points, so
that the models of the tables of scores are used, not trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dkva.base.segments import segments
from dkva.experiments.learners import Learner
from dkva.metrics.keypoints import KEYPOINT_SCORES, FoundPoints, keypoint_rows
from reproduce.base import labels
from reproduce.base.store import Table
from reproduce.collections.supervised import SplitSet
from reproduce.tables.split_scores import Ratio, numbered

__all__ = [
    "OF_METHODS",
    "POINT",
    "RATIOS",
    "candidates_of_rtk",
    "frame_points",
    "measure_points",
    "pointing",
    "points_of_frames",
    "points_of_rtk",
    "points_table",
]

#: A point: its frame, whether it is a boundary, the class of an action, and its confidence.
POINT = np.dtype([("place", "i8"), ("boundary", "?"), ("label", "U64"), ("confidence", "f8")])


@dataclass(frozen=True)
class Pointing:
    """A model that gives points in the place of labels.

    Attributes:
        model: of frames, or of keypoints.
        points: of the model and the features of a video.
    """

    model: Any
    points: Callable[[Any, np.ndarray], np.ndarray]

    def segment(self, features) -> np.ndarray:
        """The points of a video of features [n, d], of type `POINT`."""
        return self.points(self.model, features)

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Those of the model."""
        return self.model.arrays()


def frame_points(model: Any, features: np.ndarray) -> np.ndarray:
    """The points of frame-wise classes: the middle frame of each run and its first frame, but of the first.

    Args:
        model: whose `segment` gives the class of each frame.
        features: of a video [n, d].
    """
    runs = segments(model.segment(features))
    points = [((run.start + run.end - 1) // 2, False, run.label, 1.0) for run in runs]
    points += [(run.start, True, "", 1.0) for run in runs[1:]]
    return np.sort(np.array(points, POINT), order="place")


def points_of_frames(arrays: dict[str, np.ndarray]) -> Pointing:
    """ASFormer, whose frame-wise classes give the points."""
    from dkva.supervised.learn_asformer import AsformerModel

    return Pointing(AsformerModel.restore(arrays), frame_points)
