"""The six benchmarks as tasks, and the stand-ins for absent ones, marked as such."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dkva.datasets import BENCHMARKS, BrokenDataError, DataError, usable
from dkva.datasets.benchmarks import BenchmarkVideo
from dkva.experiments.experiment import Task
from dkva.export.documents import source_of
from reproduce.base.options import parser
from reproduce.base.paths import data_root
from reproduce.collections import basic_motions, breakfast_like

__all__ = [
    "SOURCES",
    "Opened",
    "Request",
    "Source",
    "needs",
    "open_all",
    "options_of",
    "request_of",
    "smoothing_of",
]

#: The paper's smoothing for long videos. That for short ones is lost from its text; 1 is our guess.
LONG, SHORT = 2.5, 1.0

_SALADS = "50salads"

# The paper's first.
_CLUSTERS = ("authors", "twfinch")
_GRANULARITIES = BENCHMARKS[_SALADS].granularities


@dataclass(frozen=True)
class Source:
    """A data set that a table can have a line for.

    Attributes:
        key: its name on the command line and in file names.
        title: its name in tables; one of the paper's for the six benchmarks.
        smoothing: strength of the smoothing on it; None where it was chosen on other sequences of the set.
        needs: what to get if it is absent.
    """

    key: str
    title: str
    smoothing: float | None
    needs: str


@dataclass(frozen=True)
class Opened:
    """A data set that is there.

    Attributes:
        source: what it is.
        tasks: its videos with their numbers of segments.
        skipped: problems of the videos that were left out.
        activities: activity of each video by its name; empty if K does not depend on it.
    """

    source: Source
    tasks: list[Task]
    skipped: list[str]
    activities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What a command line asks of the data sets.

    Attributes:
        sources: the data sets, 50 Salads with its granularity in its title.
        root: folder that holds them; None where none is given.
        seeds: of every video.
        videos: so many of each data set at most; None means all.
        clusters: whose K, "authors" or "twfinch".
        granularity: classes that 50 Salads is scored at.
        skip_broken: go on without videos that cannot be used.
        named: whether data sets were named, so that others may be missing.
        partial: whether not all videos or methods were asked for, as in a smoke run: nothing is stored.
    """

    sources: tuple[Source, ...]
    root: Path | None
    seeds: tuple[int, ...]
    videos: int | None
    clusters: str
    granularity: str
    skip_broken: bool
    named: bool
    partial: bool

    def variant(self, source: Source) -> tuple[str, ...]:
        """What file names add where another K or granularity than the paper's is asked for."""
        parts = []
        if source.key == _SALADS and self.granularity != _GRANULARITIES[0]:
            parts.append(self.granularity)
        if source.key in BENCHMARKS and self.clusters != _CLUSTERS[0]:
            parts.append(self.clusters)
        return tuple(parts)

    @property
    def usual(self) -> bool:
        """Whether the paper's K and granularity are asked for."""
        return self.clusters == _CLUSTERS[0] and self.granularity == _GRANULARITIES[0]


def _benchmark(key: str, title: str, smoothing: float) -> Source:
    benchmark = BENCHMARKS[key]
    return Source(key, title, smoothing, f"the folder {benchmark.folders[0]} ({benchmark.source})")


#: All data sets, the paper's first.
SOURCES: tuple[Source, ...] = (
    _benchmark("50salads", "50 Salads (mid)", LONG),
    _benchmark("mpii_cooking", "MPII Cooking 2", LONG),
    _benchmark("breakfast", "Breakfast", LONG),
    _benchmark("hollywood_extended", "Hollywood Extended", SHORT),
    _benchmark("desktop_assembly", "Desktop Assembly", SHORT),
    _benchmark("yti", "YTI", SHORT),
    Source("breakfast_sample", "Breakfast sample (3 real videos)", LONG, "the folder breakfast_sample"),
    Source(
        "breakfast_like",
        "Breakfast-like (synthetic features on real label sequences)",
        LONG,
        "the file breakfast_ground_truth.csv.gz (without it the labels are synthetic too)",
    ),
    Source("basic_motions", "BasicMotions (real sensor readings, joined)", None, "the package aeon"),
)


#: A study's smallest run is on this set, which needs no data.
_SMOKE = ("basic_motions",)


def options_of(doc: str | None, *, seeds: int) -> argparse.ArgumentParser:
    """The command line of the benchmark tables and of the studies on their data sets."""
    cli = parser(doc, seeds=seeds)
    keys = [source.key for source in SOURCES]
    cli.add_argument("--data-root", type=Path, help="folder that holds the data sets (else DKVA_DATA)")
    cli.add_argument(
        "--datasets", nargs="+", choices=keys, metavar="NAME", help=f"only these: {', '.join(keys)}"
    )
    cli.add_argument("--clusters", choices=_CLUSTERS, default=_CLUSTERS[0], help="whose K")
    cli.add_argument(
        "--granularity",
        choices=_GRANULARITIES,
        default=_GRANULARITIES[0],
        help="classes that 50 Salads is scored at (default: %(default)s, the paper's)",
    )
    cli.add_argument("--skip-broken", action="store_true", help="go on without videos that cannot be used")
    cli.add_argument(
        "--videos", type=int, help="only so many videos of each data set; then nothing is stored"
    )
    return cli


