"""The first step of `dkva segment`: what the user names becomes videos, each by a name of its own."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.segmenting.images_beside import beside_features, beside_recordings
from dkva.experiments.models import is_model

if TYPE_CHECKING:
    from dkva.cli.segmenting.recording_reading import RecordingReading
    from dkva.datasets import DataError, VideoFile
    from dkva.datasets.reading import FeatureReading, LabelReading

__all__ = ["Found", "find_videos", "is_own_table", "mixed_folder", "of_recordings"]

# How the tables of an earlier run begin.
_OWN_TABLES = {
    "segments.csv": b"video,start,end",
    "clips.csv": b"file,clip_start_time",
    "summary.csv": b"scope,name,label",
    "transitions.csv": b"scope,name,from",
    "levels.csv": b"video,level,start",
}
_OWN_LABELS = (".labels.txt", ".labels.npy")

# And how those that have names of videos end.
_OWN_ENDINGS = {".matches.csv": b"frame_a,frame_b", ".retrieved.csv": b"video,frame,distance"}

# Files for other programs that have the suffix of features, and how they begin.
_OWN_EXPORTS = {
    ".ffmetadata.txt": re.compile(rb";FFMETADATA1\n"),
    ".losslesscut.csv": re.compile(rb"\d+\.\d{6},\d+\.\d{6},"),
}


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

    @property
    def recorded(self) -> bool:
        """Whether some of the videos are recordings."""
        from dkva.cli.segmenting.recording import RecordingFile

        return any(isinstance(video, RecordingFile) for video in self.videos)


def find_videos(
    given: tuple[Path, ...],
    labels: Path | None,
    mapping: Path | None,
    reading: FeatureReading,
    label_reading: LabelReading,
    *,
    but: Path | None = None,
    option: str = "--labels",
    recording: RecordingReading | None = None,
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
        recording: how recordings are read, which are then videos, too: files, folders of images, and what a
            folder without features holds of either; None takes features alone.

    Raises:
        click.ClickException: labels or a mapping that cannot be used for any video.
    """
    found = Found()
    files = _files(given, found, recordings=recording is not None)
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
                else:
                    others = folder.passed_over(truth, name, but=path)
                    found.notes += [f"{each}: passed over, as {truth.name} is beside it" for each in others]
            except DataError as error:
                found.problems.append(str(error))
        if recording is not None and (_is_recording(path) or _is_of_no_kind(path)):
            from dkva.cli.segmenting.recording import RecordingFile

            found.videos.append(RecordingFile(name, path, truth, reading, label_reading, recording=recording))
        else:
            found.videos.append(VideoFile(name, path, truth, reading, label_reading))
    return found


def of_recordings(place: Path) -> bool:
    """Whether what is given is a recording, or a folder that holds some and no features.

    A file whose name does not say what it is is opened.
    """
    if _is_recording(place):
        return True
    if _is_of_no_kind(place):
        from dkva.datasets import DataError

        try:
            _check_opens(place)
        except DataError:
            return False
        return True
    if not place.is_dir():
        return False
    root = _root(place)
    return not _own_features(root) and bool(_recordings_below(root))


def mixed_folder(place: Path) -> DataError | None:
    """What is wrong with a folder of images that also holds features; None if it is no such folder."""
    if not place.is_dir():
        return None
    root = _root(place)
    return beside_features(root, _own_features(root))


def _own_features(root: Path) -> list[Path]:
    """Feature files of a folder; none if there is none."""
    from dkva.datasets import DataError

    try:
        kept, _ = _features_below(root)
    except DataError:
        return []
    return [path for _, path in kept]


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


def _files(given: tuple[Path, ...], found: Found, *, recordings: bool) -> dict[str, Path]:
    """Feature files, and recordings if they are taken, by name."""
    from dkva.datasets import DataError

    files: dict[str, Path] = {}
    for place in given:
        try:
            named = _named(place, found, recordings)
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


def _named(place: Path, found: Found, recordings: bool) -> list[tuple[str, Path]]:
    from dkva.datasets import DataError

    if not place.exists():
        raise DataError(place, "not found", "check the path")
    from dkva.datasets.kinds import stem_of

    if recordings and _is_of_no_kind(place):
        _check_opens(place)
    if recordings and _is_recording(place):
        return [(place.resolve().name if place.is_dir() else place.stem, place)]
    if not place.is_dir():
        return [(stem_of(place) or place.stem, place)]
    root = _root(place)
    passed = _passed_over(root)
    kept: list[tuple[str, Path]] = []
    own: set[Path] = set()
    problem = None
    try:
        kept, own = _features_below(root)
    except DataError as error:
        problem = error
    if not kept and recordings and (filmed := _recordings_below(root)):
        found.notes += beside_recordings([path for _, path in filmed])
        return filmed
    if not kept and recordings and _holds_one_image(root):
        raise DataError(root, "holds a single image", "give a recording, or a folder of two or more")
    if problem is not None and passed:
        raise DataError(root, f"holds no feature files, only {passed[0]}", passed[1]) from problem
    if problem is not None:
        raise problem
    if passed:
        found.notes.append(f"{root}: passed over {passed[0]}: {passed[1]}")
    if not kept:
        raise DataError(root, "holds results of dkva, no features", "give the folder of the features")
    if recordings and (mixed := beside_features(root, [path for _, path in kept])):
        found.notes.append(f"{root}: {mixed.problem}, which are passed over: {mixed.remedy}")
    found.notes.extend(f"{each}: passed over, as it holds results of dkva" for each in sorted(own))
    return kept


