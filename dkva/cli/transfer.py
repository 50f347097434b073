"""Command line: `dkva transfer LABELLED OTHERS… --labels FILE`: label one video, get the labels of others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.aligning.ways import (
    asked_way,
    described_way,
    model_of,
    reading_for,
    standardise_option,
)
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.segmenting.asking import in_one_line
from dkva.cli.segmenting.recording import RecordingFile, watched_by
from dkva.cli.segmenting.recording_options import recording_options, recording_reading
from dkva.cli.segmenting.waiting import ReadingBar, Waiting
from dkva.cli.segmenting.work import told
from dkva.cli.shared_options import (
    check_writable,
    feature_reading,
    label_options,
    label_reading,
    mapping_option,
    no_cache_option,
    rate_of,
    reading_options,
)
from dkva.cli.terminal import complain, console, counting, gathered, printable, remark
from dkva.cli.transferring.output import MOST_ROWS, Output, made
from dkva.cli.transferring.videos import check_activities, labelled_video, other_videos
from dkva.cli.transferring.work import Transferred, read_labelled
from dkva.cli.transferring.work import transfer as transfer_one

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["transfer"]

#: How labels are taken, in words.
_BY = {
    "path": "each frame takes the label of its partners on the path of time warping",
    "nearest": "each frame takes the label of the nearest frame",
}

# What --fps is.
_FPS = (
    "Of a recording: frames a second that are compared; by default 5, and actions under 3 s ask for 10. Of "
    "features, or a folder of images: frames a second, for labels and results in seconds."
)


@click.command(
    "transfer",
    epilog="Examples:  dkva transfer monday.mp4 tuesday.mp4 --labels monday.corrected.json --by nearest"
    "   |   "
    "dkva transfer P03_coffee.npy features/coffee --labels P03_coffee.txt   |   "
    "dkva transfer P03_coffee.npy features/coffee --labels P03_coffee.txt --model coffee.npz --truth "
    "groundTruth/",
)
@click.argument("labelled", type=click.Path(path_type=Path))
@click.argument("others", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="OTHERS...")
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    required=True,
    help="The label file of LABELLED, or a folder that has it: a document of dkva segment, as it is or "
    "corrected on its page, one label a frame, lists of segments, BORIS, ELAN, subtitles, one-hot.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Compare frames by a model that dkva train has written of a method that embeds frames, such as "
    "vaot; without it the features themselves are compared.",
)
@standardise_option
@click.option(
    "--by",
    type=click.Choice(list(_BY)),
    default="path",
    show_default=True,
    help="A frame takes the label of its partners on the path of time warping, which keeps the order in "
    "time, or of the nearest frame, whenever that comes.",
)
@click.option("--mixed", is_flag=True, help="Videos of several activities, or of others than the model's.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    help="Folder (or file) of true labels of OTHERS, for scores.",
)
@mapping_option
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@partial(label_options, fps=_FPS)
@reading_options
@recording_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dkva-transfer"),
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
    "--frame-labels",
    type=click.Choice(["txt", "npy"]),
    help="Write a file with one label a frame, too.",
)
@no_cache_option
def transfer(
    labelled,
    others,
    labels,
    model,
    standardise,
    by,
    mixed,
    truth,
    mapping,
    ignore,
    lengths,
    force_lengths,
    tier,
    fps,
    stride,
    out,
    form,
    frame_labels,
    no_cache,
    encoder,
    size,
    weights,
    **read,
) -> int:
    """Label one video, and get the labels of others of its activity.

    LABELLED is a recording or a feature file, as of `dkva segment`, and OTHERS are of the same kind, or
    folders of them. Their frames are compared with those of LABELLED, and take their labels. Labels and
    results of recordings are of their own frames, however few of these are compared.

    Writes to the output folder one JSON a video, segments.csv, summary.csv and transitions.csv, as `dkva
    segment` does, and from_LABELLED.png: the time lines of all videos.
    """
    context = click.get_current_context()
    encoding = {"encoder": encoder, "size": size, "weights": weights, "fps": fps}
    recording = recording_reading(context, (labelled, *others), **encoding, shortest=None, no_cache=no_cache)
    way = asked_way(model, context, standardise=standardise)
    reading = feature_reading(**reading_for(way, context), no_cache=no_cache)
    rate = rate_of(fps, stride)
    of_labels = label_reading(lengths, force_lengths, tier, fps, stride)
    source, passed = labelled_video(labelled, labels, mapping, reading, of_labels, recording)
    found = other_videos(others, source, truth, mapping, reading, of_labels, recording)
    problems = list(found.problems)
    if not mixed:
        check_activities(source, found.videos, way.facts.get("activity"), way.facts.get("activities", ()))
    recorded = isinstance(source, RecordingFile)
    rate = None if recorded else rate
    output = Output(out, source.name, form, rate, frame_labels)
    check_writable(out)
    earlier = output.check([video.name for video in found.videos])
    if not no_cache:
        keep_compiled_programs()
    learned = model_of(way, "embed")
    way = way.with_code()
    if recorded:
        in_one_line(recording.opened)
    done: dict[str, Transferred] = {}
    docs: dict[str, dict] = {}
    with Waiting(way) as waiting, counting("labelling") as bar, watched_by(ReadingBar(bar)):
        task = bar.add_task("", total=len(found.videos))
        waiting.of(source.name)
        given = read_labelled(source, way, learned)
        for video in found.videos:
            bar.update(task, description=printable(video.name))
            waiting.of(video.name)
            each = told(video, partial(transfer_one, video, given, way, learned, by, ignore))
            bar.advance(task)
            if not isinstance(each, Transferred):
                problems.append(str(each.problem))
                continue
            done[video.name] = each
            docs[video.name] = made(video, each, given, way, by=by, rate=rate, ignore=ignore)
            if each.worked.truth_problem is not None:
                problems.append(each.worked.truth_problem)
    how = f"{_BY[by]}; compared by {described_way(way)}"
    if done:
        thin = "; thin lines: true labels, with the share of frames that are right" if truth else ""
        output.write(given, done, docs, earlier, f"labels of {printable(source.name)}: {how}{thin}")
        console().print(_table(done, docs))
    _report(output, done, problems)
    truths = [each.worked.truth.tolist() for each in done.values() if each.worked.truth is not None]
    unseen = set(ignore).difference(*truths)
    if truths and unseen:
        remark(f"no video has the label to ignore: {', '.join(sorted(unseen))}")
    notes = {source.name: given.read.worked.notes, **{name: each.notes for name, each in done.items()}}
    reason = recording.reason() if recorded else ""
    said = dict.fromkeys([how, reason, *passed, *found.notes, *gathered(notes)])
    for note in filter(None, said):
        remark(note)
    return 2 if problems else 0


def _report(output: Output, done: Mapping[str, Transferred], problems: list[str]) -> None:
    """One line of counts, and one a problem on stderr."""
    from dkva.datasets.annotations.forms import plural

    where = f"; results in {output.folder}" if done else ""
    click.echo(printable(f"labels of {output.labelled} for {plural(len(done), 'video')}{where}"))
    for problem in problems:
        complain(problem)
    if len(done) > MOST_ROWS:
        remark(f"{output.picture.name} shows the first {MOST_ROWS} of {len(done)} videos")


def _table(done: Mapping[str, Transferred], docs: Mapping[str, dict]) -> Table:
    """What each video was given, with scores if any has some."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    known = any(each.scores for each in done.values())
    caption = (
        "frames that are right, in %; stretched: if labels are stretched to the video's length, whatever its "
        "frames are; at most: frames whose true label LABELLED has"
    )
    table = Table(box=SIMPLE_HEAD, caption=caption if known else None)
    table.add_column("video", no_wrap=True)
    scores = ("right", "stretched", "at most") if known else ()
    for name in ("frames", "segments", "labels used", *scores):
        table.add_column(name, justify="right", no_wrap=True)
    for name, each in done.items():
        runs = docs[name]["segments"]
        shares = each.scores or (None,) * len(scores)
        table.add_row(
            escape(printable(name)),
            str(len(each.numbers)),
            str(len(runs)),
            str(len({run["label"] for run in runs})),
            *("–" if share is None else f"{100 * share:.1f}" for share in shares if known),
        )
    given = [each.scores for each in done.values() if each.scores]
    if len(given) > 1:
        table.add_section()
        means = (f"{100 * sum(column) / len(given):.1f}" for column in zip(*given, strict=True))
        table.add_row(f"mean of {len(given)}", "", "", "", *means)
    return table
