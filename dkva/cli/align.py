"""Command line: `dkva align --model FILE A B`, or `--features A B`: which frames of two videos match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dkva.base.provenance import version
from dkva.cli.aligning.match import Aligned, aligned, check_size
from dkva.cli.aligning.output import Output
from dkva.cli.aligning.pair import check_activity, check_two, pair_of
from dkva.cli.aligning.ways import (
    AlignWay,
    asked_way,
    check_widths,
    described_way,
    model_of,
    reading_for,
    standardise_option,
)
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.segmenting.model import ModelWay
from dkva.cli.segmenting.waiting import Waiting
from dkva.cli.segmenting.work import Read, how_read, noted, read_video, told
from dkva.cli.shared_options import (
    check_writable,
    feature_reading,
    no_cache_option,
    rate_of,
    reading_options,
    time_options,
)
from dkva.cli.terminal import complain, console, gathered, printable, remark
from dkva.experiments.keys import key_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from dkva.datasets import VideoFile

__all__ = ["align"]


@click.command(
    "align",
    epilog="Examples:  dkva train --method vasot features/ -k 6 --activity coffee --out coffee.npz   |   "
    "dkva align --model coffee.npz P03_coffee.npy P05_coffee.npy --fps 15   |   "
    "dkva align --features P03_coffee.npy P05_coffee.npy",
)
@click.argument("videos", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="A B")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="What dkva train has written of a method that aligns.",
)
@click.option(
    "--features", is_flag=True, help="Align by time warping of the features themselves, without a model."
)
@standardise_option
@click.option("--mixed", is_flag=True, help="Align videos of several activities, or others than the model's.")
@click.option(
    "--every",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Align frames 0, N, 2N and so on alone, for videos too long for memory.",
)
@reading_options
@time_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dkva-align"),
    show_default=True,
    help="Folder for the results; it is made if it does not exist.",
)
@click.option("--force", is_flag=True, help="Align again what is done already.")
@no_cache_option
def align(
    videos, model, features, standardise, mixed, every, fps, stride, out, force, no_cache, **read
) -> int:
    """Match the frames of two videos of one activity, by a trained model or by their features.

    A and B are feature files, as of `dkva segment`, and are read as those of the model's training were. With
    --features they are matched by dynamic time warping of the features themselves.

    Writes to the output folder A_with_B.matches.csv (for each frame of A the frame of B that matches best, if
    any, and which share of its mass that one has), A_with_B.json (the same, and what made it), and
    A_with_B.png (both time lines joined by lines, and the shares of all pairs of frames).
    """
    check_two(videos)
    context = click.get_current_context()
    if model is None and not features:
        raise click.UsageError("Missing option '--model': give a model, or --features", context)
    if model is not None and features:
        raise click.ClickException("--features: aligns without a model; leave it or --model out")
    way = asked_way(model, context, standardise=standardise)
    read = reading_for(way, context)
    pair = pair_of(videos, feature_reading(**read, no_cache=no_cache))
    if not mixed:
        check_activity(pair, way.facts.get("activity"), way.facts.get("activities", ()))
    rate = rate_of(fps, stride)
    check_writable(out)
    output = Output.of(out, pair[0].name, pair[1].name)
    earlier = output.earlier()
    if not no_cache:
        keep_compiled_programs()
    learned = model_of(way, "align")
    way = way.with_code()
    reads = _read_both(pair, way)
    if reads is None:
        return 2
    unlike = told(pair[1], partial(check_widths, pair[0], *(read.features for read in reads)))
    if unlike is not None:
        raise click.ClickException(str(unlike.problem))
    notes = {video.name: list(read.worked.notes) for video, read in zip(pair, reads, strict=True)}
    if pair[0].path.samefile(pair[1].path):
        notes[pair[0].name].append("is both A and B: its frames are aligned with themselves")
    key = _key(way, pair, reads, every, rate)
    if not force and earlier is not None and earlier.get("key") == key:
        doc, done = earlier, "kept what was done before with the same settings (--force aligns again); "
    else:
        if not force:
            output.check_same(earlier, [read.source for read in reads])
        frames = [read.features[::every] for read in reads]
        check_size(pair, (len(frames[0]), len(frames[1])))
        said: list[str] = []
        with console(stderr=True).status("aligning"), Waiting(way) as waiting, noted(said):
            waiting.of(output.name)
            found = aligned(way, learned, frames[0], frames[1])
            labels = [_labels(way, learned, video, read) for video, read in zip(pair, reads, strict=True)]
        notes[output.name] = said
        doc, figure = _made(way, pair, reads, labels, found, every=every, rate=rate, key=key)
        output.write(doc, figure)
        done = ""
        remark(_by(way))
    for note in gathered(notes):
        remark(note)
    click.echo(printable(f"{done}{_counted(doc)}; results in {out}"))
    return 0


def _by(way: AlignWay) -> str:
    """What aligns, on one line."""
    return f"{'' if isinstance(way, ModelWay) else 'time warping of '}{described_way(way)}"


def _read_both(pair: Sequence[VideoFile], way: AlignWay) -> tuple[Read, Read] | None:
    """Both videos; None, and one line on stderr for each, if one cannot be used."""
    found = [told(video, partial(_read, video, way)) for video in pair]
    for each in found:
        if not isinstance(each, Read):
            complain(str(each.problem))
    first, second = found
    return (first, second) if isinstance(first, Read) and isinstance(second, Read) else None


def _read(video: VideoFile, way: AlignWay) -> Read:
    """A video of as many features as the model knows. Raises ValueError, OSError."""
    read = read_video(video)
    way.check_width(read.features)
    return read


def _key(
    way: AlignWay, pair: Sequence[VideoFile], reads: Sequence[Read], every: int, rate: float | None
) -> str:
    """Of all that decides the files."""
    method = way.method
    videos = [
        [video.name, how_read(video.reading), dict(read.source)]
        for video, read in zip(pair, reads, strict=True)
    ]
    code = [version("dkva"), method.id, method.origin, version(method.origin), way.code]
    return key_of([videos, way.decisive(), code, every, rate])


def _labels(way: AlignWay, learned: Any, video: VideoFile, read: Read) -> np.ndarray | None:
    """The model's labels of all frames [n], if it segments. Raises click.ClickException."""
    if not (isinstance(way, ModelWay) and hasattr(learned, "segment")):
        return None
    try:
        return way.labels(read.features, way.n_segments)
    except ValueError as error:
        raise click.ClickException(f"{video.path}: {error}") from error


