"""The six benchmarks as tasks, and the stand-ins for absent ones, marked as such."""

from __future__ import annotations

import argparse
import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dkva.datasets import BENCHMARKS, BrokenDataError, DataError, usable
from dkva.datasets.benchmarks import BenchmarkVideo
from dkva.experiments.experiment import Task
from dkva.export.documents import source_of
from reproduce import basic_motions
from reproduce.base.options import parser
from reproduce.base.paths import data_root
from reproduce.base.store import chosen
from reproduce.basic_motions import SEQUENCES

__all__ = [
    "SOURCES",
    "Opened",
    "Source",
    "needs",
    "open_all",
    "options_of",
    "random_k",
    "smoothing_of",
    "variant",
    "wanted",
    "with_random_k",
]

#: The paper's smoothing for long videos. That for short ones is lost from its text; 1 is our guess.
LONG, SHORT = 2.5, 1.0


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
    """

    source: Source
    tasks: list[Task]
    skipped: list[str]


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


def options_of(doc: str | None, *, seeds: int, methods: bool = False) -> argparse.ArgumentParser:
    """The command line of the benchmark tables, with --methods where a table has them."""
    cli = parser(doc, seeds=seeds)
    keys = [source.key for source in SOURCES]
    cli.add_argument("--data-root", type=Path, help="folder that holds the data sets (else DKVA_DATA)")
    cli.add_argument(
        "--datasets", nargs="+", choices=keys, metavar="NAME", help=f"only these: {', '.join(keys)}"
    )
    cli.add_argument("--clusters", choices=("authors", "twfinch"), default="authors", help="whose K")
    cli.add_argument(
        "--granularity",
        choices=BENCHMARKS["50salads"].granularities,
        default=BENCHMARKS["50salads"].granularities[0],
        help="classes that 50 Salads is scored at (default: %(default)s, the paper's)",
    )
    cli.add_argument("--skip-broken", action="store_true", help="go on without videos that cannot be used")
    cli.add_argument(
        "--videos", type=int, help="only so many videos of each data set; then nothing is stored"
    )
    if methods:
        cli.add_argument("--methods", nargs="+", metavar="NAME", help="only these rows; nothing is stored")
    return cli


def wanted(options: argparse.Namespace) -> list[Source]:
    """The data sets that are asked for, 50 Salads with its granularity in its title."""
    chosen_ones = [source for source in SOURCES if not options.datasets or source.key in options.datasets]
    return [
        replace(source, title=source.title.replace("mid", options.granularity))
        if source.key == "50salads"
        else source
        for source in chosen_ones
    ]


def variant(source: Source, options: argparse.Namespace) -> str:
    """What file names add where another K or granularity than the paper's is asked for."""
    parts = []
    if source.key == "50salads" and options.granularity != BENCHMARKS["50salads"].granularities[0]:
        parts.append(options.granularity)
    if source.key in BENCHMARKS and options.clusters != "authors":
        parts.append(options.clusters)
    return "".join(f"_{part}" for part in parts)


def open_all(options: argparse.Namespace) -> list[Opened]:
    """The data sets that are asked for and there; exits with a list of every problem of every one of them."""
    root = data_root(options.data_root)
    opened, problems = [], []
    for source in wanted(options):
        try:
            found = _open(source, root, options)
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


def _open(source: Source, root: Path | None, options: argparse.Namespace) -> Opened | None:
    seeds = tuple(range(1 if options.smoke else options.seeds))
    most = 2 if options.smoke else options.videos
    if source.key in BENCHMARKS or source.key == "breakfast_sample":
        return _open_folder(source, root, options, seeds, most)
    if source.key == "breakfast_like":
        from reproduce.collections import breakfast_like

        tasks = breakfast_like.tasks(seeds=seeds)  # they say themselves whether their labels are real
        return Opened(source, tasks[: most or len(tasks)], [])
    columns = {"dataset": source.title}
    joined = basic_motions.tasks("test", range(min(most or SEQUENCES, SEQUENCES)))
    return Opened(source, [replace(task, seeds=seeds, columns=columns) for task in joined], [])


def _open_folder(
    source: Source,
    root: Path | None,
    options: argparse.Namespace,
    seeds: tuple[int, ...],
    most: int | None,
) -> Opened | None:
    if root is None:
        return None
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data sets with --data-root")
    sample = source.key == "breakfast_sample"
    benchmark = BENCHMARKS["breakfast" if sample else source.key]
    place = root / "breakfast_sample" if sample else benchmark.find(root)
    if place is None or not place.is_dir():
        return None
    granularity = options.granularity if benchmark.granularities else None
    videos = benchmark.open(place, clusters=options.clusters, granularity=granularity, strict=False)
    kept, skipped = usable(videos, skip_broken=options.skip_broken)
    columns = {"dataset": source.title}
    tasks = [_task(video, seeds, columns) for video in kept[: most or len(kept)]]
    return Opened(source, tasks, [str(error.below(videos.root)) for error in skipped])


def _task(video: BenchmarkVideo, seeds: tuple[int, ...], columns: dict) -> Task:
    scoring: dict[str, object] = {}
    if video.ignore:
        scoring["ignore"] = list(video.ignore)
    if video.coarse is not None:
        scoring["coarse"] = dict(video.coarse)
    paths = [path for path in (video.path, video.labels_path) if path is not None]
    checksum = "/".join(str(source_of(path)["blake2b"]) for path in paths)
    # Labels do not depend on the folder that a video lies in.
    name = video.name.rsplit("/", 1)[-1]
    load = functools.partial(_load, video)
    return Task(name, load, f"{checksum}/{video.lengths}", video.n_segments, seeds, columns, scoring)


def _load(video: BenchmarkVideo) -> tuple[np.ndarray, np.ndarray | None]:
    return video.load()


def smoothing_of(source: Source) -> float:
    """The strength of the smoothing on a data set."""
    return chosen(basic_motions.CHOICE)["smoothing"] if source.smoothing is None else source.smoothing


def needs(absent: Sequence[Source], command: str) -> str:
    """What brings the lines that are not there."""
    listed = "\n".join(f"needs data: {source.title}: {source.needs}" for source in absent)
    return f"{listed}\nfill these lines with: {command} --data-root DATA"


def random_k(name: str, k: int, draw: int) -> int:
    """M = max(2, K + r) with r uniform in -K … K: one of a video's draws, the same for every method.

    See the paper's sections 4.1 and 4.3; `name` is the video's.
    """
    rng = np.random.default_rng([zlib.crc32(name.encode(errors="surrogatepass")), draw])
    return max(2, k + int(rng.integers(-k, k + 1)))


def with_random_k(tasks: Sequence[Task]) -> list[Task]:
    """Each task once a seed, with a random number of segments of its own; the seed is the draw's number."""
    return [
        replace(
            task,
            n_segments=random_k(task.video, task.n_segments, draw),
            seeds=(draw,),
            columns=dict(task.columns) | {"draw": draw},
        )
        for task in tasks
        for draw in task.seeds
    ]
