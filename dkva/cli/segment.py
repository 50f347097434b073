"""Command line: `dkva segment FEATURES… -k K`: find the videos, work on each, collect what comes, report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from dkva.approximation.settings import MAX_SEED
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.method_options import DEFAULT_METHOD, MethodCommand, reason_for_method
from dkva.cli.segment_types import AUTO, NUMBER_OR_AUTO, RANGE
from dkva.cli.segmenting.collect import Output, Results
from dkva.cli.segmenting.find import find_videos
from dkva.cli.segmenting.levels import HIERARCHICAL, Levels
from dkva.cli.segmenting.report import report
from dkva.cli.segmenting.together import work_together
from dkva.cli.segmenting.waiting import Waiting
from dkva.cli.segmenting.way import Way
from dkva.cli.segmenting.work import Planned, Worked, work
from dkva.cli.shared_options import missing_option, no_cache_option, scheduler_option
from dkva.cli.terminal import complain, console, printable, remark
from dkva.datasets.reading import LENGTH_POLICIES, FeatureReading, LabelReading
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import SEGMENTER, find, lacking, listed
from dkva.kernel_means.settings import LEAST_LEVELS
from dkva.workers.carry_out import carry_out
from dkva.workers.crew import PROCESSES, Failed, check_scheduler

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["segment"]

T = TypeVar("T")


@click.command(
    "segment",
    cls=MethodCommand,
    epilog="Examples:  dkva segment video.npy -k 8 --plot   |   "
    "dkva segment data/features -k 4 --labels data/groundTruth --out cuts --format csv   |   "
    "dkva segment data/features -k 4 --method kmeans --n-init 5   |   dkva segment --method kmeans --help",
)
@click.argument("features", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FEATURES...")
@click.option(
    "-k",
    "--segments",
    "given_segments",
    type=NUMBER_OR_AUTO,
    multiple=True,
    help="Different actions to look for at most; one may return. If you do not know, look at several by "
    "--levels; auto takes a number for each video that is a hint alone, often off by 2 or more.",
)
@click.option(
    "--levels",
    type=RANGE,
    help="Write the cuts into so many segments, too, such as 2-12; 12 means 2-12. Without -k this is -k auto "
    f"within them. Of --method {HIERARCHICAL} alone.",
)
@click.option(
    "--nested", is_flag=True, help="Merge each of the --levels of the finest: tidier, and less right."
)
@click.option(
    "--together",
    is_flag=True,
    help="One set of actions for all videos: a label means the same in each of them.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="Folder (or file) of true labels, for scores: one a frame, lists of segments, BORIS, ELAN, one-hot.",
)
@click.option("--mapping", type=click.Path(path_type=Path), help="Allowed labels; found beside --labels.")
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@click.option(
    "--lengths",
    type=click.Choice(LENGTH_POLICIES),
    default="error",
    show_default=True,
    help="More or fewer labels than frames: refuse; trim or pad labels at the end; take those in the middle; "
    "resample labels of another rate; or fit them as the paper's program does. Features are never changed.",
)
@click.option("--force-lengths", is_flag=True, help="Let --lengths act on large differences, too.")
@click.option("--tier", help="ELAN tier, or BORIS subject, to take from label files that hold several.")
@click.option(
    "--fps",
    type=click.FloatRange(0, min_open=True),
    help="Frames a second of the video, for times in seconds in the results, and for labels in seconds.",
)
@click.option(
    "--stride",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default="1",
    help="Frames of the video from one row of features to the next.",
)
@click.option(
    "--boundary-tolerance",
    type=click.IntRange(0),
    metavar="FRAMES",
    help="How far a found boundary may be off in the scores; by default 2 % of the video.",
)
@click.option(
    "--method",
    metavar="ID",
    show_default=f"{DEFAULT_METHOD}; dkva, the paper's, if a setting of it is given",
    help="How to cut; `dkva methods` lists them. Each method has settings of its own, which come next; "
    "--method ID --help shows those of another.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=0,
    show_default=True,
    help="Of the methods that draw at random.",
)
@click.option("--transposed", is_flag=True, help="Feature files hold one column a frame.")
@click.option(
    "--columns",
    multiple=True,
    metavar="NAME[,NAME]",
    help="Take these columns alone, by name, number from 1, or range such as 3-8.",
)
@click.option("--drop", multiple=True, metavar="NAME[,NAME]", help="Leave these columns out, too.")
@missing_option
@click.option("--array", metavar="NAME", help="Array to take from files that hold several (.npz, .mat, .h5).")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dkva-out"),
    show_default=True,
    help="Folder for the results; it is made if it does not exist.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv", "both"]),
    default="both",
    show_default=True,
    help="A document a video, tables of all videos, or both.",
)
@click.option(
    "--plot", is_flag=True, help="Draw a time line of each video, its levels, and the curve of -k auto."
)
@click.option(
    "--frame-labels",
    type=click.Choice(["txt", "npy"]),
    help="Write a file with one label a frame, too.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that segment."
)
@scheduler_option
@click.option("--force", is_flag=True, help="Segment again what is done already.")
@no_cache_option
def segment(
    features,
    given_segments,
    levels,
    nested,
    together,
    labels,
    mapping,
    ignore,
    lengths,
    force_lengths,
    tier,
    fps,
    stride,
    boundary_tolerance,
    method,
    seed,
    transposed,
    columns,
    drop,
    missing,
    array,
    out,
    form,
    plot,
    frame_labels,
    workers,
    scheduler,
    force,
    no_cache,
    **settings,
) -> int:
    """Segment one video, or a folder of them, each by itself or together.

    FEATURES are files with one row of numbers a frame, or folders of them: .npy, .npz, .mat, .parquet, or
    text (.txt, .csv, .tsv, each also .gz), such as tables of pose trackers. A video file itself is not read:
    its features must be extracted first.

    Writes to the output folder one JSON a video, segments.csv, and summary.csv and transitions.csv (how often
    and how long each label, and what follows what); with --levels also levels.csv. A second run with the same
    settings goes on where the first stopped.
    """
    if len(given_segments) > 1:
        shown = " ".join(f"-k {each}" for each in given_segments)
        raise click.ClickException(f"{shown}: give -k once; for several, see --levels")
    if not given_segments and levels is None:
        raise click.UsageError("Missing option '-k': give a number, or auto", click.get_current_context())
    n_segments = given_segments[0] if given_segments else AUTO
    if together:
        _check_alone(n_segments, levels, scheduler, workers)
    ways = {"levels": levels, "nested": nested, "together": together}
    way = _checked_way(method, n_segments, seed, settings, scheduler, **ways)
    if fps is None and stride != 1:
        raise click.ClickException(f"--stride {stride:g}: says nothing without --fps; give both")
    rate = None if fps is None else fps / stride
    try:
        reading = FeatureReading(transposed, _names(columns), _names(drop), missing, array, not no_cache)
        label_reading = LabelReading(lengths=lengths, force=force_lengths, fps=rate, tier=tier)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    found = find_videos(features, labels, mapping, reading, label_reading)
    if not found.videos:
        return _none_found(found.problems)
    output = Output(
        out,
        form,
        plot,
        ignore,
        rate,
        boundary_tolerance,
        levels=way.levels is not None,
        suggestion=way.n_segments is None,
        frame_labels=frame_labels,
    )
    output.check()
    way = _in_one_line(way.with_code)
    for note in found.notes:
        remark(note)
    names = [video.name for video in found.videos]
    results = Results(output, names)
    units = [Planned(video, None if force else results.done(video.name)) for video in found.videos]
    if any(unit.done is None for unit in units):  # imports the method, which takes seconds
        if not no_cache:
            keep_compiled_programs()
        _in_one_line(way.check)
    stopped = _collect(units, way, results, scheduler, workers)
    if results.computed and reason_for_method():
        remark(reason_for_method())
    results.sort(names)
    problems = [*found.problems, *results.problems, *stopped]
    report(results, failed=len(names) - len(results.docs), problems=problems)
    return 2 if problems else 0


def _names(given: tuple[str, ...]) -> tuple[str, ...]:
    """The names of --columns and --drop, given one by one or between commas."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def _none_found(problems: list[str]) -> int:
    for problem in problems:
        complain(problem)
    return 2


