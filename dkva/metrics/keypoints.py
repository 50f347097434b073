"""How good the keypoints of a segmentation are: points inside its actions, and boundaries between them.

Video action segmentation via contextually refined temporal keypoints (RTK), ICCV 2023, section 4.6, Table 6.
A row holds a video's counts, and `keypoint_pooled` adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from dkva.base.checks import check_whole
from dkva.base.segments import segments
from dkva.metrics.parts import check_labels
from dkva.metrics.shares import shares

__all__ = ["KEYPOINT_SCORES", "TOLERANCE", "FoundPoints", "keypoint_pooled", "keypoint_rows"]

#: Frames by which a boundary may be off.
TOLERANCE = 5

_SHARES = {
    "action_accuracy": ("actions_right", "actions"),
    "action_recall": ("segments_found", "segments"),
    "boundary_accuracy": ("boundaries_right", "boundaries"),
    "boundary_recall": ("true_boundaries_found", "true_boundaries"),
}

#: What `keypoint_pooled` gives.
KEYPOINT_SCORES = tuple(_SHARES)


class FoundPoints(NamedTuple):
    """Points that were found in a video, in any order.

    Attributes:
        action_places: frames of the action points [a].
        action_classes: their classes [a], named as the true ones are.
        boundary_places: first frame after each boundary [b].
    """

    action_places: Sequence | np.ndarray
    action_classes: Sequence | np.ndarray
    boundary_places: Sequence | np.ndarray


def keypoint_rows(
    truths: Sequence, points: Sequence[FoundPoints], *, tolerance: int = TOLERANCE
) -> list[dict]:
    """Each video's counts, for `keypoint_pooled`.

    An action point is right if the frame that it is at has its class; a true segment is found if it has such
    a point. A boundary is right if a true one is within the tolerance, and a true one is found if a boundary
    is. Several points may be right by one true one.

    Both ends of a video, which no method has to find, are no boundaries here: neither is one asked for there,
    nor does one that is found count if it is within the tolerance of an end and not right (our choice).

    Args:
        truths: of each video, the true class of each frame [n_i].
        points: of each video, what was found.
        tolerance: frames by which a boundary may be off.

    Returns:
        Of each video: `actions` (found), `actions_right`, `segments` (true), `segments_found`; `boundaries`
        (found), `boundaries_right`, `true_boundaries`, `true_boundaries_found`.

    Raises:
        ValueError: no video, or truths and points of unequal numbers of videos; a truth without frames or
            with a missing label; places that are no frames of the video, classes of another number or of
            another kind (text or numbers) than the truth's; a tolerance that is no whole number from 0.
    """
    check_whole("tolerance", tolerance, least=0)
    if not len(truths) or len(truths) != len(points):
        raise ValueError(
            f"there are truths of {len(truths)} videos and points of {len(points)}: give both of each"
        )
    rows = []
    for video, (truth, found) in enumerate(zip(truths, points, strict=True)):
        named = f"video {video}: "
        check_labels(f"{named}the truth", truth)
        classes = np.asarray(truth)
        if classes.ndim != 1 or not classes.size:
            raise ValueError(f"{named}the truth has shape {classes.shape}: give one label a frame")
        rows.append(_row(named, classes, found, tolerance))
    return rows


def keypoint_pooled(rows: Sequence[Mapping], weights=None) -> dict:
    """Scores of all videos together, from 0 to 1.

    Args:
        rows: of `keypoint_rows`.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        `KEYPOINT_SCORES`: "accuracy" is the share of the points found that are right, as the paper names it,
        and "recall" that of the true ones that are found; NaN if there are none. Floats, or arrays [r] with
        weights.
    """
    return shares(rows, _SHARES, weights)


def _row(named: str, truth: np.ndarray, found: FoundPoints, tolerance: int) -> dict:
    n_frames = len(truth)
    places = _places(f"{named}action_places", found.action_places, n_frames - 1)
    edges = _places(f"{named}boundary_places", found.boundary_places, n_frames)
    classes = np.asarray(found.action_classes)
    if len(classes) != len(places):
        raise ValueError(f"{named}{len(places)} action points have {len(classes)} classes: give one each")
    if len(classes) and (truth.dtype.kind in "UO") != (classes.dtype.kind in "UO"):
        raise ValueError(
            f"{named}the points' classes are like {classes[0]!r} and the truth like {truth[0]!r}: give the "
            "names that the truth has"
        )
    starts = np.array([run.start for run in segments(truth)])
    right = truth[places] == classes if len(places) else np.zeros(0, bool)
    true_edges = starts[1:]
    hits = _near(edges, true_edges, tolerance)
    counted = hits | ~_near(edges, np.array([0, n_frames]), tolerance)
    return {
        "actions": len(places),
        "actions_right": int(right.sum()),
        "segments": len(starts),
        "segments_found": len(np.unique(np.searchsorted(starts, places[right], side="right"))),
        "boundaries": int(counted.sum()),
        "boundaries_right": int(hits.sum()),
        "true_boundaries": len(true_edges),
        "true_boundaries_found": int(_near(true_edges, edges, tolerance).sum()),
    }


def _near(
    places: Int[np.ndarray, " a"], others: Int[np.ndarray, " b"], tolerance: int
) -> Bool[np.ndarray, " a"]:
    """Which places have one of the others within the tolerance."""
    return (np.abs(places[:, None] - others[None]) <= tolerance).any(axis=1)


def _places(argument: str, values, most: int) -> Int[np.ndarray, " k"]:
    array = np.asarray(values)
    if not array.size:
        return np.zeros(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu" or array.min() < 0 or array.max() > most:
        raise ValueError(
            f"{argument} are {array.dtype} of shape {array.shape}, from {array.min()} to {array.max()}: give "
            f"whole numbers from 0 to {most}"
        )
    return array.astype(np.int64)
