"""How well segments of up to some length are located: overlaps of matched segments, for curves over lengths.

Video action segmentation via contextually refined temporal keypoints (RTK), ICCV 2023, section 4.6, Fig. 5.
A row holds a video's part, and `length_pooled` adds parts up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dkva.base.checks import check_whole
from dkva.base.segments import Segment, segments
from dkva.metrics.matching import checked_videos
from dkva.metrics.ms_tcn_protocol import BACKGROUND
from dkva.metrics.shares import shares

__all__ = ["length_pooled", "length_rows"]


def length_rows(
    truths: Sequence, labels: Sequence, lengths: Sequence[int], *, background: Sequence = BACKGROUND
) -> list[dict]:
    """Each video's part of the mean overlap (MIoU) of segments of up to some lengths, for `length_pooled`.

    Segments are matched as in `dkva.metrics.ms_tcn_protocol`: a predicted one takes the true one of its class
    with which it has the largest overlap (IoU), if it has any and no earlier one has taken it. Then the
    matched ones count whose true segment is at most so long.

    Args:
        truths: of each video, the true class of each frame [n_i].
        labels: of each video, the predicted class of each frame [n_i].
        lengths: of true segments, in frames.
        background: classes whose segments are skipped.

    Returns:
        Of each video, for each length: `overlap_30`, summed over matched segments, `matched_30`, how many
        these are, and `segments_30`, how many true ones there are.

    Raises:
        ValueError: see `dkva.metrics.matching.checked_videos`; no length, or one that is no whole number from
            1.
    """
    if not len(lengths):
        raise ValueError("there are no lengths: give some, in frames")
    for length in lengths:
        check_whole("lengths", length, least=1)
    rows = []
    for truth, found in zip(*checked_videos(truths, labels), strict=True):
        true, predicted = (
            [run for run in segments(each) if run.label not in background] for each in (truth, found)
        )
        long = np.array([run.end - run.start for run in true], np.int64)
        overlaps = _taken(true, predicted)
        row: dict[str, float] = {}
        for length in lengths:
            short = long <= length
            row[f"overlap_{length}"] = float(overlaps[short].sum())
            row[f"matched_{length}"] = int((overlaps[short] > 0).sum())
            row[f"segments_{length}"] = int(short.sum())
        rows.append(row)
    return rows


def length_pooled(rows: Sequence[Mapping], weights=None) -> dict:
    """Figures of all videos together.

    Args:
        rows: of `length_rows`.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        For each length: `miou_30`, the mean overlap of matched segments (the paper's), and `found_30`, the
        share of true segments that are matched, without which the former says little; NaN if there is none.
        Floats, or arrays [r] with weights.
    """
    columns = rows[0] if rows else ()
    names = [name.removeprefix("overlap_") for name in columns if name.startswith("overlap_")]
    parts = {f"miou_{name}": (f"overlap_{name}", f"matched_{name}") for name in names}
    parts |= {f"found_{name}": (f"matched_{name}", f"segments_{name}") for name in names}
    return shares(rows, parts, weights)


def _taken(true: Sequence[Segment], predicted: Sequence[Segment]) -> np.ndarray:
    """Of each true segment its overlap with the predicted one that has taken it, 0 if none has."""
    taken = np.zeros(len(true))
    starts, ends = (np.array([run[side] for run in true]) for side in (0, 1))
    labels = np.array([run.label for run in true])
    for start, end, label in predicted if true else ():
        shared = np.minimum(end, ends) - np.maximum(start, starts)
        overlap = np.where(labels == label, np.maximum(shared, 0), 0) / (
            np.maximum(end, ends) - np.minimum(start, starts)
        )
        best = int(np.argmax(overlap))
        if not taken[best]:
            taken[best] = overlap[best]
    return taken
