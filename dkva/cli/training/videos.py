"""The first step of `dkva train`: the videos, each of an activity, read and compared before hours of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import click

from dkva.cli.segmenting.work import told
from dkva.experiments.keys import digest_of

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from dkva.datasets import VideoFile
    from dkva.experiments.learners import Member

__all__ = ["TrainingSet", "chosen_videos", "known_activities", "read_all"]

# The activity of videos that have none, or several.
_ANY = "any"


@dataclass
class TrainingSet:
    """Videos that were read.

    Attributes:
        members: those that can be used.
        lengths: frames of each, by its file.
        widths: numbers of features that they have, each with its files.
        problems: what is wrong with others, or with all together, one line each.
        notes: what readers have to say of each, one line each.
    """

    members: list[Member] = field(default_factory=list)
    lengths: dict[Path, int] = field(default_factory=dict)
    widths: dict[int, list[Path]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)


def chosen_videos(
    videos: Sequence[VideoFile],
    activity: str | None,
    *,
    mixed: bool,
    several: bool = False,
    some: bool = False,
) -> list[tuple[VideoFile, str | None]]:
    """The videos to train on, by name, each with its activity, None without one; only names are looked at.

    Args:
        videos: that were found.
        activity: to choose; None takes all videos.
        mixed: whether those of several activities are taken as if they were of one, and none is known.
        several: whether a model may be of several activities.
        some: whether it may then be of videos without one, too: if there are such, none is known of any.

    Raises:
        click.ClickException: an activity that no video is of, or several where the model is of one, or where
            not every video has one.
    """
    ordered = sorted(videos, key=lambda video: video.name)
    chosen = [(video, _activity(video, activity)) for video in ordered]
    counted = _counted(found for _, found in chosen)
    if activity is not None:
        if not any(found == activity for _, found in chosen):
            raise click.ClickException(f"--activity {activity}: no video is of it; there are {counted}")
        return [(video, found) for video, found in chosen if found == activity]
    if several and all(found is None for _, found in chosen):
        chosen = _by_folder(ordered)
    activities = {found for _, found in chosen}
    if len(activities) < 2:
        return chosen
    if mixed or (several and some and None in activities):
        return [(video, None) for video, _ in chosen]
    if several and None in activities:
        raise click.ClickException(
            f"the videos are of several activities, {counted}: lay each in a folder with the name of its "
            "activity, or take one by --activity, or all as one by --mixed"
        )
    if not several:
        raise click.ClickException(
            f"the videos are of several activities, {counted}: take one by --activity, or all as one by "
            "--mixed"
        )
    return chosen


def _by_folder(videos: Sequence[VideoFile]) -> list[tuple[VideoFile, str | None]]:
    """Videos whose names have no activity, each with the folder it lies in, if they lie in several."""
    folders = [video.path.absolute().parent.name for video in videos]
    return list(zip(videos, folders if len(set(folders)) > 1 else [None] * len(folders), strict=True))


def _activity(video: VideoFile, asked: str | None) -> str | None:
    """The activity that a video's name has, as names of the benchmarks have it, or else its folder."""
    from dkva.datasets.activities import activity_in

    return activity_in(video.name, known_activities(asked)) or video.activity


def known_activities(asked: str | None) -> set[str]:
    """The activities of the benchmarks, and the one that is asked for, if any."""
    from dkva.datasets.benchmarks import BENCHMARKS

    known = {
        name for each in BENCHMARKS.values() if isinstance(each.authors, Mapping) for name in each.authors
    }
    return known | ({asked} if asked else set())


def _counted(activities: Iterable[str | None]) -> str:
    from dkva.datasets.annotations.forms import listed, plural

    counts = Counter(activities)
    without = counts.pop(None, 0)
    named = [f"{name} ({counts[name]})" for name in sorted(filter(None, counts))]
    rest = [f"{plural(without, 'video')} without one in its name or folder"] if without else []
    return " and ".join([*([listed(named, most=12)] if named else []), *rest])


def read_all(
    videos: Iterable[tuple[VideoFile, str | None]], n_segments: int, *, supervised: bool
) -> TrainingSet:
    """Read every video and compare them.

    Arrays are kept, memory-mapped where their files can be, so that a learner may go over them many times.
    Each is shown to it as a video of its activity, whatever folder it lies in.

    Args:
        videos: to train on, each with its activity; None if it has none, or all are taken as one.
        n_segments: actions that are looked for: no video may have fewer frames.
        supervised: whether true labels are read, too.
    """
    found = TrainingSet()
    for video, activity in videos:
        name = f"{activity or _ANY}/{video.name.removeprefix(f'{activity}/')}"
        failed = told(video, partial(_add, found, video, name, supervised=supervised))
        if failed is not None:
            found.problems.append(str(failed.problem))
    found.problems += [*_too_short(found.lengths, n_segments), *_unlike(found.widths)]
    return found


def _add(found: TrainingSet, video: VideoFile, name: str, *, supervised: bool) -> None:
    """Read one video, which the learner knows by this name. Raises DataError, OSError."""
    from dkva.datasets import DataError
    from dkva.experiments.learners import Member

    features, notes = video.features_with_notes()
    arrays, said = [features], [note.text for note in notes]
    if supervised:
        read = video.truth_with_notes(*features.shape)
        if read is None:
            raise DataError(video.path, "has no true labels, which the method learns from", "leave it out")
        arrays.append(read.labels)
        said += [f"labels: {note.text}" for note in read.notes]
    found.members.append(Member(name, partial(_given, *arrays), digest_of(arrays)))
    found.notes[video.name] = said
    found.lengths[video.path] = len(features)
    found.widths.setdefault(features.shape[1], []).append(video.path)


def _given(features: np.ndarray, truth: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    return features, truth


def _too_short(lengths: Mapping[Path, int], n_segments: int) -> list[str]:
    """One line for all videos of fewer frames than actions are looked for."""
    from dkva.datasets.annotations.forms import plural

    short = sorted((n, path) for path, n in lengths.items() if n < n_segments)
    if not short:
        return []
    (least, path), *others = short
    more = f" (and {plural(len(others), 'more video')} too few)" if others else ""
    has = f"has {plural(least, 'frame')} for -k {n_segments}{more}"
    return [f"{path}: {has}; leave out what is too short, or ask for at most {least}"]


def _unlike(widths: Mapping[int, Sequence[Path]]) -> list[str]:
    """One line for each number of features but the one that most videos have."""
    from dkva.datasets.annotations.forms import plural

    if len(widths) < 2:
        return []
    usual, *others = sorted(widths, key=lambda width: -len(widths[width]))
    have = f"{plural(len(widths[usual]), 'video')} such as {widths[usual][0]} with {usual}"
    lines = []
    for width in others:
        path, *more = widths[width]
        alike = f" (and {plural(len(more), 'more video')})" if more else ""
        lines.append(
            f"{path}{alike}: has {plural(width, 'feature')}, beside {have}; give features made the same way, "
            "or choose with --columns"
        )
    return lines
