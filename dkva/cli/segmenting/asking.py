"""How videos are cut by the options of `dkva segment`, refused on one line before a file is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import click
from click.core import ParameterSource

from dkva.cli.method_options import default_shortest, reason_for_method
from dkva.cli.segment_types import AUTO
from dkva.cli.segmenting.levels import HIERARCHICAL, Levels
from dkva.cli.segmenting.way import Way
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import SEGMENTER, find, lacking, listed
from dkva.experiments.shortest import SMOOTHING_SETTINGS
from dkva.kernel_means.settings import LEAST_LEVELS
from dkva.workers.crew import PROCESSES, check_scheduler

__all__ = ["asked_way", "in_one_line"]

T = TypeVar("T")


def asked_way(
    given: tuple[int | str, ...],
    method: str,
    seed: int,
    settings: Mapping[str, object],
    scheduler: str,
    workers: int,
    *,
    levels: Levels | None,
    nested: bool,
    together: bool,
    shortest: float | None,
) -> Way:
    """How to cut by the options of the running command.

    Args:
        given: values of -k.
        method: id of the method.
        seed: of the method.
        settings: all of the method's own.
        scheduler: who computes.
        workers: processes.
        levels: cuts into several numbers of segments, if asked for.
        nested: whether they are merged of the finest.
        together: whether all videos are cut into one set of actions.
        shortest: seconds of the shortest action of interest, if given.

    Raises:
        click.ClickException: options that do not go together, or a setting that the method refuses.
    """
    if len(given) > 1:
        shown = " ".join(f"-k {each}" for each in given)
        raise click.ClickException(f"{shown}: give -k once; for several, see --levels")
    if not given and levels is None:
        raise click.UsageError("Missing option '-k': give a number, or auto", click.get_current_context())
    n_segments = given[0] if given else AUTO
    if together:
        _check_alone(n_segments, levels, scheduler, workers)
    seconds = _shortest(shortest, method)
    number = None if n_segments == AUTO else int(n_segments)
    _check_numbers(number, levels, nested, method)
    try:
        check_scheduler(scheduler)
        listing = find(method)
        absent = lacking(listing)
        if absent:
            raise ImportError(absent)
        if together and not listing.together:
            able = [name for name, each in listed(SEGMENTER)[0].items() if each.together]
            others = ", ".join(able) or "no method here"
            raise ValueError(f"--together: {method} cuts each video by itself; it is of {others}{_why()}")
        levels = None if levels is None else replace(levels, nested=nested)
        values = checked(listing, settings)
        way = Way(listing, number, seed, values, levels, together=together)
        return replace(way, shortest=seconds, by_default=shortest is None)
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error


def in_one_line(step: Callable[[], T]) -> T:
    """What a step of the method or the encoder gives. Raises click.ClickException if its code refuses."""
    try:
        return step()
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error


def _shortest(given: float | None, method: str) -> float | None:
    """Seconds that set the smoothing, or None. Raises click.ClickException if they cannot."""
    setting = SMOOTHING_SETTINGS.get(method)
    context = click.get_current_context()
    told = setting is not None and context.get_parameter_source(setting) is ParameterSource.COMMANDLINE
    if given is None:
        return None if told else default_shortest()
    if setting is None:
        able = ", ".join(SMOOTHING_SETTINGS)
        raise click.ClickException(
            f"--shortest: {method} has no smoothing over time for it to set; it is of {able}{_why()}"
        )
    if told:
        raise click.ClickException(f"--shortest: sets --{setting}, which is given, too; leave one out")
    return given


def _check_numbers(number: int | None, levels: Levels | None, nested: bool, method: str) -> None:
    """Raise click.ClickException if -k and --levels are out of range or do not go with the method."""
    if number is not None and number < 1:
        raise click.ClickException(f"-k is {number}: ask for at least 1 segment")
    if nested and levels is None:
        raise click.ClickException("--nested: says nothing without --levels; give both")
    if nested and method != HIERARCHICAL:
        raise click.ClickException(
            f"--nested: the levels of {method} are cuts by themselves; it is of --method {HIERARCHICAL} "
            f"alone{_why()}"
        )
    if levels is not None and number is None and levels.high < LEAST_LEVELS:
        raise click.ClickException(
            f"--levels {levels.given or levels}: give -k, too, or levels up to {LEAST_LEVELS} at least, as a "
            "hint needs them"
        )


def _why() -> str:
    """Why the method is the one that it is, in brackets; "" if --method says so."""
    return f" ({reason_for_method()})" if reason_for_method() else ""


def _check_alone(n_segments: int | str, levels: Levels | None, scheduler: str, workers: int) -> None:
    """Raise click.ClickException if an option does not go with --together."""
    if levels is not None:
        raise click.ClickException("--levels: cuts each video by itself; leave it or --together out")
    if n_segments == AUTO:
        raise click.ClickException("-k auto: looks at each video by itself; give -k a number with --together")
    if workers > 1 or scheduler != PROCESSES:
        raise click.ClickException("--together: works in one process; leave --workers and --scheduler out")
