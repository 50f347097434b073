"""Documents that dkva writes of a cut, as they are or corrected by a person: labels of frames, and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dkva.base.segment_names import segment_name, wrong_times
from dkva.datasets.annotations.forms import FrameLabels, Segment, SegmentList
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading, Note

__all__ = ["document", "is_document"]

_FORM = "a document of dkva"


def is_document(found: object) -> bool:
    """Whether what a JSON file holds is a cut of a video, whole or damaged."""
    return isinstance(found, Mapping) and {"video", "frames", "segments"} <= found.keys()


def document(path: Path, doc: Mapping[str, Any], reading: LabelReading, video: str) -> FrameLabels:
    """Label of each frame: the name of its segment, or "Action 3" of one without a name.

    Subtitles and files of ELAN that are made of a document have the same labels.

    Args:
        path: the file, for errors.
        doc: as `is_document` knows it.
        reading: with a tier it is refused.
        video: whose labels these should be; another name in the document is noted.

    Raises:
        DataError: segments that do not cover the frames, each once and in order of time, or times that
            are no finite numbers or go backwards.
    """
    if reading.tier is not None:
        raise DataError(path, "has no tiers or subjects to choose from", "leave --tier out")
    runs = doc["segments"]
    if not (isinstance(runs, list) and runs and all(isinstance(run, Mapping) for run in runs)):
        raise _damaged(path, "holds no segments")
    reached = 0
    for number, run in enumerate(runs, 1):
        start, end, label = (run.get(name) for name in ("start", "end", "label"))
        if not all(type(value) is int for value in (start, end, label)):
            raise _damaged(path, f"segment {number} lacks a whole number as start, end or label")
        if start != reached or end <= start:
            raise _damaged(path, f"segment {number} is of frames {start} to {end}, after frame {reached}")
        reached = end
    if reached != doc["frames"]:
        raise _damaged(path, f"its segments reach to frame {reached} of {doc['frames']}")
    if wrong := wrong_times(runs):
        raise _damaged(path, wrong)
    names = [segment_name(run) for run in runs]
    labels = [name for name, run in zip(names, runs, strict=True) for _ in range(run["start"], run["end"])]
    value: dict[str, object] = {"form": _FORM, "corrected": bool(doc.get("corrected"))}
    what = f"a corrected {_FORM[2:]}" if doc.get("corrected") else _FORM
    if video and doc["video"] not in (video, video.rsplit("/", 1)[-1]):
        what += f" of {str(doc['video'])[:40]!r}"
        value["video"] = doc["video"]
    note = Note("labels_read_as", f"the labels are {what}", value)
    return FrameLabels(labels, [None] * reached, (note,), timed=_timed(runs, names, what))


def _timed(runs: Sequence[Mapping[str, Any]], names: Sequence[str], what: str) -> SegmentList | None:
    """The segments in seconds; None if one has no times."""
    if not all(type(run.get(name)) in (int, float) for run in runs for name in ("start_time", "end_time")):
        return None
    segments = (
        Segment(run["start_time"], run["end_time"], name) for run, name in zip(runs, names, strict=True)
    )
    return SegmentList(tuple(segments), "seconds", what, "exclusive")


def _damaged(path: Path, problem: str) -> DataError:
    return DataError(path, f"is a damaged document: {problem}", "write it again with dkva or its page")
