"""What the command lines of all scripts share."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console

from dkva.experiments import collections
from dkva.experiments.experiment import ExperimentError, Method, Outcome, RowCache, Task, run
from dkva.experiments.learners import Learner, Member
from dkva.experiments.models import ModelStore
from dkva.workers.crew import PROCESSES, SCHEDULER_HELP, check_scheduler
from reproduce.base.paths import MODELS, ROOT, ROWS

__all__ = ["compute", "compute_trained", "console", "parser", "thinned"]

# Frames of a video of a smoke run, at most.
_SMOKE_FRAMES = 200


def console() -> Console:
    """Standard output for tables, wide enough wherever it goes."""
    return Console(width=200, highlight=False)


def parser(doc: str | None, *, seeds: int | None = 5) -> argparse.ArgumentParser:
    """A parser with --workers, --scheduler, --force, --smoke and, if `seeds` is given, --seeds."""
    out = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if seeds is not None:
        out.add_argument("--seeds", type=_count, default=seeds, help=f"number of seeds (default {seeds})")
    out.add_argument(
        "--workers", type=_count, default=os.cpu_count() or 1, help="processes (default: one a core)"
    )
    out.add_argument(
        "--scheduler",
        type=_scheduler,
        default=PROCESSES,
        metavar="WHERE",
        help=f"{SCHEDULER_HELP}, whose workers then count (default {PROCESSES})",
    )
    out.add_argument("--force", action="store_true", help="compute anew what has been computed before")
    out.add_argument("--smoke", action="store_true", help="the smallest run of the code; nothing is stored")
    return out


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return value


def _scheduler(text: str) -> str:
    try:
        return check_scheduler(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def compute(
    methods: Sequence[Method], tasks: Sequence[Task], options: argparse.Namespace, rows: Path | None = None
) -> Outcome:
    """Rows of an experiment under a script's options.

    A smoke run keeps none, its videos are thinned, and what is learned is learned for one epoch.

    Exits with one message where videos failed; what was computed is kept.
    """
    try:
        if options.smoke:
            with tempfile.TemporaryDirectory() as folder:
                cache = RowCache(Path(folder) / "rows.sqlite")
                few, short = [thinned(task) for task in tasks], [_shortened(method) for method in methods]
                return run(short, few, cache, scheduler=options.scheduler, code_root=ROOT)
        return run(
            methods,
            tasks,
            RowCache(rows or ROWS),
            workers=options.workers,
            scheduler=options.scheduler,
            force=options.force,
            code_root=ROOT,
        )
    except ExperimentError as error:
        raise SystemExit(f"error: {error}") from error


def compute_trained(
    learners: Sequence[Learner],
    given: Sequence[collections.Collection],
    scoring: collections.Scoring,
    options: argparse.Namespace,
) -> Outcome:
    """Rows of learners on collections under a script's options.

    A smoke run keeps neither rows nor models, and its videos are thinned.

    Exits with one message if trainings or videos failed; what was computed is kept.
    """
    try:
        if options.smoke:
            with tempfile.TemporaryDirectory() as folder:
                kept = RowCache(Path(folder) / "rows.sqlite"), ModelStore(Path(folder) / "models")
                few = [_thinned_collection(each) for each in given]
                return collections.run(
                    learners, few, scoring, *kept, scheduler=options.scheduler, code_root=ROOT
                )
        return collections.run(
            learners,
            given,
            scoring,
            RowCache(ROWS),
            ModelStore(MODELS),
            workers=options.workers,
            scheduler=options.scheduler,
            force=options.force,
            code_root=ROOT,
        )
    except ExperimentError as error:
        raise SystemExit(f"error: {error}") from error


def _shortened(method: Method) -> Method:
    """A method of one epoch, if it has some."""
    if not method.settings.get("epochs"):
        return method
    return replace(method, settings={**method.settings, "epochs": 1})


def thinned(task: Task) -> Task:
    """A task whose video has few frames, for a smoke run: some, evenly spread."""
    return replace(task, load=partial(_few_frames, task.load), checksum=f"{task.checksum}, thinned")


def _thinned_collection(given: collections.Collection) -> collections.Collection:
    known = None if given.known is None else _thinned_members(given.known)
    return replace(given, train=_thinned_members(given.train), test=_thinned_members(given.test), known=known)


def _thinned_members(videos: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(
        replace(video, read=partial(_few_frames, video.read), checksum=f"{video.checksum}, thinned")
        for video in videos
    )


def _few_frames(load: Callable[[], tuple]) -> tuple:
    features, truth = load()
    n = len(features)
    if n <= _SMOKE_FRAMES or not (truth is None or isinstance(truth, np.ndarray)):
        return features, truth  # a truth in seconds knows where its frames are
    places = np.arange(_SMOKE_FRAMES) * n // _SMOKE_FRAMES
    return np.asarray(features)[places], None if truth is None else truth[places]