def _made(
    way: AlignWay,
    pair: Sequence[VideoFile],
    reads: Sequence[Read],
    labels: Sequence[np.ndarray | None],
    found: Aligned,
    *,
    every: int,
    rate: float | None,
    key: str,
) -> tuple[dict, Figure]:
    """The document and the picture."""
    from dkva.base.provenance import versions
    from dkva.export.alignment import alignment_document, matched, side
    from dkva.export.alignment_pictures import Line, alignment_picture

    matches = matched(found.assignment, found.unmatched_a, found.unmatched_b)
    (a, line_a), (b, line_b) = (
        (
            side(
                video.name,
                frames=read.features.shape[0],
                features=read.features.shape[1],
                source=read.source,
                reading=read.worked.reading or {},
                labels=of_frames,
            ),
            Line(printable(video.name), len(read.features), of_frames),
        )
        for video, read, of_frames in zip(pair, reads, labels, strict=True)
    )
    origin = way.method.origin
    doc = alignment_document(
        a,
        b,
        matches,
        every=every,
        rate=rate,
        method=way.method.id,
        **({} if way.model is None else {"model": way.model}),
        settings=way.recorded(way.n_segments),
        key=key,
        versions=versions(origin),
    )
    title = printable(f"aligned by {_by(way)}")
    figure = alignment_picture(line_a, line_b, found.shares, matches, every=every, rate=rate, title=title)
    return doc, figure


def _counted(doc: Mapping[str, Any]) -> str:
    """How many frames match, on one line."""
    from dkva.datasets.annotations.forms import plural

    matches = doc["matches"]
    known = sum(row["frame_b"] is not None for row in matches)
    a, b = (doc[which]["video"] for which in "ab")
    left = plural(len(doc["unmatched_b"]), "frame")
    return f"{a}: {known} of {plural(len(matches), 'frame')} matched; {b}: {left} left over"
