"""Label files by the names of their videos."""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

from dkva.base.written_exports import is_edited, is_export
from dkva.datasets.errors import DataError

__all__ = ["LabelFiles", "find_labels", "tried", "video_of"]

_SUFFIXES = (".txt", ".csv", ".tsv", ".eaf", ".npy", ".npz", ".annot", ".json", ".xml", ".xlsx", ".boris")

# Documents that a person corrected, which come before all others of the name.
_CORRECTED = ".corrected.json"

# Subtitles, which come after all others: they may be of what is said.
_SUBTITLES = (".vtt", ".srt")

_TAILS = tuple(
    mark + word
    for word in (
        "labels",
        "label",
        "gt",
        "groundtruth",
        "ground_truth",
        "annotations",
        "annotation",
        "events",
    )
    for mark in "_-."
)


# What DeepLabCut adds to the name of a recording.
_TRACKED = re.compile(r"DLC_.*$|(?<=.)DeepCut_.*$")


class LabelFiles:
    """The files below a folder of labels; each of its folders is listed once.

    Args:
        folder: where they lie, themselves or in sub-folders.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self._listed: dict[Path, dict[str, list[Path]]] = {}
        self._below: list[Path] | None = None

    def find(self, name: str, *, but: Path | None = None) -> Path | None:
        """Label file of a video: of its name, in its sub-folder, in none, or in another; None without one.

        Files count that are called NAME or NAME_labels, NAME_gt and the like (see `tried`), with a suffix of
        labels or none. A table of DeepLabCut, such as mouse1DLC_resnet50_..., has the labels of mouse1. Of
        several in one place NAME.corrected.json, which a person corrected, comes first, then a file that dkva
        wrote for another program and that was edited since, and last subtitles and such files as they were
        written.

        Args:
            name: of the video, with its sub-folder before a slash.
            but: a file that is none, such as the features'.

        Raises:
            DataError: two such files, in one place, that differ.
        """
        folder, _, alone = name.rpartition("/")
        for place in dict.fromkeys((self.folder / folder, self.folder)):
            found = self._in(place, alone, but)
            if found:
                return _one(found, name)
        if self._below is None:
            self._below = _folders(self.folder)
        below = _one([path for place in self._below for path in self._in(place, alone, but)], name)
        if below is None and (recording := _TRACKED.sub("", alone)) != alone and recording:
            return self.find(f"{folder}/{recording}".lstrip("/"), but=but)
        return below

    def passed_over(self, found: Path, name: str, *, but: Path | None = None) -> list[Path]:
        """Label files of a video that what a person corrected comes before; none beside another file.

        Args:
            found: what `find` gave.
            name: as there.
            but: likewise.
        """
        rank = _rank(found)
        if rank > _EDITED:
            return []
        alone = name.rpartition("/")[2]
        return [path for path in self._in(found.parent, alone, but) if rank < _rank(path) < _SAID]

    def names(self) -> list[str]:
        """Names of the videos that its files are of, with sub-folders before a slash, sorted.

        Files count that have a suffix of labels or none; hidden ones do not.
        """
        named = ((below, video_of(name)) for below, name in self._all)
        return sorted({(below / name).as_posix() for below, name in named if name})

    def others(self) -> list[str]:
        """The files whose suffix is none of labels, by their paths in the folder, sorted; no hidden ones."""
        return sorted((below / name).as_posix() for below, name in self._all if video_of(name) is None)

    @functools.cached_property
    def _all(self) -> list[tuple[Path, str]]:
        """Folders and names of all files but hidden ones."""
        found: list[tuple[Path, str]] = []
        for here, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = Path(here).relative_to(self.folder)
            found += [(below, unicodedata.normalize("NFC", name)) for name in files if name[:1] != "."]
        return found

    def _in(self, folder: Path, alone: str, but: Path | None) -> list[Path]:
        if folder not in self._listed:
            self._listed[folder] = _by_stem(folder)
        found = self._listed[folder].get(unicodedata.normalize("NFC", alone), [])
        return [path for path in found if but is None or not _same_file(path, but)]


def video_of(name: str) -> str | None:
    """Name of the video that a label file is of; None if its suffix is no label file's."""
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if os.path.splitext(bare)[1].lower() not in ("", *_SUFFIXES, *_SUBTITLES):
        return None
    return min(_stems(name), key=len)


def find_labels(folder: str | Path, name: str, *, but: Path | None = None) -> Path | None:
    """Label file of one video; see `LabelFiles.find`, which is faster for many."""
    return LabelFiles(folder).find(name, but=but)


def tried(name: str) -> str:
    """Names that `find_labels` looks for, for messages."""
    alone = _TRACKED.sub("", name.rsplit("/", 1)[-1])
    shown = ", ".join(f"{alone}{suffix}" for suffix in ("", *_SUFFIXES[:5]))
    return f"tried {shown}, {alone}_labels.txt, {alone}_gt.txt and the like, also .gz"


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[:1] != ".")
    except OSError:
        return []


def _by_stem(folder: Path) -> dict[str, list[Path]]:
    """Files of a folder by the names of the videos that they may be of."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name[:1] != "." and entry.is_file())
    except OSError:
        return found
    for name in names:
        for stem in _stems(unicodedata.normalize("NFC", name)):
            found[stem].append(folder / name)
    return found


def _stems(name: str) -> set[str]:
    bare = name[:-3] if name.lower().endswith(".gz") else name
    whole = {name, bare}
    known = (*_SUFFIXES, *_SUBTITLES, _CORRECTED)
    whole |= {bare[: -len(suffix)] for suffix in known if bare.lower().endswith(suffix)}
    cut = {stem[: -len(tail)] for stem in whole for tail in _TAILS if stem.lower().endswith(tail)}
    return {stem for stem in whole | cut if stem}


def _same_file(path: Path, other: Path) -> bool:
    return path.absolute() == other.absolute() or path.resolve() == other.resolve()


def _one(found: list[Path], name: str) -> Path | None:
    """The first of files that are all alike, but for those that another comes before.

    Raises:
        DataError: two that differ.
    """
    first = min(map(_rank, found), default=0)
    found = sorted((path for path in found if _rank(path) == first), key=lambda path: (len(path.name), path))
    for other in found[1:]:
        if not _alike(found[0], other):
            where = other.name if other.parent == found[0].parent else f"{other.parent.name}/{other.name}"
            raise DataError(found[0], f"and {where} may both be the labels of {name!r}", "keep one of them")
    return found[0] if found else None


# Which of several label files comes first.
_EDITED, _USUAL, _SAID, _EXPORTED = 1, 2, 3, 4


def _rank(path: Path) -> int:
    if _is_corrected(path.name):
        return 0
    if is_export(path):
        return _EDITED if is_edited(path) else _EXPORTED
    return _SAID if path.name.lower().endswith(_SUBTITLES) else _USUAL


def _is_corrected(name: str) -> bool:
    return name.lower().endswith(_CORRECTED)


def _alike(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False
