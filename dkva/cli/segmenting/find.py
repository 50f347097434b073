"""The first step of `dkva segment`: what the user names becomes videos, each by a name of its own."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.experiments.models import is_model

if TYPE_CHECKING:
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading, LabelReading

__all__ = ["Found", "find_videos", "is_own_table"]

# How the tables of an earlier run begin.
_OWN_TABLES = {
    "segments.csv": b"video,start,end",
    "summary.csv": b"scope,name,label",
    "transitions.csv": b"scope,name,from",
    "levels.csv": b"video,level,start",
}
_OWN_LABELS = (".labels.txt", ".labels.npy")

# And how those that have names of videos end.
_OWN_ENDINGS = {".matches.csv": b"frame_a,frame_b", ".retrieved.csv": b"video,frame,distance"}


@dataclass
class Found:
    """What was found.

    Attributes:
        videos: those that can be named.
        problems: one line for each of the others, and for labels that were not found.
        notes: what was passed over, one line each.
    """

    videos: list[VideoFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find_videos(
    given: tuple[Path, ...],
    labels: Path | None,
    mapping: Path | None,
    reading: FeatureReading,
    label_reading: LabelReading,
    *,
    but: Path | None = None,
    option: str = "--labels",
) -> Found:
    """The videos that can be named; nothing but file names and the mapping is read.

    A video whose labels are not found is cut all the same.

    Args:
        given: feature files, folders of them, or folders that hold features/.
        labels: folder of label files, or the label file of a single video; None without labels.
        mapping: file of allowed labels; None means the one beside the labels, if any.
        reading: how features are read.
        label_reading: how labels are read, but for the mapping.
        but: a feature file that is left out, and a note says so, if it is among them.
        option: where the labels were given.

    Raises:
        click.ClickException: labels or a mapping that cannot be used for any video.
    """
    found = Found()
    files = _feature_files(given, found)
    if but is not None:
        kept = {name: path for name, path in files.items() if os.path.realpath(path) != os.path.realpath(but)}
        if len(kept) < len(files):
            found.notes.append(f"{but}: is left out of the other videos")
        files = kept
    if labels is not None and not labels.exists():
        raise click.ClickException(f"{labels}: not found; check {option}")
    if not files:
        return found
    from dkva.datasets import DataError, LabelFiles, VideoFile, tried  # not before a mistyped path is told

    if labels is not None and labels.is_file() and len(files) > 1 and not is_own_table(labels):
        raise click.ClickException(f"{labels}: is one file for {len(files)} videos; give a folder")
    label_reading = _with_mapping(labels, mapping, label_reading, found)
    folder = LabelFiles(labels) if labels is not None and labels.is_dir() else None
    for name, path in files.items():
        truth = None if folder is not None else labels
        if folder is not None:
            try:
                truth = folder.find(name, but=path)
                if truth is None:
                    remedy = f"{tried(name)}; add them or leave {option} out"
                    found.problems.append(f"{labels}: has no labels for {name!r}; {remedy}")
            except DataError as error:
                found.problems.append(str(error))
        found.videos.append(VideoFile(name, path, truth, reading, label_reading))
    return found


def _with_mapping(
    labels: Path | None, mapping: Path | None, reading: LabelReading, found: Found
) -> LabelReading:
    from dkva.datasets import DataError, find_mapping, read_mapping

    path = mapping
    if path is None and labels is not None:
        path = find_mapping(labels)
    if path is None:
        return reading
    try:
        return replace(reading, mapping=read_mapping(path), mapping_path=path)
    except DataError as error:
        if mapping is not None:
            raise click.ClickException(str(error)) from error
        found.problems.append(str(error))  # nobody asked for it
        return reading


def _feature_files(given: tuple[Path, ...], found: Found) -> dict[str, Path]:
    """Feature files by name."""
    from dkva.datasets import DataError

    files: dict[str, Path] = {}
    for place in given:
        try:
            named = _named(place, found)
        except DataError as error:
            found.problems.append(str(error))
            continue
        for name, path in named:
            if name in files and files[name].resolve() != path.resolve():
                found.problems.append(
                    f"{path}: has the name of {files[name]}; remove one or take them in two runs"
                )
            else:
                files[name] = path
    return files


def _named(place: Path, found: Found) -> list[tuple[str, Path]]:
    from dkva.datasets import DataError

    if not place.exists():
        raise DataError(place, "not found", "check the path")
    from dkva.datasets import find_features
    from dkva.datasets.kinds import stem_of

    if not place.is_dir():
        return [(stem_of(place) or place.stem, place)]
    root = place / "features" if (place / "features").is_dir() else place
    passed = _passed_over(root)
    try:
        files = find_features(root)
    except DataError as error:
        if passed:
            raise DataError(root, f"holds no feature files, only {passed[0]}", passed[1]) from error
        raise
    if passed:
        found.notes.append(f"{root}: passed over {passed[0]}: {passed[1]}")
    kept = [(name, path) for name, path in files if not _is_own(path)]
    # Embedded frames that lie there alone are what is asked for.
    kept = [(name, path) for name, path in kept if not _is_embedded(path)] or kept
    own = {path.parent for _, path in files} - {path.parent for _, path in kept}
    if not kept:
        raise DataError(root, "holds results of dkva, no features", "give the folder of the features")
    found.notes.extend(f"{each}: passed over, as it holds results of dkva" for each in sorted(own))
    return kept


def _passed_over(root: Path) -> tuple[str, str] | None:
    """Files below a folder that people hold features in and that are not read, and what to do about them."""
    from dkva.datasets.kinds import UNREADABLE

    counts: Counter[str] = Counter()
    for _, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        suffixes = (os.path.splitext(name)[1].lower() for name in files if not name.startswith("."))
        counts.update(suffix for suffix in suffixes if suffix in UNREADABLE)
    if not counts:
        return None
    remedies = dict.fromkeys(UNREADABLE[suffix] for suffix in sorted(counts))
    total = counts.total()
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(counts.items()))
    return f"{total} file{'s' * (total != 1)} ({kinds})", "; ".join(remedies)


def _is_own(path: Path) -> bool:
    """Whether this is a result of an earlier run, or a model."""
    for suffix in _OWN_LABELS:
        if path.name.endswith(suffix) and path.with_name(path.name.removesuffix(suffix) + ".json").exists():
            return True
    return is_own_table(path) or (path.suffix == ".npz" and is_model(path))


def _is_embedded(path: Path) -> bool:
    """Whether these are embedded frames as `dkva embed` writes them, beside their document."""
    document = path.with_suffix(".json")
    if path.suffix != ".npy" or not document.exists():
        return False
    from dkva.export.embedding import is_foreign_embedding

    return not is_foreign_embedding(document, path)


def is_own_table(path: Path) -> bool:
    """Whether a file is a table as dkva writes it, by its name and its first line."""
    ending = "".join(path.suffixes[-2:])
    begins = _OWN_TABLES.get(path.name) or _OWN_ENDINGS.get(ending)
    if begins is None:
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(begins)) == begins
    except OSError:
        return False
