"""True labels of a video from a file of any kind, and mappings of names to numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.datasets.annotations.forms import FrameLabels, SegmentList, Truth, of_classes, plural
from dkva.datasets.annotations.recognise import read_annotation
from dkva.datasets.annotations.segments import frames_of, reach
from dkva.datasets.errors import DataError
from dkva.datasets.lengths import fit_labels, is_small
from dkva.datasets.reading import NO_LABEL, LabelReading, Note

__all__ = ["Truth", "fitted", "label_faults", "load_labels", "read_labels", "translated"]

# A file with more wrong labels than this is no label file of its data set: one line says it.
_MOST_FAULTS = 20


def load_labels(
    path: str | Path,
    n_frames: int,
    reading: LabelReading = LabelReading(),  # noqa: B008 (it is frozen)
    *,
    video: str = "",
    n_features: int | None = None,
) -> Truth:
    """True labels of a video, one for each row of its features.

    Args:
        path: one label a line, a table with a column of labels, a one-hot table, a list of starts, ends and
            labels in frames or seconds, an export of BORIS or ELAN, their own files (.boris, .eaf), subtitles
            (.vtt, .srt), a document of dkva (.json), .npy or .npz; text also .gz.
        n_frames: rows of the features.
        reading: how it is read.
        video: the video's name: in a table of several its rows are taken.
        n_features: columns of the features, to tell features that are transposed.

    Returns:
        Labels [n_frames], `NO_LABEL` for frames without one, and notes of how the file was understood.

    Raises:
        DataError: a file that cannot be read, that can be understood in more ways than one, with a label that
            is not in the mapping, or of another length than the policy allows.
    """
    path = Path(path)
    found = read_annotation(path, reading, video)
    if isinstance(found, FrameLabels):
        if reading.tier is not None:
            raise DataError(path, "has no tiers or subjects to choose from", "leave --tier out")
        found = translated(path, headed(found, n_frames), reading)
        for fault in label_faults(path, found.labels, reading.mapping, reading.mapping_path, found.lines):
            raise fault
    return fitted(path, found, n_frames, reading, n_features)


def headed(found: FrameLabels, n_frames: int | None = None) -> FrameLabels:
    """Labels without a first one that is the name of their column.

    Args:
        found: labels [m].
        n_frames: frames, if they are known: as many as labels mean that the first is none, one fewer that a
            first label that never comes again is one.
    """
    m = len(found.labels)
    if found.header is None or m == n_frames or not (found.named or m - 1 == n_frames):
        return found
    note = Note(
        "labels_read_as",
        f"line 1, {found.header!r}, was taken for a header",
        {"form": "table", "column": found.header, "left_out": []},
    )
    lines = found.lines or range(1, m + 1)
    return FrameLabels(found.labels[1:], lines[1:], (*found.notes, note))


def fitted(
    path: Path,
    found: FrameLabels | SegmentList,
    n_frames: int,
    reading: LabelReading,
    n_features: int | None = None,
) -> Truth:
    """What a label file holds, as labels [n_frames].

    A document of dkva is of so many frames. For a video of others it is read by its times, unless the length
    policy says how to fit frames, if they are known of both and both end at about the same time.

    Raises:
        DataError: as `load_labels`, but for frame-wise labels and their mapping; see `label_faults`.
    """
    if isinstance(found, FrameLabels) and found.timed is not None and len(found.labels) != n_frames:
        found = _by_time(path, found, found.timed, n_frames, reading)
    if isinstance(found, SegmentList):
        truth = frames_of(path, found, n_frames, reading, n_features)
        if reading.mapping is not None:
            lines = {segment.label: segment.line for segment in reversed(found.segments)}
            asked = FrameLabels(list(lines))
            new = translated(path, asked, reading)
            for fault in label_faults(path, new.labels, reading.mapping, reading.mapping_path):
                line = list(lines.values())[(fault.line or 1) - 1]
                raise DataError(path, fault.problem, fault.remedy, line)
            if new is not asked:
                names = dict(zip(asked.labels, new.labels, strict=True)) | {NO_LABEL: NO_LABEL}
                labels = np.asarray([names[label] for label in truth.labels.tolist()])
                truth = Truth(labels, (*truth.notes, *new.notes))
    else:
        whole = fit_labels(
            np.asarray(found.labels),
            n_frames,
            reading.lengths,
            path=path,
            force=reading.force,
            n_features=n_features,
        )
        truth = Truth(whole.labels, (*found.notes, *whole.notes))
    empty = int((truth.labels == NO_LABEL).sum())
    if empty == n_frames:
        raise DataError(path, "leaves every frame without a label", "give the labels of this video")
    if not empty:
        return truth
    text = f"{empty} of {plural(n_frames, 'frame')} {'has' if empty == 1 else 'have'} no label: not scored"
    return Truth(truth.labels, (*truth.notes, Note("frames_without_label", text, empty)))


def _by_time(
    path: Path, found: FrameLabels, timed: SegmentList, n_frames: int, reading: LabelReading
) -> FrameLabels | SegmentList:
    """Labels of m frames by their times, if a video of n is as long, or as they are."""
    if reading.lengths != "error" or reading.force or reading.fps is None:
        return found
    if not is_small(reach(path, timed, reading) - n_frames, n_frames):
        return found
    many = plural(len(found.labels), "frame")
    text = f"the labels are of {many}, and there are {n_frames}: they were taken by their times"
    value = {"labels": len(found.labels), "frames": n_frames}
    return replace(timed, notes=(*timed.notes, Note("labels_by_time", text, value)))


def read_labels(path: str | Path, mapping: Mapping[str, int] | None = None) -> np.ndarray:
    """Labels of one video, an array of strings [n], one a frame.

    Args:
        path: one label a line, a table of one row a frame, .npy or .npz; text also .gz.
        mapping: names that may appear; None allows all.

    Raises:
        DataError: an unreadable or empty file, a blank line, a label that is not in the mapping, or a list of
            segments, which needs the number of frames.
    """
    path = Path(path)
    found = read_annotation(path, LabelReading())
    if isinstance(found, SegmentList):
        problem = f"is {found.form}, not one label a frame"
        raise DataError(path, problem, "read it with dkva.datasets.load_labels, which is told the frames")
    found = translated(path, headed(found), LabelReading(mapping=mapping))
    for fault in label_faults(path, found.labels, mapping, lines=found.lines):
        raise fault
    return np.asarray(found.labels)


def translated(path: Path, found: FrameLabels, reading: LabelReading) -> FrameLabels:
    """Labels by their names in the mapping, if they are the numbers of these.

    Raises:
        DataError: a number that has two names.
    """
    mapping = reading.mapping
    if mapping is None:
        return found
    foreign = {label for label in set(found.labels) if label and label not in mapping}
    names: dict[str, list[str]] = {}
    for name, number in mapping.items():
        names.setdefault(str(number), []).append(name)
    if not foreign or not foreign <= names.keys():
        return found
    for label in sorted(foreign):
        if len(names[label]) > 1:
            problem = f"class {label} has several names: {', '.join(names[label][:4])}"
            raise DataError(path, problem, "give names in place of numbers")
    new = [names[label][0] if label in foreign else label for label in found.labels]
    text = f"class numbers were translated by the mapping: {of_classes(len(foreign))}"
    value = {label: names[label][0] for label in sorted(foreign)}
    return replace(found, labels=new, notes=(*found.notes, Note("labels_translated", text, value)))


def label_faults(
    path: Path,
    labels: Sequence[str],
    mapping: Mapping[str, int] | None = None,
    mapping_path: Path | None = None,
    lines: Sequence[int | None] | None = None,
) -> Iterator[DataError]:
    """What is wrong with the labels of a file: each blank or unknown one once, at its first line.

    Args:
        path: the label file, for the errors.
        labels: one a frame. Blank ones are wrong in a file of labels alone, if `lines` is None.
        mapping: names that may appear; None allows all.
        mapping_path: its file, for the errors.
        lines: line of each label, if these are not 1, 2...
    """
    wrong = {
        label
        for label in set(labels)
        if (not label and lines is None) or (label and mapping is not None and label not in mapping)
    }
    if not wrong:
        return
    if mapping is not None and all(label.isdecimal() for label in wrong):  # numbers of classes, all but a few
        unknown = wrong - {str(number) for number in mapping.values()}
        wrong = unknown if 0 < len(unknown) <= _MOST_FAULTS else wrong
    first: dict[str, int | None] = {}
    for place, label in enumerate(labels):
        if label in wrong:
            first.setdefault(label, place + 1 if lines is None else lines[place])
    both = "correct one of the two" if mapping_path is None else f"correct it, or {mapping_path}"
    if len(first) > _MOST_FAULTS:
        label, number = next(iter(first.items()))
        problem = f"label {label[:40]!r} is not in the mapping, nor are {len(first) - 1} others"
        also = "" if mapping_path is None else f"; the mapping is {mapping_path}"
        yield DataError(path, problem, f"give the label file of this video{also}", line=number)
        return
    for label, number in first.items():
        more = sum(other == label for other in labels) - 1
        again = f" (as on {more} more line{'s' * (more > 1)})" if more else ""
        if label:
            yield DataError(path, f"label {label[:40]!r} is not in the mapping{again}", both, line=number)
        else:
            yield DataError(path, f"is blank{again}", "give every frame a label", line=number)
