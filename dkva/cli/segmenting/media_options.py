"""Options of `dkva segment` for what is made of the recording itself, and of what lies beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from dkva.cli.segmenting.exported import Exported

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["check_recorded", "clip_options", "page_option"]

_CLIP_OPTIONS = (
    click.option(
        "--chapters", is_flag=True, help="Write a copy of each recording with the segments as its chapters."
    ),
    click.option(
        "--clips",
        is_flag=True,
        help="Cut each recording into a file a segment, not compressed anew: a clip begins at the key frame "
        "before its segment, up to some seconds early.",
    ),
    click.option(
        "--reencode", is_flag=True, help="Compress the --clips anew, which cuts them to the very frame."
    ),
)

#: --html: the page.
page_option = click.option(
    "--html",
    is_flag=True,
    help="Write a page to look at the cut, name its actions, mend its boundaries and export it: one file "
    "that a browser opens without any network. With features --fps is needed.",
)


def clip_options(command: Callable) -> Callable:
    """What is made of recordings: --chapters, --clips, --reencode."""
    for option in reversed(_CLIP_OPTIONS):
        command = option(command)
    return command


def check_recorded(videos: Sequence[VideoFile], exported: Exported) -> None:
    """Raise click.ClickException if an option is given that one of the videos cannot have."""
    from dkva.cli.segmenting.recording import RecordingFile

    if exported.reencode and not exported.clips:
        raise click.ClickException("--reencode: is of --clips; give both, or leave it out")
    option = "--chapters" if exported.chapters else "--clips" if exported.clips else ""
    if not option:
        return
    for video in videos:
        if not isinstance(video, RecordingFile):
            raise click.ClickException(
                f"{option}: is of recordings, and {video.path} is a file of features; leave it out"
            )
        if video.path.is_dir():
            raise click.ClickException(
                f"{option}: is of files of video, and {video.path} is a folder of images; leave it out"
            )