def _root(place: Path) -> Path:
    return place / "features" if (place / "features").is_dir() else place


def _features_below(root: Path) -> tuple[list[tuple[str, Path]], set[Path]]:
    """Features below a folder, and folders that hold results of dkva. Raises DataError if it has neither."""
    from dkva.datasets import find_features

    files = find_features(root)
    kept = [(name, path) for name, path in files if not _is_own(path)]
    # Embedded frames that lie there alone are what is asked for.
    kept = [(name, path) for name, path in kept if not _is_embedded(path)] or kept
    return kept, {path.parent for _, path in files} - {path.parent for _, path in kept}


def _is_recording(path: Path) -> bool:
    """Whether this is a recording, or a still image that is given for one, and no pictures of results."""
    from dkva.recordings.kinds import IMAGE_SUFFIXES, is_recording

    if path.is_dir():
        return is_recording(path) and not _holds_results(path)
    return is_recording(path) or path.suffix.lower() in IMAGE_SUFFIXES


def _holds_one_image(folder: Path) -> bool:
    from dkva.recordings.kinds import image_files

    return len(image_files(folder)) == 1


def _is_of_no_kind(path: Path) -> bool:
    """Whether this is a file whose name says neither that it is a recording nor what else it may be."""
    from dkva.datasets.kinds import UNREADABLE, stem_of

    known = path.suffix.lower() in UNREADABLE or stem_of(path) is not None
    return not known and path.is_file() and not _is_recording(path)


def _check_opens(path: Path) -> None:
    """Raise DataError if a file whose name does not say what it is is no recording."""
    from dkva.datasets import DataError
    from dkva.recordings.containers import check_opens
    from dkva.recordings.errors import RecordingError

    try:
        check_opens(path)
    except RecordingError as error:
        raise DataError(
            path,
            f"is no known kind of feature file, and as a recording it {error.problem}",
            f"{error.remedy}, or give features, such as .npy, .npz, .csv or .txt",
        ) from error


def _holds_results(folder: Path) -> bool:
    """Whether a folder's images are pictures of dkva's, which stand beside documents of the same name."""
    documents = {path.stem for path in folder.glob("*.json")}
    return any(path.stem in documents for path in folder.glob("*.png"))


def _recordings_below(root: Path) -> list[tuple[str, Path]]:
    """(name, path) of every recording below a folder, sorted; hidden ones and results are passed over."""
    from dkva.cli.segmenting.chaptered_copy import is_chaptered_copy
    from dkva.cli.segmenting.clip_files import is_clips_folder
    from dkva.recordings.kinds import is_recording

    found: list[tuple[str, Path]] = []
    seen: set[str] = set()
    for here, folders, files in os.walk(root, followlinks=True):
        seen.add(os.path.realpath(here))  # a link may lead back up
        kept = [Path(here, name) for name in folders if not name.startswith(".")]
        kept = [path for path in kept if os.path.realpath(path) not in seen and not is_clips_folder(path)]
        images = [path for path in kept if _is_recording(path)]
        folders[:] = [path.name for path in kept if path not in images]
        filmed = [Path(here, name) for name in files if not name.startswith(".")]
        filmed = [path for path in filmed if is_recording(path) and not is_chaptered_copy(path)]
        found += [(path.relative_to(root).as_posix(), path) for path in images]
        found += [((path.relative_to(root).parent / path.stem).as_posix(), path) for path in filmed]
    return sorted(found)


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
    return is_own_table(path) or _is_own_export(path) or (path.suffix == ".npz" and is_model(path))


def _is_own_export(path: Path) -> bool:
    """Whether a file is one for another program as dkva writes it, by its name and its first line."""
    begins = _OWN_EXPORTS.get("".join(path.suffixes[-2:]))
    if begins is None:
        return False
    try:
        with path.open("rb") as file:
            return begins.match(file.readline(100)) is not None
    except OSError:
        return False


def _is_embedded(path: Path) -> bool:
    """Whether these are embedded frames as `dkva embed` writes them, beside their document."""
    document = path.with_suffix(".json")
    if path.suffix != ".npy" or not os.path.exists(document):  # False of a name that cannot be
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
