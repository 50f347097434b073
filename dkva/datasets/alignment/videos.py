"""A video of a released data set of alignment: its split, its features or poses, the phase of each frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dkva.base.video import Video
from dkva.datasets.errors import DataError
from dkva.datasets.features import load_features
from dkva.datasets.folder import find_features

__all__ = [
    "FEATURES",
    "SPLITS",
    "Activity",
    "AlignmentVideo",
    "Counts",
    "checked_phases",
    "checked_rows",
    "feature_files",
    "read_file",
]

#: Split here by what releases call it; the published figures are of "val".
SPLITS: Mapping[str, str] = {"train": "train", "val": "test"}

#: Folder of features that its user has computed, a file a video, beside what was released.
FEATURES = "features"


class Counts(NamedTuple):
    """Published numbers of videos."""

    train: int
    test: int


@dataclass(frozen=True)
class Activity:
    """What is published of an activity.

    Attributes:
        name: what it is called here.
        phases: how many there are.
        counts: numbers of videos by layout, as the releases differ in them.
        also: further names that releases give it.
    """

    name: str
    phases: int
    counts: Mapping[str, Counts]
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.also)


@dataclass(frozen=True)
class AlignmentVideo(Video):
    """A video; its name has its activity before the slash.

    Attributes:
        split: "train" or "test".
        path: the file that its phases are in.
        read_phases: gives the phase of each frame [n]; below 0 is no phase.
        read_features: gives features [n, d].
        joints: the last 3 * joints columns are joints in space, x, y and z of each.
        lacks: what is known to be missing before its features are read, or None.
    """

    split: str
    path: Path
    read_phases: Callable[[], np.ndarray] = field(compare=False, repr=False)
    read_features: Callable[[], np.ndarray] = field(compare=False, repr=False)
    joints: int = 0
    lacks: DataError | None = field(default=None, compare=False, repr=False)

    def phases(self) -> np.ndarray:
        """The phase of each frame [n], below 0 for none. Raises DataError as `load`."""
        return self.read_phases()

    def features(self) -> np.ndarray:
        """Features [n, d], float32. Raises DataError as `load`."""
        if self.lacks is not None:
            raise self.lacks
        return self.read_features()

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        """Features [n, d] and the phase of each frame [n].

        Raises:
            DataError: a file that is missing or cannot be used, or phases that do not fit the features.
        """
        features, phases = self.features(), self.phases()
        if len(features) != len(phases):
            raise DataError(
                self.path,
                f"has {len(phases)} labels of {self.name} for {len(features)} rows of features",
                "give one row of features for each labelled frame",
            )
        return features, phases


def checked_phases(path: Path, labels: object, what: str, remedy: str) -> np.ndarray:
    """Labels of a video as whole numbers [n].

    Args:
        path: the file they are in.
        labels: as they were read.
        what: what the error calls them.
        remedy: what to do about others.

    Raises:
        DataError: labels that are no whole numbers in a row, or none.
    """
    try:
        array = np.asarray(labels) if isinstance(labels, (np.ndarray, list)) else np.zeros(0)
    except ValueError:  # lists of unequal lengths
        array = np.zeros(0)
    if array.ndim != 1 or not len(array) or array.dtype.kind not in "iufb":
        raise DataError(path, f"{what} are no numbers in a row", remedy)
    with np.errstate(invalid="ignore"):  # what is no whole number of 64 bits differs from what it becomes
        whole = array.astype(np.int64)
    if not np.array_equal(whole, array):
        raise DataError(path, f"{what} are no whole numbers", remedy)
    return whole


def checked_rows(path: Path, rows: object, what: str, remedy: str) -> np.ndarray:
    """Features or poses of a video as float32 [n, d]; the joints [n, j, 3] of poses are put in a row.

    Arguments are those of `checked_phases`.

    Raises:
        DataError: no such array, or numbers that are not finite.
    """
    array = rows if isinstance(rows, np.ndarray) else np.zeros(0)
    if array.ndim not in (2, 3) or not array.size or array.dtype.kind not in "iuf":
        raise DataError(path, f"{what} are no numbers [frames, columns] or [frames, joints, 3]", remedy)
    with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is reported
        flat = array.reshape(len(array), -1).astype(np.float32)
    if not np.isfinite(flat).all():
        raise DataError(path, f"{what} hold numbers that are not finite", remedy)
    return flat


def feature_files(folder: Path) -> dict[str, Path]:
    """Feature files in the folder features/ of a release, by the video's name there; empty without it.

    Raises:
        DataError: two files for one video.
    """
    if not (folder / FEATURES).is_dir():
        return {}
    found: dict[str, Path] = {}
    for name, path in find_features(folder / FEATURES):
        video = name.rsplit("/", 1)[-1]
        if video in found:
            raise DataError(path, f"is a second file of video {video!r}", "remove one of them")
        found[video] = path
    return found


def read_file(path: Path) -> np.ndarray:
    """Features [n, d] of a feature file. Raises DataError as `dkva.datasets.load_features`."""
    return load_features(path).frames
