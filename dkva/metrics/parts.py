"""What scores are made of: frames that count, boundaries, overlaps of segments, sequences of segments."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dkva.base.segments import segments

__all__ = [
    "THRESHOLDS",
    "boundaries",
    "check_labels",
    "contingency",
    "edit_score",
    "ignored_labels",
    "jaccard_sum",
    "macro_f1",
    "runs_between",
    "segmental_f1",
]

#: Overlaps of the segmental F1 (Lea et al. 2017).
THRESHOLDS = (0.10, 0.25, 0.50)


def check_labels(argument: str, labels) -> None:
    """Raise ValueError if labels are missing: masked, NaN or None, which would be a class of their own."""
    array = np.asarray(labels)
    lost = np.ma.getmaskarray(labels) if np.ma.isMaskedArray(labels) else np.zeros(array.shape, bool)
    if array.dtype.kind == "O":
        lost = lost | np.array([each is None or each != each for each in array.ravel()]).reshape(array.shape)
    elif array.dtype.kind == "f":
        lost = lost | np.isnan(array)
    if lost.any():
        frame = int(np.flatnonzero(lost)[0])
        raise ValueError(
            f"{argument} has no label at {int(lost.sum())} of {lost.size} frames, the first of them {frame}: "
            "give them a label, and leave that out with ignore"
        )


def ignored_labels(ignore, truth) -> list:
    """The labels to leave out as a list; an error where they are of another kind than the truth's."""
    if ignore is None:
        return []
    labels = [ignore] if isinstance(ignore, str) or not isinstance(ignore, Iterable) else list(ignore)
    text = {isinstance(label, str) for label in truth[:1].tolist()}
    if any(isinstance(label, str) not in text for label in labels):
        raise ValueError(
            f"ignore is {ignore!r} and the true labels are like {truth[0]!r}: give labels of one kind"
        )
    return labels


def contingency(clusters, classes) -> np.ndarray:
    """Frames of each pair of cluster and class [clusters, classes], of labels 0, 1, … that all occur [n]."""
    table = np.zeros((clusters.max() + 1, classes.max() + 1), np.int64)
    np.add.at(table, (clusters, classes), 1)
    return table


def macro_f1(truth, mapped) -> float:
    """Mean F1, 2·hits / (true + predicted frames), of the labels present in the truth or the prediction."""
    labels, index = np.unique(np.concatenate([truth, mapped]), return_inverse=True)
    true, found = np.split(index, [len(truth)])
    counts = [np.bincount(each, minlength=len(labels)) for each in (true[true == found], true, found)]
    return float(np.mean(2 * counts[0] / (counts[1] + counts[2])))


def jaccard_sum(truth, mapped) -> float:
    """Sum over labels of the Jaccard index."""
    labels = np.unique(truth)
    both = [np.sum((truth == label) & (mapped == label)) for label in labels]
    either = [np.sum((truth == label) | (mapped == label)) for label in labels]
    return float(np.sum(np.divide(both, either)))


def boundaries(truth, predicted, kept) -> tuple[float, float]:
    """Recall and precision of boundaries between neighbouring frames that both count, to the frame."""
    both = kept[1:] & kept[:-1]
    true = both & (truth[1:] != truth[:-1])
    found = both & (predicted[1:] != predicted[:-1])
    hits = int(np.sum(true & found))
    recall = hits / int(true.sum()) if true.any() else float("nan")
    return recall, hits / int(found.sum()) if found.any() else float("nan")


def runs_between(labels, pieces) -> list[tuple[int, int, int]]:
    """(start, end, label) of runs that do not cross from one piece into the next."""
    joint = labels + (int(labels.max()) + 1) * pieces
    return [(run.start, run.end, int(labels[run.start])) for run in segments(joint)]


def segmental_f1(true_runs, predicted_runs, threshold: float) -> float:
    """F1 of predicted segments that overlap a true one of their label by IoU >= threshold, each once."""
    free = [True] * len(true_runs)
    hits = 0
    for start, end, label in predicted_runs:
        best, best_index = 0.0, -1
        for index, (true_start, true_end, true_label) in enumerate(true_runs):
            if true_label == label:
                shared = min(end, true_end) - max(start, true_start)
                overlap = shared / (max(end, true_end) - min(start, true_start))
                if overlap > best:
                    best, best_index = overlap, index
        if best >= threshold and free[best_index]:
            free[best_index] = False
            hits += 1
    return 2 * hits / (len(true_runs) + len(predicted_runs))


def edit_score(truth: list[int], predicted: list[int]) -> float:
    """1 - Levenshtein distance / length of the longer sequence."""
    row = np.arange(len(predicted) + 1)
    other = np.asarray(predicted)
    for count, label in enumerate(truth, 1):
        changed = np.minimum(row[:-1] + (other != label), row[1:] + 1)
        row = np.concatenate([[count], changed])
        # Insertions run along the row: a running minimum of (value - column) + column.
        columns = np.arange(len(row))
        row = np.minimum.accumulate(row - columns) + columns
    return float(1 - row[-1] / max(len(truth), len(predicted)))
