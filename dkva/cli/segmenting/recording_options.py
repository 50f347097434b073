"""Options of `dkva segment` that are of recordings or in seconds, and what does not go with what is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from dkva.cli.segment_types import SECONDS
from dkva.cli.segmenting.find import mixed_folder, of_recordings
from dkva.cli.segmenting.further_files import EXPORTS
from dkva.cli.segmenting.recording_reading import RecordingReading, rate_for
from dkva.cli.shared_options import READING

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = [
    "FPS",
    "check_times",
    "export_option",
    "recording_options",
    "recording_reading",
    "shortest_option",
]

#: What --fps is, of whatever is given.
FPS = (
    "Of a recording: frames a second that are taken of it; by default 5, or 10 if --shortest is under 3 s. "
    "Of features, or a folder of images: frames a second, for labels and results in seconds."
)

#: Options of recordings alone, by the names of their parameters.
ENCODING = ("encoder", "size", "weights")

_ENCODERS = (
    click.option(
        "--encoder",
        metavar="NAME",
        help="What makes features of a recording's frames: efficientnet-lite0 (the default if its package is "
        "installed), pixels, colour, pose, torchvision:NAME with --weights, or onnx:FILE.",
    ),
    click.option(
        "--size",
        type=click.IntRange(1),
        metavar="PIXELS",
        help="Side to which frames are scaled for the encoder; 224 suits the scenes of a film.",
    ),
    click.option(
        "--weights",
        type=click.Path(path_type=Path),
        help="File of the weights of an encoder torchvision:NAME.",
    ),
)

#: --shortest: the shortest action of interest.
shortest_option = click.option(
    "--shortest",
    type=SECONDS,
    help="Shortest action of interest, such as 2s: frames are averaged over a fifth of it (standard "
    "deviation), in place of the method's own smoothing; 3 s by default for recordings cut by the default "
    "method. With features, or a folder of images, --fps is needed, too.",
)

#: --export: files for other programs.
export_option = click.option(
    "--export",
    "exports",
    type=click.Choice(list(EXPORTS)),
    multiple=True,
    help="Write files for other programs, too: subtitles (WebVTT, SubRip), chapters for FFmpeg, annotations "
    "for ELAN or BORIS, time lines for video editors (OpenTimelineIO), rows for LosslessCut; may be "
    "repeated. With features --fps is needed.",
)


def recording_options(command: Callable) -> Callable:
    """How recordings become features: --encoder, --size, --weights."""
    for option in reversed(_ENCODERS):
        command = option(command)
    return command


def recording_reading(
    context: click.Context,
    given: Sequence[Path],
    *,
    encoder: str | None,
    size: int | None,
    weights: Path | None,
    fps: float | None,
    shortest: float | None,
    no_cache: bool,
) -> RecordingReading:
    """How recordings among the given paths are read, by the options.

    Raises:
        click.ClickException: an option that is of recordings alone, or of features alone, without any.
    """
    kinds = {of_recordings(path) for path in given if path.exists()}
    of_features = [*READING, "stride"]
    for names, wrong, words in (
        (ENCODING, {False}, "of recordings, and none is given"),
        (of_features, {True}, "of feature files, and none is given, only recordings"),
    ):
        for name in names:
            if kinds == wrong and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                mixed = next(filter(None, map(mixed_folder, given)), None) if names is ENCODING else None
                if mixed is not None:
                    raise click.ClickException(str(mixed))
                raise click.ClickException(f"--{name}: is {words}; leave it out")
    return RecordingReading(encoder, size, weights, fps or rate_for(shortest), fps, not no_cache)


def check_times(videos: Sequence[VideoFile], fps: float | None, needing: Mapping[str, object]) -> None:
    """Raise click.ClickException if an option needs times that a video does not have without --fps.

    Args:
        videos: that are cut.
        fps: of the options.
        needing: options that need times, and what was given for each.
    """
    from dkva.cli.segmenting.recording import RecordingFile

    option = next((option for option, given in needing.items() if given), None)
    if option is None or fps is not None:
        return
    for video in videos:
        recorded = isinstance(video, RecordingFile)
        if not recorded or video.path.is_dir():
            rows = "images" if recorded else "rows"
            raise click.ClickException(
                f"{option}: needs times, and {video.path} has none; give --fps, its {rows} a second"
            )
