"""Scores of one video that was cut: of clusters, matched to the truth, or of classes; and remarks on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from dkva.cli.segmenting.work import Worked
    from dkva.datasets import VideoFile
    from dkva.metrics.boundaries import BoundaryScores
    from dkva.metrics.segmentation import Scores

__all__ = ["Judged", "class_row", "judged", "remarks_on", "unknown_classes"]


class Judged(NamedTuple):
    """Scores of one video, of one of two kinds.

    Attributes:
        plain: for its document.
        boundaries: within a tolerance.
        scores: of clusters; None for classes.
        class_row: of classes; see `class_row`. Empty for clusters.
    """

    plain: dict
    boundaries: BoundaryScores
    scores: Scores | None
    class_row: dict


def judged(
    video: VideoFile, worked: Worked, doc: Mapping, ignore: Sequence[str], tolerance: int | None
) -> Judged:
    """Score one video that has true labels.

    Args:
        video: which.
        worked: what came of it.
        doc: its document, which has `classes` if its labels are classes.
        ignore: true labels that are left out.
        tolerance: frames by which a boundary may be off; None means a share of the video.

    Raises:
        ValueError: labels that do not fit, or no frame that counts.
    """
    import numpy as np

    from dkva.datasets.reading import NO_LABEL
    from dkva.export.class_names import names_in
    from dkva.export.documents import labels_in, scores_for_json
    from dkva.metrics.boundaries import boundary_scores, default_tolerance
    from dkva.metrics.segmentation import evaluate

    truth, labels = np.asarray(worked.truth), labels_in(dict(doc))
    left_out = [*ignore, NO_LABEL] if NO_LABEL in set(truth.tolist()) else [*ignore]
    scores: Scores | None = None
    row: dict = {}
    if doc.get("classes"):
        row = class_row(truth, names_in(doc), ignore)
        plain = _plain(row)
    else:
        scores = evaluate(truth, labels, n_clusters=doc["settings"]["n_segments"], ignore=left_out or None)
        plain = scores_for_json(scores)
    if tolerance is None:
        tolerance = default_tolerance(len(labels))
    near = boundary_scores(truth, labels, tolerance=tolerance, ignore=left_out or None)
    plain |= {
        "boundaries": {name: None if value != value else value for name, value in asdict(near).items()},
        "ignored": [*ignore],
        "lengths": video.label_reading.lengths,
        "labels": video.labels_path.name if video.labels_path else None,
        "reading": dict(worked.truth_reading or {}),
    }
    return Judged(plain, near, scores, row)


def class_row(truth: np.ndarray, labels: np.ndarray, ignore: Sequence[str] = ()) -> dict:
    """One video's part of the scores of classes, under the protocol "ms-tcn".

    Frames without a true label, or with one to ignore, are left out first, and what is on either side is
    joined.

    Args:
        truth: true class of each frame [n], "" for frames without one.
        labels: predicted class of each frame [n].
        ignore: true classes that are left out.

    Raises:
        ValueError: labels that do not fit, no frame that counts, or a truth of background alone.
    """
    import numpy as np

    from dkva.datasets.reading import NO_LABEL
    from dkva.metrics.ms_tcn_protocol import ms_tcn_rows

    if len(truth) != len(labels):
        raise ValueError(f"has {len(truth)} labels for {len(labels)} frames: give one a frame")
    kept = ~np.isin(truth, [NO_LABEL, *ignore])
    if not kept.any():
        raise ValueError("no frame is left to score: give labels, or ignore fewer of them")
    try:
        (row,) = ms_tcn_rows([truth[kept]], [labels[kept]])
    except ValueError as error:
        raise ValueError(str(error).removeprefix("video 0: ")) from error
    return row


def _plain(row: Mapping) -> dict:
    """Scores of a `class_row` for a document; null for what the video does not have."""
    from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled

    scores = ms_tcn_pooled([row])
    plain = {name: None if value != value else round(value, 6) for name, value in scores.items()}
    return {"protocol": "ms-tcn", **plain, "n_frames": row["n_frames"]}


def unknown_classes(truth: np.ndarray, classes: Sequence[str], ignore: Sequence[str] = ()) -> list[str]:
    """True labels of frames that count which the model does not know, and cannot give."""
    from dkva.datasets.reading import NO_LABEL

    return sorted(set(truth.tolist()) - {NO_LABEL, *ignore, *classes})


def remarks_on(doc: Mapping, worked: Worked, ignore: Sequence[str]) -> list[str]:
    """What a user should know of a document, one line each."""
    if doc.get("classes") and worked.truth is not None:
        from dkva.datasets.annotations.forms import listed

        unknown = unknown_classes(worked.truth, doc["classes"], ignore)
        return [f"labels: no classes of the model: {listed(unknown)}"] if unknown else []
    if "suggestion" not in doc:
        return []
    k = doc["suggestion"]["k"]
    look = "the levels" if "levels" in doc else "other numbers"
    return [f"k = {k} is a hint, often off by 2 or more: look at {look}, too (docs/own_data.md)"]
