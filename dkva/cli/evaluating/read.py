"""The second step of `dkva evaluate`: true and predicted labels of one video, one of each for every frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dkva.cli.evaluating.find import Source

if TYPE_CHECKING:
    from dkva.datasets.annotations.forms import FrameLabels, SegmentList
    from dkva.datasets.reading import LabelReading

__all__ = ["NONE", "Pair", "read_pair"]

#: What the label of a frame without a predicted one is called.
NONE = "(none)"

# How files begin that the programs of MS-TCN, ASFormer and others write: then all labels on one line.
_RECOGNITION = b"### Frame level recognition"


class Pair(NamedTuple):
    """Labels of one video.

    Attributes:
        name: of the video.
        truth: true label of each frame [n], `NO_LABEL` for frames without one.
        predicted: predicted label of each frame [n], `NONE` for frames without one.
        asked: the clusters that were asked for, if that is known.
        path: of the true labels, for messages.
        notes: what the readers have to say, one line each.
    """

    name: str
    truth: np.ndarray
    predicted: np.ndarray
    asked: int | None
    path: Path
    notes: tuple[str, ...] = ()


def read_pair(
    name: str,
    truth: Source,
    predicted: Source,
    reading: LabelReading,
    numbers: Mapping[str, int] | None = None,
) -> Pair:
    """Read the labels of one video.

    Frames are those of the prediction; if that is a list of segments, those of the truth; if both are, as
    many as the longer one reaches to.

    Args:
        name: of the video.
        truth: where its true labels are.
        predicted: where the predicted ones are.
        reading: how label files are read, the mapping of the true labels included.
        numbers: names of classes whose numbers predicted labels may be; None leaves numbers as they are.

    Raises:
        DataError: a file that cannot be read, or labels that do not fit each other.
        OSError: a file that cannot be opened.
    """
    from dkva.datasets.annotations.forms import FrameLabels
    from dkva.datasets.labels import fitted, label_faults, translated
    from dkva.datasets.reading import NO_LABEL

    plain = replace(reading, mapping=None, mapping_path=None)
    true, found = (_content(source, plain, name) for source in (truth, predicted))
    true, found = _headed(true, found)
    n_frames = _frames(true, found, truth.path, predicted.path, plain)
    if isinstance(true, FrameLabels):
        true = translated(truth.path, true, reading)
        for fault in label_faults(truth.path, true.labels, reading.mapping, reading.mapping_path, true.lines):
            raise fault
    whole = _fitted(truth.path, true, n_frames, reading, predicted.path)
    notes = [f"truth: {note.text}" for note in whole.notes]
    if isinstance(found, FrameLabels):
        found = translated(predicted.path, found, replace(plain, mapping=numbers))
        labels, told = np.asarray(found.labels), found.notes
    else:
        made = fitted(predicted.path, found, n_frames, replace(plain, mapping=numbers))
        labels, told = made.labels, made.notes
    notes += [f"predicted: {note.text}" for note in told]
    labels = np.where(labels == NO_LABEL, NONE, labels)
    return Pair(name, whole.labels, labels, _asked(predicted), truth.path, tuple(notes))


def _content(source: Source, reading: LabelReading, name: str) -> FrameLabels | SegmentList:
    """What a source holds, whether segments or a label a frame."""
    from dkva.datasets.annotations.forms import FrameLabels
    from dkva.datasets.annotations.recognise import read_annotation
    from dkva.export.class_names import names_in

    if source.doc is not None:
        labels = names_in(source.doc).tolist()
        return FrameLabels(labels, range(1, len(labels) + 1))
    return _recognition(source.path) or read_annotation(source.path, reading, name)


def _recognition(path: Path) -> FrameLabels | None:
    """Labels of a file that begins so, or None."""
    from dkva.datasets import DataError
    from dkva.datasets.annotations.forms import FrameLabels

    with path.open("rb") as file:
        if not file.readline().startswith(_RECOGNITION):
            return None
        labels = file.read().decode(errors="backslashreplace").split()
    if not labels:
        raise DataError(path, "holds no labels", "save it again")
    return FrameLabels(labels, [2] * len(labels))


def _headed(
    true: FrameLabels | SegmentList, found: FrameLabels | SegmentList
) -> tuple[FrameLabels | SegmentList, FrameLabels | SegmentList]:
    """Both without a first label that is the name of its column."""
    from dkva.datasets.annotations.forms import FrameLabels
    from dkva.datasets.labels import headed

    if not (isinstance(true, FrameLabels) and isinstance(found, FrameLabels)):
        return tuple(headed(each) if isinstance(each, FrameLabels) else each for each in (true, found))  # type: ignore[return-value]
    if true.header is not None and found.header is not None and len(true.labels) == len(found.labels):
        n_frames = len(true.labels) - (true.named and found.named)
        return headed(true, n_frames), headed(found, n_frames)
    found = headed(found, len(true.labels))
    return headed(true, len(found.labels)), found


def _frames(
    true: FrameLabels | SegmentList,
    found: FrameLabels | SegmentList,
    truth_path: Path,
    path: Path,
    reading: LabelReading,
) -> int:
    from dkva.datasets.annotations.forms import FrameLabels
    from dkva.datasets.annotations.segments import reach

    if isinstance(found, FrameLabels):
        return len(found.labels)
    if isinstance(true, FrameLabels):
        return len(true.labels)
    return max(reach(truth_path, true, reading), reach(path, found, reading))


def _fitted(path: Path, true, n_frames: int, reading: LabelReading, predicted: Path):
    """True labels of as many frames. Raises DataError, which names the prediction if it has others."""
    from dkva.datasets import DataError
    from dkva.datasets.annotations.forms import FrameLabels
    from dkva.datasets.labels import fitted

    try:
        return fitted(path, true, n_frames, reading)
    except DataError as error:
        if not isinstance(true, FrameLabels) or len(true.labels) == n_frames:
            raise
        remedy = error.remedy.replace("these features", "the same frames")
        raise DataError(path, f"{error.problem} in {predicted}", remedy, error.line) from error


def _asked(source: Source) -> int | None:
    """Clusters that were asked for, as a document says it; a model of classes was asked for none."""
    from dkva.export.class_names import are_classes

    if source.doc is None or are_classes(source.doc):
        return None
    number = source.doc["settings"].get("n_segments")
    return number if isinstance(number, int) else None
