"""Action points and boundaries in, the segments that they stand for out: by rules, without parameters.

Video action segmentation via contextually refined temporal keypoints (RTK), ICCV 2023, section 3.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from dkva.base.checks import check_number, check_whole
from dkva.supervised.candidates import ACTION, BOUNDARY

if TYPE_CHECKING:
    from dkva.supervised.candidates import Candidates

__all__ = ["Assembled", "assembled", "assembled_candidates", "reassembled"]


class Assembled(NamedTuple):
    """The N segments of a video, by points.

    Segment i has the frames b_i, …, b_{i+1} - 1, and its action point is one of them; neighbours have
    different classes; b_1 is 0 and the last boundary is the number of frames (eqs. 6a-6d).

    Attributes:
        boundaries: b [N + 1].
        places: frames of the action points [N].
        classes: of the segments [N].
        confidences: of the segments' classes [N].
    """

    boundaries: Int[np.ndarray, " n_plus_1"]
    places: Int[np.ndarray, " n"]
    classes: Int[np.ndarray, " n"]
    confidences: Float[np.ndarray, " n"]

    def labels(self) -> Int[np.ndarray, " t"]:
        """Class of each frame."""
        return np.repeat(self.classes, np.diff(self.boundaries))

    def frame_confidences(self) -> Float[np.ndarray, " t"]:
        """Of each frame the confidence of its segment."""
        return np.repeat(self.confidences, np.diff(self.boundaries))


def reassembled(
    n_frames: int,
    action_places,
    action_classes,
    action_confidences,
    boundary_places,
    boundary_confidences,
    *,
    fallback: int,
) -> Int[np.ndarray, " t"]:
    """Class of each frame, from points: see `assembled`.

    Raises:
        ValueError: see `assembled`.
    """
    return assembled(
        n_frames,
        action_places,
        action_classes,
        action_confidences,
        boundary_places,
        boundary_confidences,
        fallback=fallback,
    ).labels()


def assembled(
    n_frames: int,
    action_places,
    action_classes,
    action_confidences,
    boundary_places,
    boundary_confidences,
    *,
    fallback: int,
) -> Assembled:
    """Segments from any set of points, by the rules of the paper.

    (i) Action points between two adjacent boundaries become one, at their mean weighted by confidence, of the
    class of the most confident. (ii) So do boundaries between two adjacent action points. (iii) Of adjacent
    actions of one class the most confident is kept, and the boundaries between them are dropped.

    What the paper leaves open is our choice: both ends of the video are boundaries; others before the first
    and after the last action point are dropped, so that an interval there without an action belongs to the
    one beside it; (ii) makes one boundary of those around any other. Means are rounded to frames. A merged
    action has the confidence of the most confident. Of points of equal confidence the earlier counts, and at
    one frame the lower class; the order in which points are given does not matter.

    Args:
        n_frames: of the video.
        action_places: frames of the action points [a], in any order.
        action_classes: of each [a].
        action_confidences: of each [a], from 0.
        boundary_places: first frame after each boundary [b]; `n_frames` is the video's end.
        boundary_confidences: of each [b], from 0.
        fallback: class of the only segment, of confidence 0, if there is no action point.

    Raises:
        ValueError: no frame, arrays of unequal lengths, places that are no frames of the video, classes that
            are no whole numbers, or confidences below 0 or not finite.
    """
    check_whole("n_frames", n_frames, least=1)
    places = _whole("action_places", action_places, 0, n_frames - 1)
    classes = _whole("action_classes", action_classes)
    confidences = _confidences("action_confidences", action_confidences)
    edges = _whole("boundary_places", boundary_places, 0, n_frames)
    weights = _confidences("boundary_confidences", boundary_confidences)
    if not len(places) == len(classes) == len(confidences) or len(edges) != len(weights):
        raise ValueError(
            f"there are {len(places)} places, {len(classes)} classes and {len(confidences)} confidences of "
            f"actions, {len(edges)} places and {len(weights)} confidences of boundaries: give one a point"
        )
    if not len(places):
        only = np.array([fallback])
        return Assembled(np.array([0, n_frames]), np.array([(n_frames - 1) // 2]), only, np.zeros(1))

    order = np.lexsort((classes, -confidences, places))
    places, classes, confidences = places[order], classes[order], confidences[order]
    order = np.lexsort((weights, edges))
    edges, weights = edges[order], weights[order]

    # (i) A boundary at an action's own frame is before it.
    intervals = np.searchsorted(edges, places, side="right")
    best = _surest(confidences, intervals)
    places = _means(places, confidences, intervals)
    classes, confidences = classes[best], confidences[best]

    # (ii) What is before the first action, or after the last, are no boundaries between two.
    gaps = np.searchsorted(places, edges, side="left")
    between = (gaps > 0) & (gaps < len(places))
    inner = _means(edges[between], weights[between], gaps[between])

    # (iii)
    changes = classes[1:] != classes[:-1]
    best = _surest(confidences, np.cumsum(np.concatenate([[0], changes])))
    boundaries = np.concatenate([[0], inner[changes], [n_frames]])
    return Assembled(boundaries, places[best], classes[best], confidences[best])


def assembled_candidates(
    candidates: Candidates,
    n_frames: int,
    *,
    fallback: int,
    action_threshold: float = 0.0,
    boundary_threshold: float = 0.0,
) -> Assembled:
    """Segments of a video from its candidates, those of a confidence below a threshold left out.

    Args:
        candidates: of the video; those that are not there do not count.
        n_frames: of the video.
        fallback: class of the only segment if no action point is left.
        action_threshold: least confidence of an action point.
        boundary_threshold: least confidence of a boundary.

    Raises:
        ValueError: see `assembled`, or a threshold below 0.
    """
    check_number("action_threshold", action_threshold)
    check_number("boundary_threshold", boundary_threshold)
    place, kind, confidence, action, there = map(np.asarray, candidates)
    actions = there & (kind == ACTION) & (confidence >= action_threshold)
    edges = there & (kind == BOUNDARY) & (confidence >= boundary_threshold)
    return assembled(
        n_frames,
        place[actions],
        action[actions],
        confidence[actions],
        place[edges],
        confidence[edges],
        fallback=fallback,
    )


def _means(
    places: Int[np.ndarray, " k"], confidences: Float[np.ndarray, " k"], groups: Int[np.ndarray, " k"]
) -> Int[np.ndarray, " g"]:
    """Of each run of equal groups the mean place, rounded: by confidence, or without if all are 0."""
    starts = _starts(groups)
    if not len(starts):
        return np.empty(0, np.int64)
    top = np.repeat(np.maximum.reduceat(confidences, starts), np.diff([*starts, len(groups)]))
    # Shares of the largest neither overflow nor vanish.
    shares = np.divide(confidences, top, out=np.ones(len(top)), where=top > 0)
    means = np.add.reduceat(shares * places, starts) / np.add.reduceat(shares, starts)
    return np.rint(means).astype(np.int64)


def _surest(confidences: Float[np.ndarray, " k"], groups: Int[np.ndarray, " k"]) -> Int[np.ndarray, " g"]:
    """Of each run of equal groups, ascending, which point is the first of the highest confidence."""
    return np.lexsort((-confidences, groups))[_starts(groups)]


def _starts(groups: Int[np.ndarray, " k"]) -> Int[np.ndarray, " g"]:
    return np.flatnonzero(np.diff(groups, prepend=-1))


def _whole(argument: str, values, least: int | None = None, most: int | None = None) -> np.ndarray:
    array = np.asarray(values)
    if not array.size:
        array = array.astype(np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"{argument} are {array.dtype} of shape {array.shape}: give a whole number for each point"
        )
    array = array.astype(np.int64)
    if least is not None and array.size and not least <= array.min() <= array.max() <= most:
        raise ValueError(
            f"{argument} are from {array.min()} to {array.max()}: give frames from {least} to {most}"
        )
    return array


def _confidences(argument: str, values) -> Float[np.ndarray, " k"]:
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{argument} of shape {array.shape}: give a finite number >= 0 for each point")
    return array
