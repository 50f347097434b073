"""Experiments: methods × videos × seeds in, rows of scores out; each row is computed once.

Rows are kept in a `RowCache` as they come, so that a run that is stopped, or killed, goes on where it was.
A row is found again by the hash of all that decides it: the method's id, settings and code, the scoring's
code, the video's data and name, the number of segments and the seed. Code counts by what it means and by all
that it reaches (`dkva.experiments.code_version`): comments, formatting and the file that it lies in do not.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dkva.base.checks import check_whole
from dkva.base.errors import ExperimentError
from dkva.base.provenance import device
from dkva.experiments.code_version import code_version
from dkva.experiments.keys import key_of
from dkva.experiments.row_cache import RowCache
from dkva.experiments.running import (
    Done,
    Unit,
    check_same_code,
    check_told_apart,
    compute_rows,
    facts_of_run,
    numbers_of,
    plain_row,
    runs_of,
)
from dkva.metrics.segmentation import score_row
from dkva.workers.crew import PROCESSES, check_scheduler, described

__all__ = [
    "ExperimentError",
    "Method",
    "Outcome",
    "RowCache",
    "Task",
    "code_version",
    "count_missing",
    "merged",
    "run",
]


@dataclass(frozen=True)
class Method:
    """A way to cut a video, with its settings.

    Attributes:
        label: what tables call it, and its rows in the column `method`.
        segment: `segment(features, n_segments, **settings) -> labels [n]`, a function of a module. It is
            given the keywords `seed` and `name` (the video's) where it takes them.
        settings: further keywords, plain enough for JSON.
        seeded: whether labels depend on the seed; None means: where the function takes one.
        id: what its rows are kept under, whatever the function is called and wherever it lies; "" means the
            function's own name.
        columns: further columns of its rows, after what was measured, such as the settings that a study
            varies: `{"epochs": 5, "weight_decay": 1e-3}`. Like the label they are part of no key.
    """

    label: str
    segment: Callable[..., np.ndarray]
    settings: Mapping[str, object] = field(default_factory=dict)
    seeded: bool | None = None
    id: str = ""
    columns: Mapping[str, str | int | float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", getattr(self.segment, "__name__", ""))

    @property
    def name(self) -> str:
        """What provenance and messages call it: what its columns hold, or its label where it has none.

        Texts stand as they are, as in "hidden layers: 1" of `{"factor": "hidden layers", "value": "1"}`, and
        a number with the name of its column, as in "epochs 5, weight decay 0.001".
        """
        texts = [value for value in self.columns.values() if isinstance(value, str)]
        told = [
            f"{column.replace('_', ' ')} {value:g}"
            for column, value in self.columns.items()
            if not isinstance(value, str)
        ]
        return ", ".join(([": ".join(texts)] if texts else []) + told) or self.label

    @property
    def uses_seed(self) -> bool:
        """Whether there is a row a seed, or one in all."""
        return self._takes("seed") if self.seeded is None else self.seeded

    def labels(self, features: np.ndarray, n_segments: int, seed: int | None, video: str) -> np.ndarray:
        """Labels [n] of one video."""
        given: dict[str, object] = dict(self.settings)
        if self._takes("seed"):
            given["seed"] = 0 if seed is None else seed
        if self._takes("name"):
            given["name"] = video
        return self.segment(features, n_segments, **given)

    def _takes(self, keyword: str) -> bool:
        return keyword in inspect.signature(self.segment).parameters


@dataclass(frozen=True)
class Task:
    """One video to be cut into so many segments.

    Attributes:
        video: its name; batches depend on it.
        load: gives features [n, d] and truth [n]; called in the process that does the work, so a function of
            a module or a `functools.partial` of one.
        checksum: of what `load` gives.
        n_segments: M.
        seeds: of the methods that take one.
        columns: further columns of its rows, such as the data set's name.
        scoring: keywords for `measure`, plain enough for JSON, such as the labels to ignore.
        measure: `measure(truth, labels, n_segments, **scoring) -> dict` of numbers.
    """

    video: str
    load: Callable[[], tuple]
    checksum: str
    n_segments: int
    seeds: tuple[int, ...] = (0,)
    columns: Mapping[str, str | int | float] = field(default_factory=dict)
    scoring: Mapping[str, object] = field(default_factory=dict)
    measure: Callable[..., dict[str, float]] = score_row


@dataclass(frozen=True)
class Outcome:
    """What a run gives.

    Attributes:
        rows: one a task × method × seed, in that order: the task's columns, video, method (its label), seed
            (None where the method has none), n_segments, what was measured, and the method's columns.
        provenance: methods with ids, settings and code versions, seeds, a digest of the data, and of the runs
            that computed the rows: when, versions, device, commit, wall time, and of these rows number and
            seconds of work.
        computed: rows computed now; the others came from the cache.
    """

    rows: list[dict]
    provenance: dict
    computed: int


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """Several outcomes as one; its provenance lists theirs as "parts"."""
    return Outcome(
        [row for outcome in outcomes for row in outcome.rows],
        {"parts": [outcome.provenance for outcome in outcomes]},
        sum(outcome.computed for outcome in outcomes),
    )


# --- running -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Job:
    key: str
    method: Method
    seed: int | None
    code: str


def _jobs(methods: Sequence[Method], task: Task) -> list[_Job]:
    jobs = []
    for method in methods:
        code = code_version(method.segment)
        for seed in task.seeds if method.uses_seed else (None,):
            decisive = {
                "method": method.id,
                "settings": dict(method.settings),
                "code": code,
                "measure": code_version(task.measure),
                "data": task.checksum,
                "video": task.video,
                "n_segments": task.n_segments,
                "scoring": dict(task.scoring),
                "seed": seed,
            }
            jobs.append(_Job(key_of(decisive), method, seed, code))
    return jobs


def count_missing(methods: Sequence[Method], tasks: Sequence[Task], cache: RowCache) -> int:
    """How many rows of a run are not in the cache yet."""
    keys = {job.key for task in tasks for job in _jobs(methods, task)}
    return len(keys - cache.get(keys).keys())


def _work(unit: tuple[Task, Sequence[_Job], str]) -> Done:
    task, jobs, measure = unit
    features, truth = task.load()
    done = {}
    problems = []
    for job in jobs:
        start = time.perf_counter()
        try:
            check_same_code(job.method.segment, job.code)
            check_same_code(task.measure, measure)
            labels = job.method.labels(features, task.n_segments, job.seed, task.video)
            row = plain_row(task.measure(truth, labels, task.n_segments, **task.scoring))
        except Exception as error:  # noqa: BLE001 -- a method may fail in any way, and the others go on
            which = job.method.name if job.seed is None else f"{job.method.name}, seed {job.seed}"
            problems.append(f"{which}: {described(error)}")
        else:
            done[job.key] = row, time.perf_counter() - start
    return Done(done, problems, device() if "jax" in sys.modules else None)


def run(
    methods: Sequence[Method],
    tasks: Sequence[Task],
    cache: RowCache,
    *,
    workers: int = 1,
    scheduler: str = PROCESSES,
    group: int | None = None,
    force: bool = False,
    progress: bool = True,
    code_root: Path | None = None,
) -> Outcome:
    """One row a task × method × seed, from the cache or computed and kept there.

    Args:
        methods: any two differ in their label or their columns, by which their rows are told apart.
        tasks: the videos.
        cache: where rows are kept as they come; a run killed at any moment loses the videos in flight.
        workers: processes; one of "processes" is this process itself. Rows do not depend on it.
        scheduler: who computes: "processes", "dask" for a local cluster made for the run, or the address or
            scheduler file of a running Dask scheduler, which has its own workers. See `dkva.workers.crew`.
        group: videos sent to a worker at once; None means 1 to 8, so that every worker gets several groups.
        force: compute anew what is in the cache.
        progress: show a bar on stderr where it is a terminal.
        code_root: checkout whose commit the rows are said to come from; None means dkva's own.

    Raises:
        ValueError: methods whose rows could not be told apart, a method's column that rows have already, an
            unknown scheduler, or a number of workers below 1.
        ExperimentError: some videos failed (all are listed), or killed their worker each time.
        SchedulerError: an ExperimentError; see `dkva.workers.carry_out.carry_out`.
    """
    taken = {"video", "method", "seed", "n_segments"}.union(*(task.columns for task in tasks))
    check_told_apart(methods, taken)
    check_whole("workers", workers, least=1)
    check_scheduler(scheduler)
    jobs = {index: _jobs(methods, task) for index, task in enumerate(tasks)}
    known = {} if force else cache.get(job.key for mine in jobs.values() for job in mine)
    units = []
    planned: set[str] = set()
    for index, mine in jobs.items():
        missing = [job for job in mine if job.key not in known and job.key not in planned]
        planned.update(job.key for job in missing)
        if missing:
            given = (tasks[index], missing, code_version(tasks[index].measure))
            units.append(Unit(tasks[index].video, len(missing), given))
    if units:
        sent = {"scheduler": scheduler, "workers": workers, "group": group}
        facts = facts_of_run(code_root, workers, scheduler)
        if failed := compute_rows(_work, units, cache, facts, sent, progress):
            listed = "\n".join(failed.values())
            raise ExperimentError(
                f"{len(failed)} of {len(units)} videos failed; the rows of the others are kept\n{listed}"
            )
        known = cache.get(job.key for mine in jobs.values() for job in mine)
    rows, seconds = [], {}
    for index, task in enumerate(tasks):
        for job in jobs[index]:
            row, run_id, took = known[job.key]
            seconds[job.key] = (run_id, took)
            about: dict = {"video": task.video, "method": job.method.label, "seed": job.seed}
            about["n_segments"] = task.n_segments
            rows.append({**task.columns, **about, **numbers_of(row), **job.method.columns})
    return Outcome(rows, _provenance(methods, tasks, cache, seconds), len(planned))


def _provenance(methods, tasks, cache: RowCache, seconds: Mapping[str, tuple[str, float]]) -> dict:
    data = hashlib.sha256("\n".join(f"{task.video} {task.checksum}" for task in tasks).encode())
    names = Counter(method.name for method in methods)
    return {
        "methods": {
            method.name if names[method.name] == 1 else f"{method.label}, {method.name}": {
                "id": method.id,
                "settings": dict(method.settings),
                "code": code_version(method.segment),
            }
            for method in methods
        },
        "seeds": sorted({seed for task in tasks for seed in task.seeds}),
        "videos": len({task.video for task in tasks}),
        "data": data.hexdigest()[:32],
        "runs": runs_of(cache, seconds),
    }
