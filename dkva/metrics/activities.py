"""Scores of the videos of one activity under one matching of clusters to classes.

A method that is trained on a collection gives a cluster one meaning in all its videos. Matching each video by
itself would give every cluster a new meaning there, which is easier. Both are published (ASOT, Xu & Gould
2024: "per video" and "full"), so a table says which it has.

`evaluate` matches and scores likewise and is not built on this: its code is in the key of every stored row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from dkva.base.checks import check_whole
from dkva.metrics.matching import checked_videos, matched
from dkva.metrics.parts import (
    THRESHOLDS,
    boundaries,
    edit_score,
    jaccard_sum,
    macro_f1,
    runs_between,
    segmental_f1,
)
from dkva.metrics.segmentation import Scores

__all__ = ["activity_rows", "evaluate_together"]


def evaluate_together(
    truths: Sequence, predicted: Sequence, *, n_clusters: int | None = None, ignore=None
) -> list[Scores]:
    """Match clusters to classes once, on the frames of all videos, then score each video.

    With one video this is `dkva.metrics.segmentation.evaluate`.

    Args:
        truths: of each video, the true label of each frame [n_i], integers or strings.
        predicted: of each video, the cluster of each frame [n_i], integers or strings.
        n_clusters: clusters asked for, the denominator of IoU; None means the clusters found in all videos.
        ignore: a true label, or a list of them, whose frames are left out of the matching and the scores.

    Returns:
        The scores of each video, in their order. `matching` is the same in all.

    Raises:
        ValueError: see `dkva.metrics.matching.checked_videos` and `frames_that_count`; or `n_clusters` below
            the number of clusters found.
    """
    truths, predicted = checked_videos(truths, predicted, ignore)
    found = len(np.unique(np.concatenate(predicted)))
    if n_clusters is None:
        n_clusters = found
    check_whole("n_clusters", n_clusters, least=1)
    if n_clusters < found:
        raise ValueError(f"n_clusters is {n_clusters} and {found} clusters were found: give at least {found}")

    both = matched(truths, predicted, ignore)
    ends = np.flatnonzero(np.diff(both.video)) + 1
    parts = np.split(both.truth, ends), np.split(both.mapped, ends)
    return [
        _scores(*of, n_clusters, both.matching)
        for of in zip(truths, predicted, both.kept, *parts, strict=True)
    ]


def activity_rows(
    truths: Sequence, predicted: Sequence, n_clusters: int, **options
) -> list[dict[str, float]]:
    """All scores of `evaluate_together` under its options, and the labels found: columns, a row a video."""
    rows = []
    for labels, scores in zip(
        predicted, evaluate_together(truths, predicted, n_clusters=n_clusters, **options), strict=True
    ):
        row = asdict(scores)
        del row["matching"]
        rows.append({"found": len(np.unique(labels)), **row})
    return rows


def _scores(truth, labels, kept, true_index, mapped, n_clusters: int, matching: dict) -> Scores:
    """Scores of one video: its labels, which frames count, and classes and mapped classes of those."""
    accuracy, precision = boundaries(truth, labels, kept)
    pieces = np.cumsum(~kept)[kept]  # changes where frames were left out
    true_runs, mapped_runs = runs_between(true_index, pieces), runs_between(mapped, pieces)
    segmental = [segmental_f1(true_runs, mapped_runs, threshold) for threshold in THRESHOLDS]
    return Scores(
        mof=float(np.mean(mapped == true_index)),
        iou=jaccard_sum(true_index, mapped) / n_clusters,
        f1=macro_f1(true_index, mapped),
        boundary_accuracy=accuracy,
        boundary_precision=precision,
        f1_10=segmental[0],
        f1_25=segmental[1],
        f1_50=segmental[2],
        edit=edit_score([run[2] for run in true_runs], [run[2] for run in mapped_runs]),
        matching=matching,
        n_frames=int(kept.sum()),
    )
