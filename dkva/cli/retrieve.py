"""Command line: `dkva retrieve --model FILE QUERY FRAME VIDEOS…`: frames of other videos like one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dkva.cli.aligning.ways import model_of
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.embedding.work import Embedded, embedded_videos
from dkva.cli.retrieving.output import Output
from dkva.cli.retrieving.query import check_frame, others_than, query_video
from dkva.cli.segmenting.find import find_videos
from dkva.cli.segmenting.model import ModelWay, described_model, open_model, reading_of
from dkva.cli.segmenting.waiting import Waiting
from dkva.cli.segmenting.work import Planned
from dkva.cli.shared_options import (
    check_writable,
    feature_reading,
    no_cache_option,
    rate_of,
    reading_options,
    time_options,
)
from dkva.cli.terminal import complain, console, counting, gathered, printable, remark
from dkva.datasets.reading import LabelReading

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from dkva.datasets import VideoFile

__all__ = ["retrieve"]


@click.command(
    "retrieve",
    epilog="Examples:  dkva retrieve --model coffee.npz features/P03_coffee.npy 120 features/ --fps 15   |   "
    "dkva retrieve --model coffee.npz features/P03_coffee.npy 120 features/ --top 5 --all --json",
)
@click.argument("query", type=click.Path(path_type=Path))
@click.argument("frame", type=click.IntRange(0))
@click.argument("videos", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="VIDEOS...")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    required=True,
    help="What dkva train has written of a method that embeds; dkva methods says which do.",
)
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Frames to find at most.")
@click.option(
    "--all", "several", is_flag=True, help="Several frames of one video, too, not its nearest one alone."
)
@reading_options
@time_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the table.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for results, too: table, document and picture; it is made if it does not exist.",
)
@no_cache_option
def retrieve(query, frame, videos, model, top, several, fps, stride, as_json, out, no_cache, **read) -> int:
    """Find the frames of other videos that show the same as one frame, by a trained model.

    QUERY is a feature file and FRAME the number of one of its frames, from 0. VIDEOS are files or folders as
    of `dkva segment`; all are read as those of the training were. The query's own video is not searched.

    Prints the nearest frame of each video, nearest first. With --out it also writes QUERY_at_FRAME.json,
    QUERY_at_FRAME.retrieved.csv and QUERY_at_FRAME.png, which shows how far every frame is.
    """
    way = open_model(model)
    read = reading_of(way, click.get_current_context())
    reading = feature_reading(**read, no_cache=no_cache)
    rate = rate_of(fps, stride)
    asked = query_video(query, reading)
    found = find_videos(videos, None, None, reading, LabelReading())
    if not found.videos:
        for problem in found.problems:
            complain(problem)
        return 2
    for note in found.notes:
        remark(note)
    others = others_than(asked, found.videos)
    output = None
    if out is not None:
        check_writable(out)
        output = Output.of(out, asked.name, frame)
        output.check()
    if not no_cache:
        keep_compiled_programs()
    model_of(way, "embed")
    problems = list(found.problems)
    mine, unread = _seen([asked], way)
    problems += unread
    if mine:
        check_frame(asked, frame, len(mine[0].frames))
        searched, unread = _seen(others, way)
        problems += unread
        if searched:
            doc, figure = _found(way, mine[0], frame, searched, top=top, several=several, rate=rate)
            if output is not None:
                output.write(doc, figure())
            _show(doc, as_json=as_json)
            remark(described_model(way))
            _count(doc, out)
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


class _Seen(NamedTuple):
    """One video that was embedded: which, what came of it, and its embedded frames [n, e]."""

    video: VideoFile
    came: Embedded
    frames: np.ndarray


def _seen(videos: Sequence[VideoFile], way: ModelWay) -> tuple[list[_Seen], list[str]]:
    """The videos that could be embedded, and one line for each of the others; what readers say is said."""
    seen, problems, notes = [], [], {}
    with Waiting(way) as waiting, counting("embedding") as bar:
        task = bar.add_task("", total=len(videos))

        def started(index: int) -> None:
            bar.update(task, description=printable(videos[index].name))
            waiting.of(videos[index].name)

        for video, came in embedded_videos([Planned(video) for video in videos], way, started):
            bar.advance(task)
            if isinstance(came, str):
                problems.append(came)
            elif came.frames is not None:
                notes[video.name] = came.notes
                seen.append(_Seen(video, came, came.frames))
    for note in gathered(notes):
        remark(note)
    return seen, problems


def _found(
    way: ModelWay,
    query: _Seen,
    frame: int,
    searched: Sequence[_Seen],
    *,
    top: int,
    several: bool,
    rate: float | None,
) -> tuple[dict, Callable[[], Figure]]:
    """The document of what is found, and what draws the picture."""
    from dkva.alignment.retrieval import frame_distances, nearest_frames
    from dkva.base.provenance import versions
    from dkva.export.retrieval import retrieval_document

    distances = [frame_distances(query.frames[frame], each.frames) for each in searched]
    nearest = nearest_frames(distances, top, several=several)
    origin = way.method.origin
    doc = retrieval_document(
        {**_side(query), "frame": frame},
        [(searched[each.video].video.name, each.frame, each.distance) for each in nearest],
        rate=rate,
        searched=[_side(each) for each in searched],
        method=way.method.id,
        model=way.model,
        settings=way.recorded(way.n_segments),
        versions=versions(origin),
    )

    def figure() -> Figure:
        from dkva.export.retrieval_pictures import Strip, retrieval_picture

        marked: dict[int, list[int]] = {}
        for each in nearest:
            marked.setdefault(each.video, []).append(each.frame)
        own = frame_distances(query.frames[frame], query.frames)
        return retrieval_picture(
            Strip(printable(query.video.name), own, [frame]),
            [Strip(printable(searched[i].video.name), distances[i], of) for i, of in marked.items()],
            rate=rate,
            title=printable(f"frames like frame {frame} of {query.video.name}, by {described_model(way)}"),
        )

    return doc, figure


def _side(seen: _Seen) -> dict:
    """What the document says of a video."""
    n, d = seen.came.shape
    of = {"video": seen.video.name, "frames": n, "features": d}
    return {**of, "reading": dict(seen.came.reading), "source": dict(seen.came.source)}


def _show(doc: Mapping, *, as_json: bool) -> None:
    """Print the found frames."""
    if as_json:
        click.echo(printable(json.dumps(doc, indent=2, ensure_ascii=False)))
        return
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column("video", no_wrap=True)
    timed = "frames_per_second" in doc
    for name in ("frame", *(["seconds"] if timed else []), "distance"):
        table.add_column(name, justify="right")
    for row in doc["retrieved"]:
        seconds = [f"{row['time']:.2f}"] if timed else []
        table.add_row(escape(printable(row["video"])), str(row["frame"]), *seconds, f"{row['distance']:.4f}")
    console().print(table)


def _count(doc: Mapping, out: Path | None) -> None:
    """Say on a line how many frames were found of how many videos, and where they were written."""
    from dkva.datasets.annotations.forms import plural

    query, found = doc["query"], doc["retrieved"]
    of = f"{plural(len(found), 'frame')} of {plural(len({row['video'] for row in found}), 'video')}"
    among = plural(len(doc["searched"]), "video")
    where = f"; results in {out}" if out is not None else ""
    remark(f"{of} found for frame {query['frame']} of {query['video']} among {among}{where}")
