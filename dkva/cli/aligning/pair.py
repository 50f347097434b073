"""The first step of `dkva align`: two feature files become two videos of one activity."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.training.videos import known_activities

if TYPE_CHECKING:
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading

__all__ = ["check_activity", "check_two", "pair_of"]

_TWO = "give the feature files of the two videos to align"


def check_two(given: Sequence[Path]) -> None:
    """Raise click.ClickException if these are not two files."""
    if len(given) != 2:
        from dkva.datasets.annotations.forms import plural

        named = ", ".join(map(str, given))
        raise click.ClickException(f"{named}: {plural(len(given), 'video')} where two are needed; {_TWO}")
    for path in given:
        if not path.exists():
            raise click.ClickException(f"{path}: not found; check the path")
        if path.is_dir():
            raise click.ClickException(f"{path}: is a folder; {_TWO}")


def pair_of(given: Sequence[Path], reading: FeatureReading) -> tuple[VideoFile, VideoFile]:
    """Two files as videos, which have the names of their files, with folders if these are alike."""
    from dkva.datasets import VideoFile

    first, second = given
    one, other = _names(first, second)
    return VideoFile(one, first, reading=reading), VideoFile(other, second, reading=reading)


def _names(first: Path, second: Path) -> tuple[str, str]:
    one, other = ((*_folder(path).parts[1:], _stem(path)) for path in (first, second))
    if one == other:
        return (one[-1], other[-1]) if first.samefile(second) else (first.name, second.name)
    depth = next(depth for depth in itertools.count(1) if one[-depth:] != other[-depth:])
    return "/".join(one[-depth:]), "/".join(other[-depth:])


def _folder(path: Path) -> Path:
    return Path(os.path.abspath(path)).parent  # without "..", and links keep the names that they were given


def _stem(path: Path) -> str:
    from dkva.datasets.kinds import stem_of

    return stem_of(path) or path.stem


def check_activity(pair: Sequence[VideoFile], activity: str | None, several: Sequence[str] = ()) -> None:
    """Raise click.ClickException if names or folders show that the videos are not of one activity.

    Args:
        pair: the two videos.
        activity: of the model, which they must be of; None if it has none, or several.
        several: the activities of a model of several, of one of which they must be.
    """
    allowed = [activity] if activity else list(several)
    one, other = (_activity(video.path, pair, allowed) for video in pair)
    for video, found in zip(pair, (one, other), strict=True):
        if allowed and found not in (None, *allowed):
            raise click.ClickException(
                f"{video.path}: is of {found}, and the model was trained on {', '.join(allowed)}; give a "
                f"video of {'one of them' if several else activity}, or --mixed"
            )
    if one and other and one != other:
        raise click.ClickException(
            f"{pair[0].path}: is of {one}, and {pair[1].path} of {other}; give videos of one activity, or "
            "--mixed"
        )


def _activity(path: Path, pair: Sequence[VideoFile], allowed: Collection[str]) -> str | None:
    """The activity of a video, if its name, or its folder, is known to be one."""
    from dkva.datasets.activities import activity_in

    known = known_activities(None) | {*allowed}
    folders = {_folder(video.path) for video in pair}
    names = {folder.name for folder in folders}
    if len({folder.parent for folder in folders}) == 1 and names & {*allowed}:
        known |= names  # beside the activity's folder stand those of others
    return activity_in(f"{_folder(path).name}/{_stem(path)}", known)
