"""Experiments: methods × videos × seeds in, rows of scores out; each row is computed once.

Rows are kept in a `RowCache` as they come, so that a run that is stopped, or killed, goes on where it was.
A row is found again by the hash of all that decides it: the method's function, settings and source code, the
scoring's source code, the video's data and name, the number of segments and the seed.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import inspect
import itertools
import json
import multiprocessing
import os
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from dkva.checks import check_whole
from dkva.metrics import score_row
from dkva.provenance import commit, device, versions

__all__ = ["ExperimentError", "Method", "Outcome", "RowCache", "Task", "code_version", "merged", "run"]

_KEY_BYTES = 16
_LOCK_SECONDS = 120
_QUERY = 500


class ExperimentError(RuntimeError):
    """Some rows could not be computed; the others are in the cache."""


@dataclass(frozen=True)
class Method:
    """A way to cut a video, with its settings.

    Attributes:
        name: what rows and tables call it.
        segment: `segment(features, n_segments, **settings) -> labels [n]`, a function of a module. It is
            given the keywords `seed` and `name` (the video's) where it takes them.
        settings: further keywords, plain enough for JSON.
        seeded: whether labels depend on the seed; None means: where the function takes one.
    """

    name: str
    segment: Callable[..., np.ndarray]
    settings: Mapping[str, object] = field(default_factory=dict)
    seeded: bool | None = None

    @property
    def uses_seed(self) -> bool:
        """Whether there is a row a seed, or one in all."""
        return self._takes("seed") if self.seeded is None else self.seeded

    @property
    def function(self) -> str:
        """Module and name of the function."""
        return f"{self.segment.__module__}.{self.segment.__qualname__}"

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
        rows: one a task × method × seed, in that order: the task's columns, video, method, seed (None where
            the method has none), n_segments, and what was measured.
        provenance: methods with settings and code versions, seeds, a digest of the data, and of the runs
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


# --- code versions -----------------------------------------------------------------------------------


@functools.cache
def code_version(module: str) -> str:
    """Hash of the source of a module and of all that it imports from its package and dkva, near or far.

    Raises:
        ValueError: a module without a source file, whose changes could not be noticed.
    """
    digest = hashlib.sha256()
    sources = _sources(module)
    if not sources:
        raise ValueError(f"{module} has no source file: put methods and measures into a module that has one")
    for name, source in sorted(sources.items()):
        digest.update(f"{name}\n{len(source)}\n".encode())
        digest.update(source)
    return digest.hexdigest()[:_KEY_BYTES]


def _sources(module: str) -> dict[str, bytes]:
    packages = {module.split(".")[0], __package__}
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path.read_bytes()
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        imported = _imports(found[name], package)
        waiting += [other for other in imported if other.split(".")[0] in packages]
    return found


def _imports(source: bytes, package: str) -> Iterator[str]:
    """Modules that a source may import: of `from a.b import c` both a.b and a.b.c."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = importlib.util.resolve_name("." * node.level + module, package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _file_of(module: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(module)
        origin = spec.origin if spec else None
    except ModuleNotFoundError:  # a name of a module that is no package
        return None
    except ValueError:  # the script that runs
        origin = getattr(sys.modules[module], "__file__", None)
    return Path(origin) if origin and origin.endswith(".py") else None


# --- cache -------------------------------------------------------------------------------------------


class RowCache:
    """Rows by key in one SQLite file, which many processes may read and write.

    What is put is there after the process is killed, whole or not at all.

    Args:
        path: the file; folders are made as needed. Deleting it costs time, nothing else.

    Raises:
        ExperimentError: a file that is no such cache, or cannot be written.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.execute("CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, facts TEXT NOT NULL)")
                database.execute(
                    "CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, run TEXT NOT NULL, "
                    "seconds REAL NOT NULL, row TEXT NOT NULL)"
                )
        except (sqlite3.Error, OSError) as error:
            raise ExperimentError(
                f"{path}: cannot be used as a cache of rows ({error}); delete it, or free its folder"
            ) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_LOCK_SECONDS)) as database, database:
            yield database

    def get(self, keys: Iterable[str]) -> dict[str, tuple[dict, str, float]]:
        """(row, id of its run, seconds) of each key that is there."""
        found = {}
        wanted = list(keys)
        with self._open() as database:
            for start in range(0, len(wanted), _QUERY):
                part = wanted[start : start + _QUERY]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, row, run, seconds FROM rows WHERE key IN ({marks})"
                for key, row, run_id, seconds in database.execute(query, part):
                    found[key] = json.loads(row), run_id, seconds
        return found

    def put(self, rows: Mapping[str, tuple[dict, float]], run_id: str, facts: Mapping) -> None:
        """Keep rows of one run by key, each with the seconds it took; a row that is there is replaced."""
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?)", (run_id, json.dumps(facts)))
            database.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
                [(key, run_id, seconds, json.dumps(row)) for key, (row, seconds) in rows.items()],
            )

    def runs(self) -> dict[str, dict]:
        """Facts of every run by id."""
        with self._open() as database:
            return {run_id: json.loads(facts) for run_id, facts in database.execute("SELECT * FROM runs")}


# --- running -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Job:
    key: str
    method: Method
    seed: int | None


def _jobs(methods: Sequence[Method], task: Task) -> list[_Job]:
    jobs = []
    for method in methods:
        for seed in task.seeds if method.uses_seed else (None,):
            decisive = {
                "function": method.function,
                "settings": dict(method.settings),
                "code": code_version(method.segment.__module__),
                "measure": [task.measure.__qualname__, code_version(task.measure.__module__)],
                "data": task.checksum,
                "video": task.video,
                "n_segments": task.n_segments,
                "scoring": dict(task.scoring),
                "seed": seed,
            }
            text = json.dumps(decisive, sort_keys=True)
            jobs.append(_Job(hashlib.sha256(text.encode()).hexdigest()[: 2 * _KEY_BYTES], method, seed))
    return jobs


def _work(task: Task, jobs: Sequence[_Job]) -> dict[str, tuple[dict, float]]:
    """Rows, each with its seconds, of one video."""
    features, truth = task.load()
    done = {}
    for job in jobs:
        start = time.perf_counter()
        labels = job.method.labels(features, task.n_segments, job.seed, task.video)
        row = task.measure(truth, labels, task.n_segments, **task.scoring)
        done[job.key] = _plain(row), time.perf_counter() - start
    return done


def _attempt(task: Task, jobs: Sequence[_Job]) -> dict[str, tuple[dict, float]] | str:
    """What `_work` gives, or what went wrong, as text: not every exception can be sent between processes."""
    try:
        return _work(task, jobs)
    except Exception as error:  # noqa: BLE001 -- a method may fail in any way, and the other videos go on
        return f"{task.video}: {type(error).__name__}: {error}"


def _plain(row: Mapping) -> dict:
    """Numbers as JSON has them; NaN, which it has not, as None."""
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    return {name: None if value != value else value for name, value in plain.items()}


def _start_worker(started, workers: int) -> None:
    """Give a worker cores of its own, and end it when the process that started it ends, in any way."""
    if hasattr(os, "sched_setaffinity"):  # where workers share cores, XLA's threads wait for each other
        with started.get_lock():
            index = started.value
            started.value += 1
        cores = sorted(os.sched_getaffinity(0))
        mine = cores[index % len(cores) :: workers]
        os.sched_setaffinity(0, mine)
        threadpool_limits(len(mine))  # threads that numpy started before stay where they were
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run(
    methods: Sequence[Method],
    tasks: Sequence[Task],
    cache: RowCache,
    *,
    workers: int = 1,
    force: bool = False,
    progress: bool = True,
    code_root: Path | None = None,
) -> Outcome:
    """One row a task × method × seed, from the cache or computed and kept there.

    Args:
        methods: of different names.
        tasks: the videos.
        cache: where rows are kept as they come; a run killed at any moment loses the videos in flight.
        workers: processes; 1 computes in this one. Rows do not depend on it.
        force: compute anew what is in the cache.
        progress: show a bar on stderr where it is a terminal.
        code_root: checkout whose commit the rows are said to come from; None means dkva's own.

    Raises:
        ValueError: methods of one name, or a number of workers below 1.
        ExperimentError: some videos failed (all are listed), or a worker died.
    """
    names = [method.name for method in methods]
    if len(set(names)) != len(names):
        raise ValueError(f"methods are {names}: give each a name of its own")
    check_whole("workers", workers, least=1)
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
        run_id, facts = _facts(code_root, workers)
        _compute(units, cache, run_id, facts, workers, progress)
        known = cache.get(job.key for mine in jobs.values() for job in mine)
    rows, seconds = [], {}
    for index, task in enumerate(tasks):
        for job in jobs[index]:
            row, run_id, took = known[job.key]
            seconds[job.key] = (run_id, took)
            about = {"video": task.video, "method": job.method.name, "seed": job.seed}
            numbers = {name: float("nan") if value is None else value for name, value in row.items()}
            rows.append(dict(task.columns) | about | {"n_segments": task.n_segments} | numbers)
    return Outcome(rows, _provenance(methods, tasks, cache, seconds), len(planned))


def _facts(code_root: Path | None, workers: int) -> tuple[str, dict]:
    root = code_root or Path(__file__).parent.parent
    started = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {
        "started": started,
        "versions": versions(),
        "device": device(),
        "commit": commit(root, "dkva", "reproduce", "synthetic"),
        "workers": workers,
    }
    return f"{started}-{uuid.uuid4().hex[:8]}", facts


def _compute(units, cache: RowCache, run_id: str, facts: dict, workers: int, progress: bool) -> None:
    problems = []
    start = time.monotonic()
    with _bar(sum(len(jobs) for _, jobs in units), progress) as advance:
        for count, result in _results(units, workers):
            if isinstance(result, str):
                problems.append(result)
            else:
                cache.put(result, run_id, facts | {"wall_seconds": round(time.monotonic() - start, 1)})
            advance(count)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise ExperimentError(
            f"{len(problems)} of {len(units)} videos failed; the rows of the others are kept\n{listed}"
        )


def _results(units, workers: int):
    """(number of rows, rows or what went wrong) of each unit as it comes."""
    if workers == 1:
        for task, jobs in units:
            yield len(jobs), _attempt(task, jobs)
        return
    context = multiprocessing.get_context("spawn")  # JAX's threads do not survive a fork
    setup = context.Value("i", 0), workers
    with ProcessPoolExecutor(workers, context, _start_worker, setup) as pool:
        try:
            running: dict[Future, tuple] = {}
            waiting = iter(units)
            while True:
                # One more than there are workers, so that none waits; what is not started is not lost.
                for task, jobs in itertools.islice(waiting, workers + 1 - len(running)):
                    running[pool.submit(_attempt, task, jobs)] = task, len(jobs)
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task, count = running.pop(future)
                    problem = future.exception()
                    if isinstance(problem, BrokenProcessPool):
                        raise problem
                    # The task itself may be one that cannot be sent.
                    failed = f"{task.video}: {type(problem).__name__}: {problem}"
                    yield count, failed if problem else future.result()
        except BrokenProcessPool as error:  # on submission too
            raise ExperimentError(
                "a worker process died, perhaps of too little memory; rows done are kept: "
                "run again, with fewer workers"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


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
    return {
        "methods": {
            method.name: {
                "function": method.function,
                "settings": dict(method.settings),
                "code": code_version(method.segment.__module__),
            }
            for method in methods
        },
        "seeds": sorted({seed for task in tasks for seed in task.seeds}),
        "videos": len({task.video for task in tasks}),
        "data": data.hexdigest()[: 2 * _KEY_BYTES],
        "runs": runs,
    }
