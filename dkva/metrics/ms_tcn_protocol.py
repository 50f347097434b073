"""Scores of labels that are classes themselves, as MS-TCN's program computes them: protocol "ms-tcn".

Supervised methods are scored by these (Farha & Gall, CVPR 2019; ASFormer, RTK): segmental F1@10/25/50 from
hits summed over all videos, the edit score of each video, and accuracy over all frames. A row holds a video's
part, and `ms_tcn_pooled` adds parts up, with a weight a video for a bootstrap resample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from dkva.base.checks import check_choice
from dkva.base.segments import Segment, segments
from dkva.metrics.matching import checked_videos, matched
from dkva.metrics.parts import THRESHOLDS, edit_score

__all__ = ["BACKGROUND", "LAST_ENDS", "MS_TCN_SCORES", "ms_tcn_pooled", "ms_tcn_row", "ms_tcn_rows"]

#: Classes whose segments are skipped, though their frames count for accuracy.
BACKGROUND = ("background",)

#: Where a video's last segment ends: after its last frame, or at it (one frame short), as in the programs of
#: MS-TCN++ and ASFormer.
LAST_ENDS = ("n", "n-1")

_NAMES = tuple(f"{100 * threshold:.0f}" for threshold in THRESHOLDS)

#: What `ms_tcn_pooled` gives.
MS_TCN_SCORES = ("accuracy", "edit", *(f"f1_{name}" for name in _NAMES), "miou")


def ms_tcn_rows(
    truths: Sequence,
    labels: Sequence,
    n_segments: int | None = None,
    *,
    background: Sequence = BACKGROUND,
    last_end: str = "n",
    match: bool = False,
) -> list[dict]:
    """Each video's part of the scores, for `ms_tcn_pooled`.

    Args:
        truths: of each video, the true class of each frame [n_i].
        labels: of each video, the predicted class of each frame [n_i].
        n_segments: of no meaning here.
        background: classes whose segments are skipped.
        last_end: one of `LAST_ENDS`.
        match: the labels are clusters; match them to classes first, on the frames of all these videos. It is
            not part of the published protocol. A cluster without a class is wrong, and not background.

    Returns:
        Of each video: `found` (labels), `n_frames`, `right`, `edit`, and for each overlap `tp_10`, `fp_10`,
        `fn_10` and so on; `overlap`, summed over predicted segments that share frames with a true one of
        their class which no earlier one has taken, and `overlapping`, how many these are.

    Raises:
        ValueError: see `dkva.metrics.matching.checked_videos`; an unknown `last_end`; classes of another kind
            (text or numbers) than the truth's; or a video whose truth is background only, of which these
            scores say nothing.
    """
    del n_segments
    check_choice("last_end", last_end, LAST_ENDS)
    truths, labels = checked_videos(truths, labels)
    found = [len(np.unique(each)) for each in labels]
    if match:
        both = matched(truths, labels)
        joined = [both.truth, both.mapped]
        ends = np.flatnonzero(np.diff(both.video)) + 1
        truths, labels = (np.split(each, ends) for each in joined)
        skipped = np.flatnonzero(np.isin(both.classes, list(background))).tolist()
    else:
        skipped = list(background)
    rows = []
    for place, (truth, each) in enumerate(zip(truths, labels, strict=True)):
        if (truth.dtype.kind in "UO") != (each.dtype.kind in "UO"):
            raise ValueError(
                f"video {place}: the labels are like {each[0]!r} and the truth like {truth[0]!r}: give "
                "classes, or match=True if they are clusters"
            )
        true, predicted = (_foreground(of, skipped, last_end) for of in (truth, each))
        if not true:
            raise ValueError(f"video {place}: its truth is background only: leave the video out")
        rows.append(
            {
                "found": found[place],
                "n_frames": len(truth),
                "right": int(np.sum(truth == each)),
                "edit": _edit(true, predicted),
                **_hits(true, predicted),
            }
        )
    return rows


def ms_tcn_row(truth, labels, n_segments: int | None = None, **options) -> dict:
    """Row and scores of one video, by the options of `ms_tcn_rows`.

    Raises:
        ValueError: see `ms_tcn_rows`.
    """
    rows = ms_tcn_rows([truth], [labels], n_segments, **options)
    return rows[0] | ms_tcn_pooled(rows)


def ms_tcn_pooled(rows: Sequence[Mapping], weights=None) -> dict:
    """Scores of all videos together.

    Args:
        rows: of `ms_tcn_rows`.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        `accuracy` of frames, background included; `edit`, the mean of the videos'; `f1_10`, `f1_25`, `f1_50`;
        and `miou`, the mean overlap of predicted segments with the true ones that they take (RTK's "MIoU",
        threshold 0, which we read as any overlap above 0), NaN if there are none. Floats, or arrays [r] with
        weights.
    """
    counts = np.ones((1, len(rows))) if weights is None else np.asarray(weights, np.float64)

    def total(name: str) -> Float[np.ndarray, " r"]:
        return counts @ np.asarray([row[name] for row in rows], np.float64)

    overlapping = total("overlapping")
    scores = {"accuracy": total("right") / total("n_frames"), "edit": total("edit") / counts.sum(axis=1)}
    for name in _NAMES:
        hits = 2 * total(f"tp_{name}")
        scores[f"f1_{name}"] = hits / (hits + total(f"fp_{name}") + total(f"fn_{name}"))
    scores["miou"] = np.divide(
        total("overlap"), overlapping, out=np.full(len(counts), np.nan), where=overlapping > 0
    )
    return scores if weights is not None else {name: float(value[0]) for name, value in scores.items()}


def _foreground(labels: np.ndarray, background: Sequence, last_end: str) -> list[Segment]:
    runs = segments(labels)
    if last_end == "n-1":
        runs[-1] = runs[-1]._replace(end=runs[-1].end - 1)
    return [run for run in runs if run.label not in background]


def _edit(true: Sequence[Segment], predicted: Sequence[Segment]) -> float:
    names = {label: number for number, label in enumerate({run.label for run in (*true, *predicted)})}
    return edit_score([names[run.label] for run in true], [names[run.label] for run in predicted])


def _hits(true: Sequence[Segment], predicted: Sequence[Segment]) -> dict:
    """Hits and misses at each overlap; a true segment is hit once, by the first that overlaps it enough."""
    best, place = _best_overlaps(true, predicted)

    def first(enough) -> np.ndarray:
        """Which predicted segments overlap enough, and are the first to have their true one."""
        _, earliest = np.unique(place[enough], return_index=True)
        return np.flatnonzero(enough)[earliest]

    counts: dict[str, float] = {}
    for name, threshold in zip(_NAMES, THRESHOLDS, strict=True):
        hits = len(first(best >= threshold))
        counts |= {f"tp_{name}": hits, f"fp_{name}": len(predicted) - hits, f"fn_{name}": len(true) - hits}
    taken = first(best > 0)
    return {**counts, "overlap": float(best[taken].sum()), "overlapping": len(taken)}


def _best_overlaps(
    true: Sequence[Segment], predicted: Sequence[Segment]
) -> tuple[Float[np.ndarray, " p"], Int[np.ndarray, " p"]]:
    """Of each predicted segment, the largest overlap (IoU) with a true one of its label, and its place."""
    best, place = np.zeros(len(predicted)), np.zeros(len(predicted), np.int64)
    for index, (start, end, label) in enumerate(predicted):
        for other, (true_start, true_end, true_label) in enumerate(true):
            shared = min(end, true_end) - max(start, true_start)
            # A segment of no frame, the last one that ends at N - 1, overlaps nothing.
            if true_label == label and shared > 0:
                overlap = shared / (max(end, true_end) - min(start, true_start))
                if overlap > best[index]:
                    best[index], place[index] = overlap, other
    return best, place
