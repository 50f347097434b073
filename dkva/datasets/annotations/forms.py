"""What a label file holds, before it is fitted to frames: a label a row, or segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dkva.datasets.reading import Note

__all__ = ["FrameLabels", "Segment", "SegmentList", "Truth", "listed", "of_classes", "plural"]


class Truth(NamedTuple):
    """True labels of a video.

    Attributes:
        labels: [n] of str, `NO_LABEL` for a frame without one.
        notes: how the file was understood.
    """

    labels: np.ndarray
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class FrameLabels:
    """One label a frame.

    Attributes:
        labels: [m], `NO_LABEL` for none.
        lines: line of the file for each label, or None for none; None if they are lines 1 to m.
        notes: how the file was understood.
        header: the first label, if it may be the name of the column: it never comes again.
        named: it is such a name, in a spreadsheet.
        timed: the same by time, for a video of another number of frames; None if times are not known.
    """

    labels: Sequence[str]
    lines: Sequence[int | None] | None = None
    notes: tuple[Note, ...] = ()
    header: str | None = None
    named: bool = False
    timed: SegmentList | None = None


class Segment(NamedTuple):
    """One action from `start` to `end`, in the unit of its list; `line` says where it stands."""

    start: float
    end: float
    label: str
    line: int | None = None


@dataclass(frozen=True)
class SegmentList:
    """Segments as they stand in a file.

    Attributes:
        segments: in the order of the file.
        unit: "frames", "seconds", or "whole" for whole numbers that are frames or milliseconds.
        form: what the file is, such as "a list of segments".
        ends: "inclusive" or "exclusive" if the file says so, "usually inclusive" for "1-75", or None.
        fps: frames of the video a second, if the file says so.
        said: more of how the file was understood, for the note.
        notes: what else there is to say.
        lanes: what the segments are by, such as subjects, in the order of the segments; empty without.
    """

    segments: tuple[Segment, ...]
    unit: str
    form: str
    ends: str | None = None
    fps: float | None = None
    said: dict[str, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    lanes: tuple[str, ...] = ()


def plural(count: int, noun: str) -> str:
    """Such as "1 frame" or "2 frames"."""
    return f"{count} {noun}{'s' * (count != 1)}"


def of_classes(count: int) -> str:
    """Such as "1 class" or "2 classes"."""
    return f"{count} class{'es' * (count != 1)}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names between commas, and how many more there are."""
    shown = ", ".join(name[:40] for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