def _checked_way(
    method: str,
    n_segments: int | str,
    seed: int,
    settings: dict,
    scheduler: str,
    *,
    levels: Levels | None,
    nested: bool,
    together: bool,
) -> Way:
    """How to cut, or click.ClickException on one line, before a file is read."""
    number = None if n_segments == AUTO else int(n_segments)
    if number is not None and number < 1:
        raise click.ClickException(f"-k is {number}: ask for at least 1 segment")
    if nested and levels is None:
        raise click.ClickException("--nested: says nothing without --levels; give both")
    if levels is not None and method != HIERARCHICAL:
        raise click.ClickException(
            f"--levels: {method} has no hierarchy of cuts; it is of --method {HIERARCHICAL} alone{_why()}"
        )
    if levels is not None and number is None and levels.high < LEAST_LEVELS:
        raise click.ClickException(
            f"--levels {levels.given or levels}: give -k, too, or levels up to {LEAST_LEVELS} at least, as a "
            "hint needs them"
        )
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
        return Way(listing, number, seed, checked(listing, settings), levels, together=together)
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error


def _in_one_line(step: Callable[[], T]) -> T:
    """What a step of the method gives, or click.ClickException on one line where its code refuses."""
    try:
        return step()
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error


def _why() -> str:
    """Why the method is the one that it is, in brackets; "" if --method says so."""
    return f" ({reason_for_method()})" if reason_for_method() else ""


