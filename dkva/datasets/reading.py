"""How files are read, and what a reader has to say of them: settings in, notes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from dkva.base.checks import check_choice

__all__ = ["LENGTH_POLICIES", "MISSING", "NO_LABEL", "FeatureReading", "LabelReading", "Note"]

#: What to do if there are not as many labels as frames, by name. Labels are fitted, features never are:
#: "error" refuses; "trim" cuts labels at the end, and leaves frames at the end without one; "pad" cuts
#: labels at the end or repeats the last; "center" takes the labels in the middle, for features that were
#: computed over a centred window; "resample" takes, for each frame, the label of its time, for labels of
#: another rate; "authors" fits as the paper's program does: as "pad", whatever the difference.
LENGTH_POLICIES = ("error", "trim", "pad", "center", "resample", "authors")

#: What to do with values that are missing (empty cells, NaN): refuse, or interpolate over time.
MISSING = ("error", "interpolate")

#: Label of a frame that has none: before, between and after annotated segments. It is never scored.
NO_LABEL = ""


@dataclass(frozen=True)
class Note:
    """What a reader did, or met, that its user should know.

    Attributes:
        name: of its field in a document, such as "left_out".
        text: one line for people, without the name of the file.
        value: the same for programs, plain enough for JSON.
    """

    name: str
    text: str
    value: object


@dataclass(frozen=True)
class FeatureReading:
    """How feature files are read.

    Attributes:
        transposed: they hold one column a frame.
        columns: only these columns, by name, number from 1, or range such as "3-8"; empty means all that are
            features.
        drop: columns to leave out beside those that are no features.
        missing: one of `MISSING`.
        array: the array to take of a file that holds several, by name.
        cache: whether parsed text is kept.

    Raises:
        ValueError: an unknown choice of `missing`, or both `columns` and `drop`.
    """

    transposed: bool = False
    columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    missing: str = "error"
    array: str | None = None
    cache: bool = True

    def __post_init__(self):
        check_choice("missing", self.missing, MISSING)
        if self.columns and self.drop:
            raise ValueError("columns and drop are both given: name what to keep or what to leave out")


@dataclass(frozen=True)
class LabelReading:
    """How label files are read.

    Attributes:
        mapping: allowed labels and their numbers; None allows all.
        mapping_path: where the mapping is from, for messages.
        lengths: one of `LENGTH_POLICIES`.
        force: let the policy act on large differences too.
        fps: frames (rows of features) a second, for labels with times in seconds.
        tier: ELAN tier or BORIS subject to take from a file that holds several.
        times: when each of F frames is first shown, in seconds, and the end of the last [F + 1]: labels with
            times in seconds go by these, and by `fps`, their average, beyond the end.

    Raises:
        ValueError: an unknown policy, frames a second that are no positive number, or times without these.
    """

    mapping: Mapping[str, int] | None = field(default=None, repr=False)
    mapping_path: Path | None = None
    lengths: str = "error"
    force: bool = False
    fps: float | None = None
    tier: str | None = None
    times: Float64[np.ndarray, " n_times"] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        check_choice("length policy", self.lengths, LENGTH_POLICIES)
        if self.fps is not None and not 0 < self.fps < float("inf"):
            raise ValueError(f"fps is {self.fps}: give the frames a second, above 0")
        if self.times is not None and self.fps is None:
            raise ValueError("times of frames are given without fps: give the average, too")
