"""What the studies of kernels, smoothing and settings share: their data sets, and what is stored."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.datasets import BENCHMARKS
from dkva.experiments.experiment import Outcome, Task
from reproduce.base.options import console
from reproduce.base.paths import RESULTS
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish, read_rows
from reproduce.collections.benchmarks import Opened, needs, open_all, wanted

__all__ = ["LEARNED", "end_study", "open_studied", "store", "subset", "with_columns"]

#: What rows call the paper's method.
LEARNED = "learned, kernel"

#: The smallest run of the code is on this set, which needs no data.
_SMOKE = ("basic_motions",)


def subset(tasks: Sequence[Task], videos: int) -> list[Task]:
    """So many videos, drawn once and for all, in their order."""
    if len(tasks) <= videos:
        return list(tasks)
    drawn = np.random.default_rng(0).choice(len(tasks), videos, replace=False)
    return [tasks[index] for index in sorted(drawn.tolist())]


def _only(options: argparse.Namespace, keys: Sequence[str]) -> argparse.Namespace:
    """The options with a study's data sets, as many of them as are asked for."""
    if not options.datasets:
        names = list(_SMOKE if options.smoke else keys)
    else:
        names = [key for key in keys if key in options.datasets]
    if not names:
        raise SystemExit(f"error: no data set of this study is asked for: choose of {', '.join(keys)}")
    return argparse.Namespace(**vars(options) | {"datasets": names})


def open_studied(options: argparse.Namespace, keys: Sequence[str], like: int) -> list[Opened]:
    """The data sets of a study that are there.

    Args:
        options: of `reproduce.collections.benchmarks.options_of`.
        keys: of its data sets, as in `reproduce.collections.benchmarks.SOURCES`.
        like: videos of Breakfast-like.
    """
    return [
        replace(opened, tasks=subset(opened.tasks, like)) if opened.source.key == "breakfast_like" else opened
        for opened in open_all(_only(options, keys))
    ]


def end_study(
    table: Table,
    outcome: Outcome,
    opened: Sequence[Opened],
    keys: Sequence[str],
    options: argparse.Namespace,
    settings: Mapping | None = None,
) -> None:
    """Store and print a study's rows, and what brings the data sets that are not there."""
    skipped = [problem for each in opened for problem in each.skipped]
    store(table, outcome, dict(settings or {}) | {"skipped": skipped}, options)
    if outcome.rows:
        console().print(summary_table(table, outcome.rows))
    there = {each.source.key for each in opened}
    missing = [source for source in wanted(_only(options, keys)) if source.key not in there]
    if missing:
        console().print(needs(missing, table.command))


def with_columns(outcome: Outcome, names: Sequence[str]) -> Outcome:
    """An outcome with these columns of its rows, in this order."""
    return replace(outcome, rows=[{name: row[name] for name in names if name in row} for row in outcome.rows])


def store(
    table: Table,
    outcome: Outcome,
    settings: Mapping,
    options: argparse.Namespace,
    folder: Path = RESULTS,
) -> bool:
    """Publish a whole run with the paper's numbers of segments; False where nothing was written.

    Nothing is written either where rows that are stored would be lost, of a data set that is not here.
    """
    usual = BENCHMARKS["50salads"].granularities[0]
    if options.smoke or options.datasets or options.videos:
        return False
    if options.clusters != "authors" or options.granularity != usual:
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
