"""Scores of a segmentation against the truth (method: section 7; MS-TCN's segmental scores).

All scores are shares between 0 and 1, of one video; a data set's score is the mean over its videos.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import scipy

from dkva.base.checks import check_whole
from dkva.metrics.parts import (
    THRESHOLDS,
    boundaries,
    check_labels,
    contingency,
    edit_score,
    ignored_labels,
    jaccard_sum,
    macro_f1,
    runs_between,
    segmental_f1,
)

__all__ = ["Scores", "evaluate", "score_row"]


@dataclass(frozen=True)
class Scores:
    """Scores of one video, each a share between 0 and 1.

    Attributes:
        mof: share of frames whose mapped label is right; frames of unmatched clusters are wrong.
        iou: sum over classes of the Jaccard index, divided by the number of clusters asked for.
        f1: macro F1 over the labels present in the truth or in the mapped prediction.
        boundary_accuracy: share of true boundaries at which, to the frame, the prediction changes too; it
            rewards over-segmentation. NaN if the truth has no boundary.
        boundary_precision: share of predicted boundaries that are true ones. NaN if none is predicted.
        f1_10: segmental F1 at overlap 10 % (Lea et al. 2017); likewise `f1_25` and `f1_50`.
        edit: 1 - normalised Levenshtein distance of the two sequences of segments.
        matching: true label of each matched cluster; its class where coarse classes were scored.
        n_frames: frames scored.
    """

    mof: float
    iou: float
    f1: float
    boundary_accuracy: float
    boundary_precision: float
    f1_10: float
    f1_25: float
    f1_50: float
    edit: float
    matching: dict
    n_frames: int


def evaluate(
    truth, predicted, *, n_clusters: int | None = None, ignore=None, coarse: Mapping | None = None
) -> Scores:
    """Match clusters to classes (Hungarian, on the contingency table of this video) and score.

    If two matchings put equally many frames right, the scores other than MoF may depend on which is
    taken; that is then scipy's choice.

    Args:
        truth: true label of each frame [n], integers or strings.
        predicted: cluster of each frame [n], integers or strings.
        n_clusters: clusters asked for, the denominator of IoU; None means the clusters found.
        ignore: a true label, or a list of them, whose frames are left out of matching and scores
            (background). Segments on its two sides stay apart.
        coarse: class of each true label, scored instead of the labels (50 Salads "eval" and "high", as
            TW-FINCH does it): clusters are matched to labels as ever, then truth and matched prediction
            are both turned into classes, and IoU is divided by the classes predicted. Departs from
            TW-FINCH's program in that clusters without a label stay wrong.

    Raises:
        ValueError: labels that are missing (masked, NaN, None, or "" if it is not ignored), not
            one-dimensional, of unequal lengths or none left to score, labels to ignore that are text where
            the truth's are numbers or the reverse, `n_clusters` below the number of clusters found, or a
            label without a coarse class.
    """
    check_labels("truth", truth, ignore)
    check_labels("predicted", predicted)
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.ndim != 1 or predicted.ndim != 1:
        raise ValueError(
            f"truth has shape {truth.shape}, predicted {predicted.shape}: give one label a frame"
        )
    if len(truth) != len(predicted):
        raise ValueError(
            f"truth has {len(truth)} labels and predicted {len(predicted)}: give one of each for every frame"
        )
    kept = ~np.isin(truth, ignored_labels(ignore, truth))
    if not kept.any():
        raise ValueError("no frame is left to score: give labels, or ignore fewer of them")
    found = len(np.unique(predicted))
    if n_clusters is None:
        n_clusters = found
    check_whole("n_clusters", n_clusters, least=1)
    if n_clusters < found:
        raise ValueError(f"n_clusters is {n_clusters} and {found} clusters were found: give at least {found}")

    classes, true_index = np.unique(truth[kept], return_inverse=True)
    clusters, cluster_index = np.unique(predicted[kept], return_inverse=True)
    table = contingency(cluster_index, true_index)
    rows, columns = scipy.optimize.linear_sum_assignment(table, maximize=True)
    # A cluster without a class gets an index no class has: wrong everywhere, and a label of its own in F1.
    to_class = len(classes) + np.arange(len(clusters))
    to_class[rows] = columns
    mapped = to_class[cluster_index]

    matched = classes[columns]
    if coarse is None:
        overlap = table[rows, columns]
        union = table.sum(axis=1)[rows] + table.sum(axis=0)[columns] - overlap
        iou = np.sum(overlap / union) / n_clusters
    else:
        matched, to_coarse = _coarsened(classes, coarse, len(clusters))
        matched = matched[to_coarse[columns]]
        true_index, mapped = to_coarse[true_index], to_coarse[mapped]
        iou = jaccard_sum(true_index, mapped) / len(np.unique(mapped))
        truth, predicted = _spread(true_index, kept), _spread(mapped, kept)
    accuracy, precision = boundaries(truth, predicted, kept)
    pieces = np.cumsum(~kept)[kept]  # changes where frames were left out
    true_runs, mapped_runs = runs_between(true_index, pieces), runs_between(mapped, pieces)
    segmental = [segmental_f1(true_runs, mapped_runs, threshold) for threshold in THRESHOLDS]
    return Scores(
        mof=float(np.mean(mapped == true_index)),
        iou=float(iou),
        f1=macro_f1(true_index, mapped),
        boundary_accuracy=accuracy,
        boundary_precision=precision,
        f1_10=segmental[0],
        f1_25=segmental[1],
        f1_50=segmental[2],
        edit=edit_score([run[2] for run in true_runs], [run[2] for run in mapped_runs]),
        matching=dict(zip(clusters[rows].tolist(), matched.tolist(), strict=True)),
        n_frames=int(kept.sum()),
    )


def score_row(truth, predicted, n_clusters: int, **options) -> dict[str, float]:
    """All scores of `evaluate` under its options, and the number of labels found, as columns of a row."""
    row = asdict(evaluate(truth, predicted, n_clusters=n_clusters, **options))
    del row["matching"]
    return {"found": len(np.unique(predicted)), **row}


def _coarsened(classes, coarse: Mapping, n_surplus: int) -> tuple[np.ndarray, np.ndarray]:
    """Coarse classes, and the index into them of each label, then of each label that a cluster made up."""
    missing = [label for label in classes.tolist() if label not in coarse]
    if missing:
        raise ValueError(f"coarse has no class for {missing[0]!r}: give one for every true label")
    names, index = np.unique([coarse[label] for label in classes.tolist()], return_inverse=True)
    return names, np.concatenate([index, len(names) + np.arange(n_surplus)])


def _spread(labels, kept) -> np.ndarray:
    """Labels of the frames that count at their places among all frames [n], -1 elsewhere."""
    spread = np.full(len(kept), -1)
    spread[kept] = labels
    return spread
