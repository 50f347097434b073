"""The first step of `dkva retrieve`: a feature file and a frame of it, and the videos to search."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.terminal import remark

if TYPE_CHECKING:
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading

__all__ = ["check_frame", "others_than", "query_video"]


def query_video(path: Path, reading: FeatureReading) -> VideoFile:
    """The video of a feature file, by its name. Raises click.ClickException if it is none."""
    if not path.exists():
        raise click.ClickException(f"{path}: not found; check the path")
    if path.is_dir():
        raise click.ClickException(f"{path}: is a folder; give the feature file of the video to ask with")
    from dkva.datasets import VideoFile
    from dkva.datasets.kinds import stem_of

    return VideoFile(stem_of(path) or path.stem, path, reading=reading)


def others_than(query: VideoFile, videos: Sequence[VideoFile]) -> list[VideoFile]:
    """The videos to search: all but the query itself, of which a note says that it is passed over.

    Raises:
        click.ClickException: no other video.
    """
    mine = os.path.realpath(query.path)
    others = [video for video in videos if os.path.realpath(video.path) != mine]
    if not others:
        raise click.ClickException(f"{query.path}: is the only video; give others to search")
    if len(others) < len(videos):
        remark(f"{query.path}: is not searched, as it is what is asked with")
    return others


def check_frame(query: VideoFile, frame: int, n_frames: int) -> None:
    """Raise click.ClickException for a frame that the video does not have."""
    if frame >= n_frames:
        raise click.ClickException(
            f"{query.path}: has no frame {frame}; they are 0 to {n_frames - 1}, one a row of features"
        )
