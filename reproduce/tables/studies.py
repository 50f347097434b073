"""What the studies of kernels, smoothing and settings share: their data sets, and what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dkva.experiments.experiment import Outcome
from reproduce.base.options import console
from reproduce.base.paths import RESULTS
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish, read_rows
from reproduce.collections.benchmarks import Opened, Request, needs, open_all
from reproduce.collections.subsets import subset

__all__ = ["end_study", "open_studied", "store", "with_columns"]


def open_studied(request: Request, like: int) -> list[Opened]:
    """The data sets of a study that are there, with so many videos of Breakfast-like."""
    return [
        replace(opened, tasks=subset(opened.tasks, like)) if opened.source.key == "breakfast_like" else opened
        for opened in open_all(request)
    ]


def end_study(
    table: Table,
    outcome: Outcome,
    opened: Sequence[Opened],
    request: Request,
    settings: Mapping | None = None,
) -> None:
    """Store and print a study's rows, and what brings the data sets that are not there."""
    skipped = [problem for each in opened for problem in each.skipped]
    store(table, outcome, dict(settings or {}) | {"skipped": skipped}, request)
    if outcome.rows:
        console().print(summary_table(table, outcome.rows))
    there = {each.source.key for each in opened}
    missing = [source for source in request.sources if source.key not in there]
    if missing:
        console().print(needs(missing, table.command))


def with_columns(outcome: Outcome, names: Sequence[str]) -> Outcome:
    """An outcome with these columns of its rows, in this order."""
    return replace(outcome, rows=[{name: row[name] for name in names if name in row} for row in outcome.rows])


def store(
    table: Table,
    outcome: Outcome,
    settings: Mapping,
    request: Request,
    folder: Path = RESULTS,
) -> bool:
    """Publish a whole run with the paper's numbers of segments; False where nothing was written.

    Nothing is written either where rows that are stored would be lost, of a data set that is not here.
    """
    if request.partial or request.named or not request.usual:
        return False
    try:
        old = {row["dataset"] for row in read_rows(table.name, folder, check=False)}
    except FileNotFoundError:
        old = set()
    lost = sorted(old - {row["dataset"] for row in outcome.rows})
    if lost:
        console().print(f"nothing is stored: the stored rows have {', '.join(lost)} too, not here now")
        return False
    return publish(table, outcome, settings, folder)
