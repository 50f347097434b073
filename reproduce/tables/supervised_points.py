"""How good the points of actions and boundaries are that a model of a table finds.

Rows are measured on what a model's `segment` gives. Here this is no label a frame but an array of points, so
that the models of the tables of scores are used, not trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from dkva.base.segments import segments
from dkva.experiments.learners import Learner
from dkva.metrics.keypoints import KEYPOINT_SCORES, FoundPoints, keypoint_rows
from dkva.supervised.candidates import BOUNDARY
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


def candidates_of_rtk(arrays: dict[str, np.ndarray]) -> Pointing:
    """RTK with its candidates before they are refined."""
    return Pointing(_rtk(arrays), partial(_keypoints, "candidates"))


def points_of_rtk(arrays: dict[str, np.ndarray]) -> Pointing:
    """RTK with its refined keypoints."""
    return Pointing(_rtk(arrays), partial(_keypoints, "refined"))


def _rtk(arrays: dict[str, np.ndarray]):
    from dkva.supervised.rtk import RtkModel

    return RtkModel.restore(arrays)


def _keypoints(which: str, model: Any, features: np.ndarray) -> np.ndarray:
    """Keypoints of a video, "candidates" or "refined"."""
    found = getattr(model.keypoints(features), which)
    there = np.asarray(found.there)
    points = np.zeros(int(there.sum()), POINT)
    points["place"] = np.asarray(found.place)[there]
    points["confidence"] = np.asarray(found.confidence)[there]
    points["boundary"] = np.asarray(found.kind)[there] == BOUNDARY
    actions = ~points["boundary"]
    points["label"][actions] = np.array(model.classes)[np.asarray(found.action)[there][actions]]
    return points


#: What finds points, by what the table calls it: a line of `reproduce.tables.supervised.LINES`, and how its
#: models are restored.
OF_METHODS: Mapping[str, tuple[str, Callable[[dict[str, np.ndarray]], Pointing]]] = {
    labels.ASFORMER: (labels.ASFORMER, points_of_frames),
    labels.RTK_BEFORE: (labels.RTK, candidates_of_rtk),
    labels.RTK: (labels.RTK, points_of_rtk),
}


def pointing(name: str, learner: Learner) -> Learner:
    """The learner of a line of the tables of scores, with the same models, that gives points.

    Args:
        name: one of `OF_METHODS`.
        learner: of its line.
    """
    return replace(learner, label=name, restore=OF_METHODS[name][1])


def measure_points(truth: np.ndarray, points: np.ndarray, n_segments: int, within: int) -> dict:
    """A test video's counts of points, over its frames up to the last that has a label.

    Args:
        truth: class of each frame, "" if it has none [n].
        points: of type `POINT`.
        n_segments: of no meaning here.
        within: frames by which a boundary may be off.
    """
    del n_segments
    n_frames = int(np.flatnonzero(truth != "")[-1]) + 1
    kept = points[points["place"] < n_frames]
    actions, boundaries = kept[~kept["boundary"]], kept[kept["boundary"]]
    found = FoundPoints(actions["place"], actions["label"], boundaries["place"])
    (row,) = keypoint_rows([truth[:n_frames]], [found], tolerance=within)
    return row


#: Shares of the points found that are right, and of the true ones that are found.
RATIOS: Mapping[str, Ratio] = {
    "action_accuracy": numbered("actions_right", "actions"),
    "action_recall": numbered("segments_found", "segments"),
    "boundary_accuracy": numbered("boundaries_right", "boundaries"),
    "boundary_recall": numbered("true_boundaries_found", "true_boundaries"),
}


def points_table(given: SplitSet, command: str) -> Table:
    """Where the rows of a set's points are stored."""
    return Table(
        f"table_rtk_keypoints_{given.key}",
        f"Points of actions and boundaries (right within {given.within} frames) on {given.title}",
        f"{command} --sets {given.key}",
        measures=KEYPOINT_SCORES,
    )
