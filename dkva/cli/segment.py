"""Command line: `dkva segment FEATURES… -k K`: find the videos, work on each, collect what comes, report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.approximation.settings import MAX_SEED
from dkva.cli.method_options import MethodCommand
from dkva.cli.segmenting.collect import Output, Results
from dkva.cli.segmenting.find import Reading, find_videos
from dkva.cli.segmenting.report import report
from dkva.cli.segmenting.work import Planned, Way, Worked, work
from dkva.cli.terminal import console, printable
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import find
from dkva.workers.carry_out import carry_out
from dkva.workers.crew import PROCESSES, SCHEDULER_HELP, Failed, check_scheduler

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["segment"]


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
    "n_segments",
    type=int,
    required=True,
    help="Segments to look for (synthetic frames, M).",
)
@click.option(
    "--labels", type=click.Path(path_type=Path), help="Folder (or file) of true labels, for scores."
)
@click.option("--mapping", type=click.Path(path_type=Path), help="Allowed labels; found beside --labels.")
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@click.option(
    "--lengths",
    type=click.Choice(["error", "trim", "pad", "authors"]),
    default="error",
    show_default=True,
    help="More or fewer labels than frames: refuse, cut the longer, repeat the last of the shorter, or fit "
    "the labels to the frames as the paper's program does.",
)
@click.option(
    "--method",
    default="dkva",
    show_default=True,
    metavar="ID",
    help="How to cut; `dkva methods` lists them. Each method has settings of its own.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=0,
    show_default=True,
    help="Of the methods that draw at random.",
)
@click.option("--transposed", is_flag=True, help="Feature files hold one column a frame.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("dkva-out"), show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "both"]), default="both", show_default=True
)
@click.option("--plot", is_flag=True, help="Draw a time line of each video.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that segment."
)
@click.option(
    "--scheduler",
    default=PROCESSES,
    show_default=True,
    metavar="WHERE",
    help=f"{SCHEDULER_HELP[0].upper()}{SCHEDULER_HELP[1:]}, whose workers then count.",
)
@click.option("--force", is_flag=True, help="Segment again what is done already.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def segment(
    features,
    n_segments,
    labels,
    mapping,
    ignore,
    lengths,
    method,
    seed,
    transposed,
    out,
    form,
    plot,
    workers,
    scheduler,
    force,
    no_cache,
    **settings,
) -> int:
    """Segment one video, or a folder of them, each by itself.

    FEATURES are files (.txt, .csv, .tsv, each also .gz; .npy; .npz), one row a frame, or folders of them.
    Writes one JSON a video and one segments.csv to the output folder; a second run with the same settings
    goes on where the first stopped.
    """
    way = _checked_way(method, n_segments, seed, settings, scheduler)
    output = Output(out, form, plot, ignore)
    output.check()
    videos, refused = find_videos(features, labels, mapping, Reading(lengths, transposed, not no_cache), out)
    names = [video.name for video in videos]
    results = Results(output, names)
    units = [Planned(video, None if force else results.done(video.name)) for video in videos]
    stopped = _collect(units, way, results, scheduler, workers)
    results.sort(names)
    problems = [*refused, *results.problems, *stopped]
    report(results, failed=len(videos) - len(results.docs) + len(refused), problems=problems)
    return 2 if problems else 0


def _checked_way(method: str, n_segments: int, seed: int, settings: dict, scheduler: str) -> Way:
    """How to cut, or click.ClickException on one line, before a file is read."""
    if n_segments < 1:
        raise click.ClickException(f"-k is {n_segments}: ask for at least 1 segment")
    try:
        check_scheduler(scheduler)
        listing = find(method)
        way = Way.of(listing, n_segments, seed, checked(listing, settings))
        way.check()
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    return way


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
    try:
        with Progress(*columns, console=drawn, transient=True, disable=not drawn.is_terminal) as bar:
            task = bar.add_task("", total=len(units))

            def started(index: int) -> None:
                bar.update(task, description=printable(units[index].video.name))

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
