"""Experiments: methods × videos × seeds in, rows of scores out; each row is computed once.

Rows are kept in a `RowCache` as they come, so that a run that is stopped, or killed, goes on where it was.
A row is found again by the hash of all that decides it: the method's id, settings and code, the scoring's
code, the video's data and name, the number of segments and the seed. Code counts by what it means and by all
that it reaches (`dkva.experiments.code_version`): comments, formatting and the file that it lies in do not.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from dkva.base.checks import check_whole
from dkva.base.errors import ExperimentError
from dkva.base.provenance import commit, device, versions
from dkva.experiments.code_version import code_version
from dkva.experiments.row_cache import RowCache
from dkva.metrics.segmentation import score_row
from dkva.workers.crew import DASK, PROCESSES, Failed, carry_out, check_scheduler, described

__all__ = ["ExperimentError", "Method", "Outcome", "RowCache", "Task", "code_version", "merged", "run"]

_KEY_DIGITS = 32


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

        A number stands with the name of its column: "smoothing 2.5", but "hidden layers: 1" of the texts
        `{"factor": "hidden layers", "value": "1"}`.
        """
        told = (
            value if isinstance(value, str) else f"{column.replace('_', ' ')} {value:g}"
            for column, value in self.columns.items()
        )
        return ": ".join(told) or self.label

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

    def check_code(self) -> None:
        """Refuse a worker that has, or loaded, other code of the method."""
        segment = self.method.segment
        if segment.__module__ != "__main__" and code_version(segment) != self.code:
            where = f"{segment.__module__}.{segment.__qualname__}"
            raise RuntimeError(f"the worker has other code of {where}: start the workers again")


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
            text = json.dumps(decisive, sort_keys=True)
            key = hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]
            jobs.append(_Job(key, method, seed, code))
    return jobs


@dataclass(frozen=True)
class _Done:
    """What one video gives: rows, each with its seconds, by key; what went wrong; where JAX computed them."""

    rows: dict[str, tuple[dict, float]]
    problems: list[str]
    device: str | None


def _work(unit: tuple[Task, Sequence[_Job]]) -> _Done:
    task, jobs = unit
    features, truth = task.load()
    done = {}
    problems = []
    for job in jobs:
        start = time.perf_counter()
        try:
            job.check_code()
            labels = job.method.labels(features, task.n_segments, job.seed, task.video)
            row = _plain(task.measure(truth, labels, task.n_segments, **task.scoring))
        except Exception as error:  # noqa: BLE001 -- a method may fail in any way, and the others go on
            which = job.method.name if job.seed is None else f"{job.method.name}, seed {job.seed}"
            problems.append(f"{which}: {described(error)}")
        else:
            done[job.key] = row, time.perf_counter() - start
    return _Done(done, problems, device() if "jax" in sys.modules else None)


def _plain(row: Mapping) -> dict:
    """Numbers as JSON has them; NaN, which it has not, as None."""
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    return {name: None if value != value else value for name, value in plain.items()}


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
        SchedulerError: an ExperimentError; see `dkva.workers.crew.carry_out`.
    """
    _check_told_apart(methods, tasks)
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
            units.append((tasks[index], missing))
    if units:
        run_id, facts = _facts(code_root, workers, scheduler)
        sent = {"scheduler": scheduler, "workers": workers, "group": group}
        _compute(units, cache, run_id, facts, sent, progress)
        known = cache.get(job.key for mine in jobs.values() for job in mine)
    rows, seconds = [], {}
    for index, task in enumerate(tasks):
        for job in jobs[index]:
            row, run_id, took = known[job.key]
            seconds[job.key] = (run_id, took)
            about = {"video": task.video, "method": job.method.label, "seed": job.seed}
            numbers = {name: float("nan") if value is None else value for name, value in row.items()}
            numbers |= job.method.columns
            rows.append(dict(task.columns) | about | {"n_segments": task.n_segments} | numbers)
    return Outcome(rows, _provenance(methods, tasks, cache, seconds), len(planned))


def _check_told_apart(methods: Sequence[Method], tasks: Sequence[Task]) -> None:
    """Refuse methods of one label and the same columns, and columns that rows have already."""
    told = [(method.label, tuple(sorted(method.columns.items()))) for method in methods]
    for index, one in enumerate(told):
        if one in told[:index]:
            raise ValueError(f"two methods are called {one[0]!r}: give each a label or columns of its own")
    taken = {"video", "method", "seed", "n_segments"}.union(*(task.columns for task in tasks))
    for method in methods:
        for column in taken.intersection(method.columns):
            raise ValueError(f"{method.label}: rows have a column {column!r} already; give it another name")


def _facts(code_root: Path | None, workers: int, scheduler: str) -> tuple[str, dict]:
    root = code_root or Path(__file__).parents[2]
    started = datetime.now(UTC).isoformat(timespec="seconds")
    facts: dict[str, object] = {
        "started": started,
        "versions": versions(),
        "commit": commit(root, "dkva", "reproduce", "synthetic"),
    }
    if scheduler in (PROCESSES, DASK):
        facts["workers"] = workers
    if scheduler != PROCESSES:  # an address is nobody else's business
        facts["scheduler"] = DASK if scheduler == DASK else "a running Dask scheduler"
    return f"{started}-{uuid.uuid4().hex[:8]}", facts


def _compute(units, cache: RowCache, run_id: str, facts: dict, sent: dict, progress: bool) -> None:
    problems = []
    failed = 0
    devices: set[str] = set()
    start = time.monotonic()
    with (
        _bar(sum(len(jobs) for _, jobs in units), progress) as advance,
        closing(carry_out(_work, units, **sent)) as results,
    ):
        for index, done in results:
            task, jobs = units[index]
            if isinstance(done, Failed):
                done = _Done({}, [done.problem], None)
            if done.problems:
                failed += 1
                problems += [f"{task.video}: {problem}" for problem in done.problems]
            if done.rows:
                devices |= {done.device} if done.device else set()
                about = {
                    "device": ", ".join(sorted(devices)) or "cpu: cpu",  # where no method used JAX
                    "wall_seconds": round(time.monotonic() - start, 1),
                }
                cache.put(done.rows, run_id, facts | about)
            advance(len(jobs))
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise ExperimentError(
            f"{failed} of {len(units)} videos failed; the rows of the others are kept\n{listed}"
        )


@contextmanager
def _bar(total: int, progress: bool):
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    hidden = not (progress and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        row = bar.add_task("", total=total)
        yield lambda count: bar.advance(row, count)


def _provenance(methods, tasks, cache: RowCache, seconds: Mapping[str, tuple[str, float]]) -> dict:
    facts = cache.runs()
    runs = []
    for run_id in sorted({run_id for run_id, _ in seconds.values()}):
        mine = [took for of, took in seconds.values() if of == run_id]
        runs.append(facts[run_id] | {"rows": len(mine), "seconds": round(sum(mine), 1)})
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
        "data": data.hexdigest()[:_KEY_DIGITS],
        "runs": runs,
    }