def request_of(options: argparse.Namespace, keys: Sequence[str] | None = None) -> Request:
    """What parsed options of `options_of` ask for.

    Args:
        options: the command line.
        keys: of a study's data sets; a smoke run is on one that needs no data. None means all of `SOURCES`.

    Raises:
        SystemExit: none of the study's data sets is asked for.
    """
    if options.datasets:
        asked = [key for key in keys or options.datasets if key in options.datasets]
    elif keys and options.smoke:
        asked = list(_SMOKE)
    else:
        asked = list(keys or (source.key for source in SOURCES))
    if not asked:
        raise SystemExit(f"error: no data set of this study is asked for: choose of {', '.join(keys or ())}")
    return Request(
        tuple(
            replace(source, title=source.title.replace("mid", options.granularity))
            if source.key == _SALADS
            else source
            for source in SOURCES
            if source.key in asked
        ),
        root=data_root(options.data_root),
        seeds=tuple(range(1 if options.smoke else options.seeds)),
        videos=2 if options.smoke else options.videos or None,
        clusters=options.clusters,
        granularity=options.granularity,
        skip_broken=options.skip_broken,
        named=bool(options.datasets),
        partial=bool(options.smoke or options.videos or getattr(options, "methods", None)),
    )


def open_all(request: Request) -> list[Opened]:
    """The data sets that are asked for and there.

    Raises:
        SystemExit: some cannot be used, with a list of every problem of every one of them.
    """
    opened, problems = [], []
    for source in request.sources:
        try:
            found = _open(source, request)
        except BrokenDataError as error:
            problems += [str(each) for each in error.problems]
        except DataError as error:
            problems.append(str(error))
        else:
            if found is not None:
                opened.append(found)
    if problems:
        listed = "\n".join(problems)
        raise SystemExit(
            f"error: {len(problems)} problems in the data, and nothing was computed; repair them, or leave "
            f"these videos out with --skip-broken\n{listed}"
        )
    return opened


def _open(source: Source, request: Request) -> Opened | None:
    if source.key in BENCHMARKS or source.key == "breakfast_sample":
        return _open_folder(source, request)
    if source.key == "breakfast_like":
        # They say themselves whether their labels are real.
        tasks = breakfast_like.tasks(seeds=request.seeds)
        activities = {task.video: breakfast_like.activity_of(task.video) for task in tasks}
        return Opened(source, tasks[: request.videos], [], activities)
    count = min(request.videos or basic_motions.SEQUENCES, basic_motions.SEQUENCES)
    joined = basic_motions.tasks("test", range(count))
    columns = {"dataset": source.title}
    return Opened(source, [replace(task, seeds=request.seeds, columns=columns) for task in joined], [])


def _open_folder(source: Source, request: Request) -> Opened | None:
    root = request.root
    if root is None:
        return None
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data sets with --data-root")
    sample = source.key == "breakfast_sample"
    benchmark = BENCHMARKS["breakfast" if sample else source.key]
    place = root / "breakfast_sample" if sample else benchmark.find(root)
    if place is None or not place.is_dir():
        return None
    granularity = request.granularity if benchmark.granularities else None
    videos = benchmark.open(place, clusters=request.clusters, granularity=granularity, strict=False)
    kept, skipped = usable(videos, skip_broken=request.skip_broken)
    columns = {"dataset": source.title}
    tasks = [_task(video, request.seeds, columns) for video in kept[: request.videos]]
    activities = {_name(video): video.activity for video in kept if video.activity is not None}
    return Opened(source, tasks, [str(error.below(videos.root)) for error in skipped], activities)


def _name(video: BenchmarkVideo) -> str:
    """What rows call a video; batches depend on it, so that labels do not depend on the video's folder."""
    return video.name.rsplit("/", 1)[-1]


def _task(video: BenchmarkVideo, seeds: tuple[int, ...], columns: dict) -> Task:
    scoring: dict[str, object] = {}
    if video.ignore:
        scoring["ignore"] = list(video.ignore)
    if video.coarse is not None:
        scoring["coarse"] = dict(video.coarse)
    paths = [path for path in (video.path, video.labels_path) if path is not None]
    checksum = "/".join(str(source_of(path)["blake2b"]) for path in paths)
    load = functools.partial(_load, video)
    checked = f"{checksum}/{video.label_reading.lengths}"
    return Task(_name(video), load, checked, video.n_segments, seeds, columns, scoring)


def _load(video: BenchmarkVideo) -> tuple[np.ndarray, np.ndarray | None]:
    return video.load()


def smoothing_of(source: Source) -> float:
    """The strength of the smoothing on a data set."""
    return basic_motions.chosen_smoothing() if source.smoothing is None else source.smoothing


def needs(absent: Sequence[Source], command: str) -> str:
    """What brings the lines that are not there."""
    listed = "\n".join(f"needs data: {source.title}: {source.needs}" for source in absent)
    return f"{listed}\nfill these lines with: {command} --data-root DATA"
