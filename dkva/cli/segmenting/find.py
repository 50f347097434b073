"""The first step of `dkva segment`: what the user names becomes videos, each by a name of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["Reading", "find_videos"]


@dataclass(frozen=True)
class Reading:
    """How files of videos are read; see the options of `dkva segment`.

    Attributes:
        lengths: length policy, one of `dkva.datasets.LENGTH_POLICIES`.
        transposed: whether feature files hold one column a frame.
        cache: whether parsed text is kept.
    """

    lengths: str = "error"
    transposed: bool = False
    cache: bool = True


def find_videos(
    given: tuple[Path, ...],
    labels: Path | None,
    mapping: Path | None,
    reading: Reading,
    out: Path,
) -> tuple[list[VideoFile], list[str]]:
    """The videos that can be named, and one line for each of the others.

    Args:
        given: feature files, folders of them, or folders that hold features/.
        labels: folder of label files, or the label file of a single video; None without labels.
        mapping: file of allowed labels; None means the one beside the labels, if any.
        reading: how files are read.
        out: where results are written; those of an earlier run are no videos.

    Raises:
        click.ClickException: labels or a mapping that cannot be used for any video.
    """
    from dkva.datasets import DataError, VideoFile, find_labels, find_mapping, read_mapping

    found, problems = _feature_files(given, out)
    if labels is not None and not labels.exists():
        raise click.ClickException(f"{labels}: not found; check --labels")
    if labels is not None and labels.is_file() and len(found) > 1:
        raise click.ClickException(f"{labels}: is one file for {len(found)} videos; give a folder")
    if mapping is None and labels is not None:
        mapping = find_mapping(labels)
    try:
        allowed = None if mapping is None else read_mapping(mapping)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    videos = []
    for name, path in found.items():
        truth = None
        if labels is not None:
            truth = labels if labels.is_file() else find_labels(labels, name)
            if truth is None:
                problems.append(f"{labels}: has no labels for {name!r}; add them or leave --labels out")
                continue
        how = (reading.lengths, reading.cache, reading.transposed)
        videos.append(VideoFile(name, path, truth, allowed, *how))
    return videos, problems


def _feature_files(given: tuple[Path, ...], out: Path) -> tuple[dict[str, Path], list[str]]:
    """Feature files by name, and what is wrong with the others."""
    from dkva.datasets import DataError

    found: dict[str, Path] = {}
    problems = []
    for place in given:
        try:
            named = _named(place, out)
        except DataError as error:
            problems.append(str(error))
            continue
        for name, path in named:
            if name in found and found[name].resolve() != path.resolve():
                problems.append(
                    f"{path}: has the name of {found[name]}; remove one or segment them in two runs"
                )
            else:
                found[name] = path
    return found, problems


def _named(place: Path, out: Path) -> list[tuple[str, Path]]:
    from dkva.datasets import DataError, find_features
    from dkva.datasets.features import stem_of

    if place.is_dir():
        root = place / "features" if (place / "features").is_dir() else place
        return [(name, path) for name, path in find_features(root) if not _is_own(root, path, out.resolve())]
    if place.exists():
        return [(stem_of(place) or place.stem, place)]
    raise DataError(place, "not found", "check the path")


def _is_own(root: Path, path: Path, out: Path) -> bool:
    """Whether this is a result of an earlier run whose output lies in the folder of features."""
    inside = root.resolve() in out.parents and out in path.resolve().parents
    return inside or path.resolve() == out / "segments.csv"
