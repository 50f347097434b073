"""Options that several commands have, each in one place, and what is made of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from dkva.datasets.reading import LENGTH_POLICIES, MISSING, FeatureReading, LabelReading
from dkva.workers.crew import PROCESSES, SCHEDULER_HELP

__all__ = [
    "READING",
    "check_writable",
    "feature_reading",
    "label_options",
    "label_reading",
    "mapping_option",
    "missing_option",
    "no_cache_option",
    "rate_of",
    "reading_options",
    "scheduler_option",
    "time_options",
    "transposed_option",
]

#: Names of the options that say how feature files are read.
READING = ("transposed", "columns", "drop", "missing", "array")

#: --missing: what to do with values that are missing.
missing_option = click.option(
    "--missing",
    type=click.Choice(MISSING),
    default="error",
    show_default=True,
    help="Empty cells and NaN: refuse, or interpolate over time.",
)

#: --transposed: which way feature files lie.
transposed_option = click.option(
    "--transposed/--not-transposed", default=False, help="Feature files hold one column a frame."
)

#: --mapping: labels that files may hold.
mapping_option = click.option(
    "--mapping", type=click.Path(path_type=Path), help="Allowed labels; found beside --labels."
)

#: --scheduler: who computes.
scheduler_option = click.option(
    "--scheduler",
    default=PROCESSES,
    show_default=True,
    metavar="WHERE",
    help=f"{SCHEDULER_HELP[0].upper()}{SCHEDULER_HELP[1:]}, whose workers then count.",
)

#: --no-cache: leave nothing in the user's cache folder.
no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    help="Keep no features that were parsed or made, and no compiled programs, on disk.",
)

_READING = (
    transposed_option,
    click.option(
        "--columns",
        multiple=True,
        metavar="NAME[,NAME]",
        help="Take these columns alone, by name, number from 1, or range such as 3-8.",
    ),
    click.option("--drop", multiple=True, metavar="NAME[,NAME]", help="Leave these columns out, too."),
    missing_option,
    click.option(
        "--array", metavar="NAME", help="Array to take from files that hold several (.npz, .mat, .h5)."
    ),
)

_LABELS = (
    click.option(
        "--lengths",
        type=click.Choice(LENGTH_POLICIES),
        default="error",
        show_default=True,
        help="More or fewer labels than frames: refuse; trim or pad labels at the end; take those in the "
        "middle; resample labels of another rate; or fit them as the paper's program does. Features are "
        "never changed.",
    ),
    click.option("--force-lengths", is_flag=True, help="Let --lengths act on large differences, too."),
    click.option("--tier", help="ELAN tier, or BORIS subject, to take from label files that hold several."),
)

_FPS = "Frames a second of the video, for labels and results in seconds."


def _fps(text: str) -> Callable:
    return click.option("--fps", type=click.FloatRange(0, min_open=True), help=text)


_STRIDE = click.option(
    "--stride",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default="1",
    help="Frames of the video from one row of features to the next.",
)


def reading_options(command: Callable) -> Callable:
    """How feature files are read: the options of `READING`."""
    return _with(command, _READING)


def label_options(command: Callable, fps: str = _FPS) -> Callable:
    """How label files are read: --lengths, --force-lengths, --tier, --fps, --stride.

    Args:
        command: that has them.
        fps: what --fps is.
    """
    return _with(command, (*_LABELS, _fps(fps), _STRIDE))


def time_options(command: Callable) -> Callable:
    """When frames are: --fps, --stride."""
    return _with(command, (_fps(_FPS), _STRIDE))


def _with(command: Callable, options: tuple[Callable, ...]) -> Callable:
    for option in reversed(options):  # as decorators that stand above each other
        command = option(command)
    return command


def feature_reading(
    transposed: bool,
    columns: tuple[str, ...],
    drop: tuple[str, ...],
    missing: str,
    array: str | None,
    *,
    no_cache: bool,
) -> FeatureReading:
    """What the options of `READING` say. Raises click.ClickException where they do not go together."""
    try:
        return FeatureReading(transposed, _names(columns), _names(drop), missing, array, not no_cache)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _names(given: tuple[str, ...]) -> tuple[str, ...]:
    """The names of --columns and --drop, given one by one or between commas."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def rate_of(fps: float | None, stride: float) -> float | None:
    """Rows of features a second, None if not known. Raises click.ClickException for a stride alone."""
    if fps is None and stride != 1:
        raise click.ClickException(f"--stride {stride:g}: says nothing without --fps; give both")
    return None if fps is None else fps / stride


def label_reading(
    lengths: str, force_lengths: bool, tier: str | None, fps: float | None, stride: float
) -> LabelReading:
    """What the options of `label_options` say. Raises click.ClickException as `rate_of`."""
    try:
        return LabelReading(lengths=lengths, force=force_lengths, fps=rate_of(fps, stride), tier=tier)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def check_writable(folder: Path, remedy: str = "give another folder with --out") -> None:
    """Make a folder for results; click.ClickException where nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise click.ClickException(f"{folder}: cannot be written ({error.strerror}); {remedy}") from error
