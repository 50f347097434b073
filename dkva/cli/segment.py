"""Command line: `dkva segment FEATURES… -k K`: find the videos, work on each, collect what comes, report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from dkva.approximation.settings import MAX_SEED
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.method_options import DEFAULT_METHOD, RECORDING_METHOD, MethodCommand, reason_for_method
from dkva.cli.segment_types import NUMBER_OR_AUTO, RANGE
from dkva.cli.segmenting.asking import asked_way, in_one_line
from dkva.cli.segmenting.collect import Results
from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.find import find_videos, of_recordings
from dkva.cli.segmenting.further_files import FRAME_LABELS
from dkva.cli.segmenting.levels import HIERARCHICAL
from dkva.cli.segmenting.media_options import check_recorded, clip_options, page_option
from dkva.cli.segmenting.model import ModelWay, check_beside, described_model, open_model, reading_of
from dkva.cli.segmenting.output import Output, leave_out_long_names
from dkva.cli.segmenting.recording_options import (
    FPS,
    check_times,
    export_option,
    recording_options,
    recording_reading,
    shortest_option,
)
from dkva.cli.segmenting.report import report
from dkva.cli.segmenting.together import work_together
from dkva.cli.segmenting.waiting import ReadingBar, Waiting
from dkva.cli.segmenting.way import Way
from dkva.cli.segmenting.work import Planned, Worked, work
from dkva.cli.shared_options import (
    READING,
    check_writable,
    feature_reading,
    label_options,
    label_reading,
    mapping_option,
    no_cache_option,
    rate_of,
    reading_options,
    scheduler_option,
)
from dkva.cli.terminal import complain, counting, printable, remark
from dkva.workers.carry_out import carry_out
from dkva.workers.crew import Failed, check_scheduler

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["segment"]


@click.command(
    "segment",
    cls=MethodCommand,
    of_recordings=of_recordings,
    epilog="Examples:  dkva segment recording.mp4 -k 6 --shortest 2s   |   "
    "dkva segment video.npy -k 8 --plot   |   "
    "dkva segment data/features -k 4 --labels data/groundTruth --out cuts --format csv   |   "
    "dkva segment data/features -k 4 --method kmeans --n-init 5   |   dkva segment --method kmeans --help   "
    "|   dkva segment data/features --model model.npz",
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
    "within them.",
)
@click.option(
    "--nested",
    is_flag=True,
    help=f"Merge each of the --levels of the finest: tidier, and less right. Of --method {HIERARCHICAL}.",
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
@mapping_option
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@partial(label_options, fps=FPS)
@click.option(
    "--boundary-tolerance",
    type=click.IntRange(0),
    metavar="FRAMES",
    help="How far a found boundary may be off in the scores; by default 2 % of the video.",
)
@click.option(
    "--method",
    metavar="ID",
    show_default=f"{DEFAULT_METHOD}, of recordings {RECORDING_METHOD}; dkva, the paper's, if a setting of it "
    "is given",
    help="How to cut; `dkva methods` lists them. Each method has settings of its own, which come next; "
    "--method ID --help shows those of another.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Cut by a model that dkva train has written: it has its method, settings and number of actions, and "
    "a label means the same in every video.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=0,
    show_default=True,
    help="Of the methods that draw at random.",
)
@reading_options
@shortest_option
@recording_options
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
    type=click.Choice(FRAME_LABELS),
    help="Write a file with one label a frame, too.",
)
@export_option
@page_option
@clip_options
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
    model,
    seed,
    transposed,
    columns,
    drop,
    missing,
    array,
    shortest,
    encoder,
    size,
    weights,
    out,
    form,
    plot,
    frame_labels,
    exports,
    html,
    chapters,
    clips,
    reencode,
    workers,
    scheduler,
    force,
    no_cache,
    **settings,
) -> int:
    """Segment one video, or a folder of them, each by itself or together.

    FEATURES are recordings (.mp4, .mov, .mkv and the like, or a folder of images), files with one row of
    numbers a frame, or folders of either: .npy, .npz, .mat, .parquet, or text (.txt, .csv, .tsv, each also
    .gz), such as tables of pose trackers. A recording is decoded and made into features on this machine;
    nothing is sent anywhere, and nothing is downloaded.

    Writes to the output folder one JSON a video, segments.csv, and summary.csv and transitions.csv (how often
    and how long each label, and what follows what); with --levels also levels.csv. A second run with the same
    settings goes on where the first stopped.
    """
    context = click.get_current_context()
    if labels is None:
        _check_no_labels(context)
    read = {name: context.params[name] for name in READING}
    encoding = {name: context.params[name] for name in ("encoder", "size", "weights", "fps")}
    recording = recording_reading(context, features, **encoding, shortest=shortest, no_cache=no_cache)
    way: Way
    if model is not None:
        check_beside(context)
        way = trained = open_model(model)
        read = reading_of(trained, context)
        in_one_line(lambda: check_scheduler(scheduler))
    else:
        ways = {"levels": levels, "nested": nested, "together": together, "shortest": shortest}
        way = asked_way(given_segments, method, seed, settings, scheduler, workers, **ways)
    reading = feature_reading(**read, no_cache=no_cache)
    truth_reading = label_reading(lengths, force_lengths, tier, fps, stride)
    found = find_videos(features, labels, mapping, reading, truth_reading, recording=recording)
    if not found.videos:
        return _none_found(found.problems)
    exported = Exported(exports, html, chapters, clips, reencode)
    check_recorded(found.videos, exported)
    needing = {f"--export {' '.join(exports)}": exports, "--html": html, "--shortest": shortest}
    check_times(found.videos, fps, needing)
    output = Output(
        out,
        form,
        plot,
        ignore,
        rate_of(fps, stride),
        boundary_tolerance,
        levels=way.levels is not None,
        suggestion=way.n_segments is None and model is None,
        frame_labels=frame_labels,
        exported=exported,
    )
    leave_out_long_names(found, output)
    if not found.videos:
        return _none_found(found.problems)
    made = not out.exists()
    check_writable(out)
    if not no_cache:
        keep_compiled_programs()
    way = in_one_line(way.with_code)
    if found.recorded:
        in_one_line(recording.opened)
    for note in found.notes:
        remark(note)
    names = [video.name for video in found.videos]
    results = Results(output, names)
    units = [Planned(video, None if force else results.done(video.name)) for video in found.videos]
    if any(unit.done is None for unit in units):  # imports the method, which takes seconds
        in_one_line(way.check)
    stopped = _collect(units, way, results, scheduler, workers)
    reason = described_model(way) if isinstance(way, ModelWay) else reason_for_method()
    for each in filter(None, (reason, recording.reason() if found.recorded else "")):
        if results.computed:
            remark(each)
    results.sort(names)
    problems = [*found.problems, *results.problems, *stopped]
    report(results, failed=len(names) - len(results.docs), problems=problems)
    if made and not results.docs:
        with contextlib.suppress(OSError):  # it holds something
            out.rmdir()
    return 2 if problems else 0


def _check_no_labels(context: click.Context) -> None:
    """Raise click.ClickException if an option of true labels is given, and these are not."""
    of_labels = ("mapping", "ignore", "lengths", "force_lengths", "tier", "boundary_tolerance")
    for name in of_labels:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise click.ClickException(f"{option}: is of --labels; give both, or leave it out")


def _none_found(problems: list[str]) -> int:
    for problem in problems:
        complain(problem)
    return 2


def _collect(units: list[Planned], way: Way, results: Results, scheduler: str, workers: int) -> list[str]:
    """Work on every video and collect what comes of it; what stopped the run before its end, if anything."""
    from dkva.base.errors import SchedulerError
    from dkva.cli.segmenting.recording import watched_by

    waiting = Waiting(way)
    try:
        with waiting, counting("segmenting") as bar, watched_by(ReadingBar(bar)):
            task = bar.add_task("", total=len(units))

            def started(index: int) -> None:
                name = units[index].video.name
                bar.update(task, description=printable(name))
                waiting.of(name)

            if way.together and way.n_segments:
                found = [(units[index].video, worked) for index, worked in work_together(units, way, started)]
                results.add_together(found, way.n_segments)
                return []
            joint = way.model is not None
            found = []
            for video, worked in _results(units, way, scheduler, workers, started):
                if joint:
                    results.draft(video, worked)
                    found.append((video, worked))
                else:
                    results.add(video, worked)
                bar.advance(task)
                results.write_table(if_due=True)
            if joint and way.n_segments:
                places = {unit.video.name: place for place, unit in enumerate(units)}
                found.sort(key=lambda each: places[each[0].name])
                results.add_together(found, way.n_segments)
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
