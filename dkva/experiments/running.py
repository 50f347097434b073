"""Units of work carried out, and the rows that come of them kept as they come."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from dkva.base.provenance import commit, versions
from dkva.experiments.code_version import code_version
from dkva.experiments.row_cache import RowCache
from dkva.workers.carry_out import carry_out
from dkva.workers.crew import DASK, PROCESSES, Failed

__all__ = [
    "Done",
    "Labelled",
    "Unit",
    "check_same_code",
    "check_told_apart",
    "compute_rows",
    "facts_of_run",
    "numbers_of",
    "plain_row",
    "runs_of",
]


@dataclass(frozen=True)
class Done:
    """What one unit gives: rows, each with its seconds, by key; what went wrong; where JAX computed them."""

    rows: dict[str, tuple[dict, float]]
    problems: list[str]
    device: str | None


@dataclass(frozen=True)
class Unit:
    """One piece of work.

    Attributes:
        name: what problems with it are called.
        rows: how many rows come of it.
        given: what the work is given, plain enough to be sent to other processes.
    """

    name: str
    rows: int
    given: object


def plain_row(row: Mapping) -> dict:
    """Numbers as JSON has them; NaN, which it has not, as None."""
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    return {name: None if value != value else value for name, value in plain.items()}


@runtime_checkable
class Labelled(Protocol):
    """What has a label and columns, which its rows carry: a method or a learner."""

    @property
    def label(self) -> str:
        """What its rows have in the column `method`."""

    @property
    def columns(self) -> Mapping[str, str | int | float]:
        """Further columns of its rows."""


def numbers_of(row: Mapping) -> dict:
    """A row of the cache as it was before `plain_row`, NaN included."""
    return {name: float("nan") if value is None else value for name, value in row.items()}


def check_told_apart(methods: Sequence[Labelled], taken: Set[str]) -> None:
    """Refuse methods whose rows could not be told apart.

    Args:
        methods: any two must differ in their label or their columns.
        taken: columns that rows have already.

    Raises:
        ValueError: two methods of one label and the same columns, or a column that is taken.
    """
    told = [(method.label, tuple(sorted(method.columns.items()))) for method in methods]
    for index, one in enumerate(told):
        if one in told[:index]:
            raise ValueError(f"two methods are called {one[0]!r}: give each a label or columns of its own")
    for method in methods:
        for column in sorted(taken & method.columns.keys()):
            raise ValueError(f"{method.label}: rows have a column {column!r} already; give it another name")


def check_same_code(function: Callable, code: str) -> None:
    """Refuse a worker that has, or loaded, other code than the process that sent the work.

    Args:
        function: of the method.
        code: its `code_version` where the work was planned.

    Raises:
        RuntimeError: the code differs.
    """
    if function.__module__ != "__main__" and code_version(function) != code:
        where = f"{function.__module__}.{function.__qualname__}"
        raise RuntimeError(f"the worker has other code of {where}: start the workers again")


def facts_of_run(code_root: Path | None, workers: int, scheduler: str) -> tuple[str, dict]:
    """A run's id, and what is known of it before it starts: when, versions, commit, who computes.

    Args:
        code_root: checkout whose commit is given; None means dkva's own.
        workers: processes.
        scheduler: see `dkva.workers.crew`.
    """
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


def compute_rows(
    work: Callable[..., Done],
    units: Sequence[Unit],
    cache: RowCache,
    about: tuple[str, dict],
    sent: Mapping,
    progress: bool,
) -> dict[int, str]:
    """Carry units out and keep their rows as they come.

    Args:
        work: `work(unit.given)`, a function of a module.
        units: what is to be done.
        cache: where rows are kept.
        about: of `facts_of_run`.
        sent: scheduler, workers and group of `dkva.workers.carry_out.carry_out`.
        progress: show a bar on stderr if it is a terminal.

    Returns:
        What went wrong, by the place of the unit, a line each problem.

    Raises:
        SchedulerError: see `dkva.workers.carry_out.carry_out`.
    """
    run_id, facts = about
    failed: dict[int, str] = {}
    devices: set[str] = set()
    start = time.monotonic()
    with (
        _progress_bar(sum(unit.rows for unit in units), progress) as advance,
        closing(carry_out(work, [unit.given for unit in units], **sent)) as results,
    ):
        for index, done in results:
            unit = units[index]
            if isinstance(done, Failed):
                done = Done({}, [done.problem], None)
            if done.problems:
                failed[index] = "\n".join(f"  {unit.name}: {problem}" for problem in done.problems)
            if done.rows:
                devices |= {done.device} if done.device else set()
                known = {
                    "device": ", ".join(sorted(devices)) or "cpu: cpu",  # if no method used JAX
                    "wall_seconds": round(time.monotonic() - start, 1),
                }
                cache.put(done.rows, run_id, facts | known)
            advance(unit.rows)
    return failed


@contextmanager
def _progress_bar(total: int, progress: bool):
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    hidden = not (progress and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        row = bar.add_task("", total=total)
        yield lambda count: bar.advance(row, count)


def runs_of(cache: RowCache, seconds: Mapping[str, tuple[str, float]]) -> list[dict]:
    """Facts of the runs that computed rows, each with number and seconds of these rows.

    Args:
        cache: where the rows are.
        seconds: of each row by its key, the id of its run and how long it took.
    """
    facts = cache.runs()
    found = []
    for run_id in sorted({run_id for run_id, _ in seconds.values()}):
        mine = [took for of, took in seconds.values() if of == run_id]
        found.append(facts[run_id] | {"rows": len(mine), "seconds": round(sum(mine), 1)})
    return found
