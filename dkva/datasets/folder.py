"""Data set folders: features/, groundTruth/ and mapping/ in, videos out, one at a time."""

from __future__ import annotations

import itertools
import operator
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload

import numpy as np

from dkva.base.video import Video
from dkva.datasets.annotations.forms import Truth
from dkva.datasets.errors import DataError
from dkva.datasets.features import load_features, stem_of
from dkva.datasets.label_files import LabelFiles, tried
from dkva.datasets.labels import load_labels
from dkva.datasets.mappings import find_mapping, read_mapping
from dkva.datasets.reading import FeatureReading, LabelReading, Note

__all__ = ["FeatureFolder", "VideoFile", "find_features"]


@dataclass(frozen=True)
class VideoFile(Video):
    """One video of a folder; nothing is read before it is asked for.

    Attributes:
        name: path of the feature file below its folder without suffix, such as "coffee/P03_cam01_P03_coffee".
        path: its feature file.
        labels_path: its label file, or None.
        reading: how the feature file is read.
        label_reading: how the label file is read.
        broken: what the folder's file names show to be wrong with it; see `FeatureFolder`'s `strict`.
    """

    path: Path
    labels_path: Path | None = None
    reading: FeatureReading = FeatureReading()  # noqa: RUF009 (it is frozen)
    label_reading: LabelReading = field(default=LabelReading(), repr=False)
    broken: tuple[DataError, ...] = field(default=(), repr=False)

    def load_features(self) -> np.ndarray:
        """Features [n, d] as the file holds them. Raises DataError as `features_with_notes`."""
        return self.features_with_notes()[0]

    def features_with_notes(self) -> tuple[np.ndarray, tuple[Note, ...]]:
        """Features [n, d], and notes of how the file was understood.

        Raises:
            DataError: a file that is missing or cannot be used.
        """
        frames, notes = load_features(self.path, self.reading)
        return frames, notes

    def truth_with_notes(self, n_frames: int, n_features: int | None = None) -> Truth | None:
        """True labels [n_frames], `NO_LABEL` for frames without one, and notes; None without a label file.

        Args:
            n_frames: rows of the features.
            n_features: columns of the features, to tell features that are transposed.

        Raises:
            DataError: as `load_labels`.
        """
        if self.labels_path is None:
            return None
        return load_labels(
            self.labels_path, n_frames, self.label_reading, video=self.name, n_features=n_features
        )

    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] and labels [n], or None for the labels if there is no file.

        Frames without a label have `NO_LABEL`: leave it out of scores.

        Raises:
            DataError: a file that is missing or cannot be used, or labels that do not fit the frames.
        """
        for error in self.broken:
            raise error
        features = self.load_features()
        truth = self.truth_with_notes(len(features), features.shape[1])
        return features, None if truth is None else truth.labels


def find_features(folder: str | Path) -> list[tuple[str, Path]]:
    """(name, path) of every feature file below a folder, sorted by name; hidden files are passed over.

    Two files that differ in their suffix alone have one name, and both are listed.

    Raises:
        DataError: a folder without feature files.
    """
    folder = Path(folder)
    found, seen = [], set()
    for here, folders, files in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(here))  # a link may lead back up
        kept = (name for name in folders if not name.startswith("."))
        folders[:] = [name for name in kept if os.path.realpath(os.path.join(here, name)) not in seen]
        for path in (Path(here, name) for name in files if not name.startswith(".")):
            stem = stem_of(path)
            if stem is not None:
                found.append(((path.relative_to(folder).parent / stem).as_posix(), path))
    if not found:
        raise DataError(
            folder, "holds no feature files", "give a folder of .npy, .npz, .csv or .txt files, for example"
        )
    return sorted(found)


class FeatureFolder(Sequence[VideoFile]):
    """The layout that all public releases share: features/, groundTruth/, mapping/mapping.txt.

    Feature files lie in features/ or in one sub-folder an activity. A sequence of `VideoFile`; only file
    names and the mapping are read here.

    Args:
        root: the folder that holds features/.
        lengths: what to do if a video has not as many labels as frames, one of `LENGTH_POLICIES`.
        force: let `lengths` act on large differences too.
        fps: rows of features a second, for labels with times in seconds.
        tier: ELAN tier or BORIS subject to take from label files that hold several.
        require_labels: False allows videos without a label file.
        cache: keep parsed text; see `read_features`.
        transposed: the feature files hold one column a frame.
        strict: False raises nothing for single files: a mapping that cannot be used is done without and
            noted in `problems`, a video without labels or with two feature files says so when it is loaded.

    Attributes:
        root: the folder.
        mapping: allowed labels and their numbers, or None.
        problems: what is wrong beside the videos.

    Raises:
        DataError: no features/ folder, no feature file in it; if strict also two files of one name, label
            files missing, or a mapping that cannot be used.
        ValueError: an unknown length policy, or rows a second that are no positive number.
    """

    def __init__(
        self,
        root: str | Path,
        *,
        lengths: str = "error",
        force: bool = False,
        fps: float | None = None,
        tier: str | None = None,
        require_labels: bool = True,
        cache: bool = True,
        transposed: bool = False,
        strict: bool = True,
    ):
        labels = LabelReading(lengths=lengths, force=force, fps=fps, tier=tier)
        reading = FeatureReading(transposed=transposed, cache=cache)
        self.root = Path(root)
        features = self.root / "features"
        if not features.is_dir():
            raise DataError(self.root, "has no folder features/", "give the folder that holds it")
        mapping_path = find_mapping(features)
        self.mapping: dict[str, int] | None = None
        self.problems: tuple[DataError, ...] = ()
        try:
            self.mapping = None if mapping_path is None else read_mapping(mapping_path)
        except DataError as error:
            if strict:
                raise
            self.problems = (error,)
        labels = replace(
            labels, mapping=self.mapping, mapping_path=None if self.mapping is None else mapping_path
        )
        truth = LabelFiles(self.root / "groundTruth")
        self._videos: list[VideoFile] = []
        for name, files in itertools.groupby(find_features(features), key=operator.itemgetter(0)):
            path, *others = (path for _, path in files)
            broken = [
                DataError(other, f"is a second file of video {name!r}", "remove one of them")
                for other in others
            ]
            found = None
            try:
                found = truth.find(name)
            except DataError as error:
                broken.append(error)
            if strict and broken:
                raise broken[0]
            if found is None and require_labels and not strict and not broken[len(others) :]:
                missing = truth.folder / name.rsplit("/", 1)[-1]
                broken.append(DataError(missing, "not found", f"add the label file ({tried(name)})"))
            self._videos.append(VideoFile(name, path, found, reading, labels, tuple(broken)))
        if strict and require_labels:
            self._demand_labels(truth.folder)

    def _demand_labels(self, truth: Path) -> None:
        missing = [video.name for video in self._videos if video.labels_path is None]
        if missing:
            shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            raise DataError(truth, f"has no labels for {shown}", "add them or do without labels")

    @overload
    def __getitem__(self, index: int) -> VideoFile: ...
    @overload
    def __getitem__(self, index: slice) -> list[VideoFile]: ...
    def __getitem__(self, index):
        return self._videos[index]

    def __len__(self) -> int:
        return len(self._videos)

    def __iter__(self) -> Iterator[VideoFile]:
        return iter(self._videos)
