"""Boundaries found within a tolerance: true and predicted labels in, recall, precision and F1 out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dkva.metrics.parts import ignored_labels

__all__ = ["TOLERANCE", "BoundaryScores", "boundary_scores", "default_tolerance"]

#: Share of a video's frames by which a boundary may be off, unless a number of frames is given; our choice.
TOLERANCE = 0.02


@dataclass(frozen=True)
class BoundaryScores:
    """How many boundaries are found, each a share between 0 and 1.

    Attributes:
        recall: of the true boundaries, those that have a predicted one; NaN if the truth has none.
        precision: of the predicted boundaries, those that have a true one; NaN if none is predicted.
        f1: harmonic mean of the two; NaN if one of them is.
        tolerance: frames by which the two may differ.
    """

    recall: float
    precision: float
    f1: float
    tolerance: int


def default_tolerance(n_frames: int) -> int:
    """`TOLERANCE` of a video's frames, at least one."""
    return max(1, round(TOLERANCE * n_frames))


def boundary_scores(truth, predicted, *, tolerance: int, ignore=None) -> BoundaryScores:
    """Boundaries of the truth and of the prediction, paired one to one within a tolerance.

    Boundaries at a frame that is left out count on neither side. Pairs are as many as there can be: in order
    of time each true boundary takes the earliest predicted one within reach that is still free.

    Args:
        truth: true label of each frame [n].
        predicted: cluster of each frame [n].
        tolerance: frames by which the two of a pair may differ; 0 means the very frame.
        ignore: a true label, or a list of them, whose frames are left out.

    Raises:
        ValueError: labels of unequal lengths, or a negative tolerance.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape or truth.ndim != 1:
        raise ValueError(
            f"truth has shape {truth.shape}, predicted {predicted.shape}: give one label a frame"
        )
    if tolerance < 0:
        raise ValueError(f"tolerance is {tolerance}: give frames, 0 or more")
    kept = ~np.isin(truth, ignored_labels(ignore, truth))
    both = kept[1:] & kept[:-1]
    true, found = (np.flatnonzero(both & (each[1:] != each[:-1])) for each in (truth, predicted))
    hits = _pairs(true.tolist(), found.tolist(), tolerance)
    recall = hits / len(true) if len(true) else float("nan")
    precision = hits / len(found) if len(found) else float("nan")
    f1 = 2 * hits / (len(true) + len(found)) if len(true) and len(found) else float("nan")
    return BoundaryScores(recall, precision, f1, tolerance)


def _pairs(true: list[int], found: list[int], tolerance: int) -> int:
    hits = place = 0
    for each in true:
        while place < len(found) and found[place] < each - tolerance:
            place += 1
        if place < len(found) and found[place] <= each + tolerance:
            hits += 1
            place += 1
    return hits