def _check_alone(n_segments: int | str, levels: Levels | None, scheduler: str, workers: int) -> None:
    """Raise click.ClickException where an option does not go with --together."""
    if levels is not None:
        raise click.ClickException("--levels: cuts each video by itself; leave it or --together out")
    if n_segments == AUTO:
        raise click.ClickException("-k auto: looks at each video by itself; give -k a number with --together")
    if workers > 1 or scheduler != PROCESSES:
        raise click.ClickException("--together: works in one process; leave --workers and --scheduler out")


def _collect(units: list[Planned], way: Way, results: Results, scheduler: str, workers: int) -> list[str]:
    """Work on every video and collect what comes of it; what stopped the run before its end, if anything."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from dkva.base.errors import SchedulerError

    columns = (
        TextColumn("segmenting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    drawn = console(stderr=True)
    waiting = Waiting(way)
    try:
        with waiting, Progress(*columns, console=drawn, transient=True, disable=not drawn.is_terminal) as bar:
            task = bar.add_task("", total=len(units))

            def started(index: int) -> None:
                name = units[index].video.name
                bar.update(task, description=printable(name))
                waiting.of(name)

            if way.together and way.n_segments:
                found = [(units[index].video, worked) for index, worked in work_together(units, way, started)]
                results.add_together(found, way.n_segments)
                return []
            for video, worked in _results(units, way, scheduler, workers, started):
                results.add(video, worked)
                bar.advance(task)
                results.write_table(if_due=True)
    except SchedulerError as error:
        return [str(error)]
    except OSError as error:  # a full disk stays full for the videos to come
        place = error.filename or results.output.folder
        return [f"{place}: cannot be written ({error.strerror}); free it and run again"]
    finally:
        results.write_table()
    return []


def _results(
    units: list[Planned], way: Way, scheduler: str, workers: int, started: Callable[[int], object]
) -> Iterator[tuple[VideoFile, Worked]]:
    """(video, what came of it) as it comes."""
    coming = carry_out(partial(work, way=way), units, scheduler=scheduler, workers=workers, started=started)
    with contextlib.closing(coming) as answers:
        for index, answer in answers:
            video = units[index].video
            if isinstance(answer, Failed):
                answer = Worked(problem=f"{video.path}: {answer.problem}")
            yield video, answer
