"""Data set folders: features/, groundTruth/ and mapping/ in, videos out, one at a time."""

from __future__ import annotations

import glob
import itertools
import operator
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

import numpy as np

from dkva.base.checks import check_choice
from dkva.base.video import Video
from dkva.datasets.errors import DataError
from dkva.datasets.features import read_features, stem_of
from dkva.datasets.labels import LENGTH_POLICIES, fit_lengths, read_labels, read_mapping

__all__ = ["FeatureFolder", "VideoFile", "find_features", "find_labels", "find_mapping"]

_LABEL_SUFFIXES = ("", ".txt", ".txt.gz", ".gz")


@dataclass(frozen=True)
class VideoFile(Video):
    """One video of a folder; nothing is read before it is asked for.

    Attributes:
        name: path of the feature file below its folder without suffix, such as "coffee/P03_cam01_P03_coffee".
        path: its feature file.
        labels_path: its label file, or None.
        mapping: allowed labels, or None.
        lengths: length policy, one of `LENGTH_POLICIES`.
        cache: whether parsed text is kept; see `read_features`.
        transposed: whether the file holds one column a frame.
        broken: what the folder's file names show to be wrong with it; see `FeatureFolder`'s `strict`.
    """

    path: Path
    labels_path: Path | None = None
    mapping: Mapping[str, int] | None = field(default=None, repr=False)
    lengths: str = "error"
    cache: bool = True
    transposed: bool = False
    broken: tuple[DataError, ...] = field(default=(), repr=False)

    def load_features(self) -> np.ndarray:
        """Features [n, d] as the file holds them. Raises DataError as `read_features`."""
        return read_features(self.path, cache=self.cache, transposed=self.transposed)

    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] and labels [n] of one length, or None for the labels where there is no file.

        Raises:
            DataError: a file that is missing or cannot be used, or unequal lengths under the policy "error".
        """
        for error in self.broken:
            raise error
        features = self.load_features()
        if self.labels_path is None:
            return features, None
        labels = read_labels(self.labels_path, self.mapping)
        return fit_lengths(features, labels, self.lengths, self.labels_path)


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
            folder, "holds no feature files", "give a folder of .txt, .txt.gz, .npy or .npz files"
        )
    return sorted(found)


def find_labels(folder: str | Path, name: str) -> Path | None:
    """Label file of a video below a label folder: of its name, in its sub-folder, in none, or in just one."""
    folder = Path(folder)
    alone = name.rsplit("/", 1)[-1]
    forms = [unicodedata.normalize(form, n) for n in (name, alone) for form in ("NFC", "NFD")]  # macOS: NFD
    for candidate in dict.fromkeys((name, alone, *forms)):
        for suffix in _LABEL_SUFFIXES:
            path = folder / (candidate + suffix)
            if path.is_file():
                return path
    below = [path for suffix in _LABEL_SUFFIXES for path in folder.glob(f"*/{glob.escape(alone + suffix)}")]
    return below[0] if len(below) == 1 else None


def find_mapping(labels: str | Path) -> Path | None:
    """mapping/mapping.txt beside a label folder or file, or beside a folder above it; None without one."""
    for above in Path(labels).resolve().parents:
        path = above / "mapping" / "mapping.txt"
        if path.is_file():
            return path
    return None


class FeatureFolder(Sequence[VideoFile]):
    """The layout that all public releases share: features/, groundTruth/, mapping/mapping.txt.

    Feature files lie in features/ or in one sub-folder an activity. A sequence of `VideoFile`; only file
    names and the mapping are read here.

    Args:
        root: the folder that holds features/.
        lengths: what to do when a video has not as many labels as frames: "error" (default), "trim",
            "pad" or "authors"; see `LENGTH_POLICIES`.
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
        ValueError: an unknown length policy.
    """

    def __init__(
        self,
        root: str | Path,
        *,
        lengths: str = "error",
        require_labels: bool = True,
        cache: bool = True,
        transposed: bool = False,
        strict: bool = True,
    ):
        check_choice("length policy", lengths, LENGTH_POLICIES)
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
        truth = self.root / "groundTruth"
        self._videos: list[VideoFile] = []
        for name, files in itertools.groupby(find_features(features), key=operator.itemgetter(0)):
            path, *others = (path for _, path in files)
            labels = find_labels(truth, name)
            broken = [
                DataError(other, f"is a second file of video {name!r}", "remove one of them")
                for other in others
            ]
            if strict and broken:
                raise broken[0]
            if labels is None and require_labels and not strict:
                missing = truth / name.rsplit("/", 1)[-1]
                broken.append(DataError(missing, "not found", "add the label file, with or without .txt"))
            self._videos.append(
                VideoFile(name, path, labels, self.mapping, lengths, cache, transposed, tuple(broken))
            )
        if strict and require_labels:
            self._demand_labels(truth)

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
