"""What Tables 1, 4 and 5 share: what is there is run and stored, and printed beside the paper's numbers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dkva.experiments.experiment import Outcome
from reproduce.base.options import console
from reproduce.base.show import lines, with_interval
from reproduce.base.store import Table, publish, read_facts, summarise
from reproduce.collections.benchmarks import Opened, Source, needs, open_all, variant, wanted
from reproduce.ledger.paper import number

__all__ = ["BenchmarkTable", "kept", "run", "show_scores"]

#: Scores of Tables 4 and 5.
SCORES = ("mof", "iou", "f1")

#: Columns of the rows that are stored.
KEPT = ("dataset", "draw", "video", "method", "seed", "n_segments", "n_frames", "found", *SCORES)

Part = tuple[Source, list[dict] | None]


@dataclass(frozen=True)
class BenchmarkTable:
    """One of the tables, stored in a part for each data set.

    Attributes:
        name: "table4" and the like, of its files and in `reproduce.ledger.paper.TABLES`.
        title: its name in text.
        command: what makes it.
        what: number of segments asked for, in words.
        by: columns that tell its lines apart.
        measures: what is averaged.
        percent: whether these are shares.
    """

    name: str
    title: str
    command: str
    what: str = ""
    by: tuple[str, ...] = ("dataset", "method")
    measures: tuple[str, ...] = SCORES
    percent: bool = True

    def part(self, source: Source, options: argparse.Namespace) -> Table:
        """Where a data set's part is stored; another K or granularity than the paper's has its own."""
        added = variant(source, options)
        flags = "".join(
            f" --{name} {value}"
            for name, value in (("clusters", options.clusters), ("granularity", options.granularity))
            if f"_{value}" in added
        )
        return Table(
            f"{self.name}_{source.key}{added}",
            ", ".join(filter(None, (f"{self.title}: {source.title}", self.what))),
            f"{self.command} --datasets {source.key}{flags}",
            by=self.by,
            measures=self.measures,
            paper=self.name,
            percent=self.percent,
        )


def kept(outcome: Outcome) -> Outcome:
    """An outcome with the columns that are stored."""
    rows = [{name: row[name] for name in KEPT if name in row} for row in outcome.rows]
    return replace(outcome, rows=rows)


def run(
    table: BenchmarkTable,
    options: argparse.Namespace,
    compute: Callable[[Opened], Outcome],
    show: Callable[[Sequence[Part]], None],
) -> int:
    """Compute what is there, store it, and show it with what was stored before or is missing.

    Args:
        table: the table.
        options: of `benchmarks.options_of`; a smoke run, some videos or some methods store nothing.
        compute: a data set's rows.
        show: prints data sets, each with its summary, None where it is absent.
    """
    partial = options.smoke or options.videos or getattr(options, "methods", None)
    fresh: dict[str, list[dict]] = {}
    for opened in open_all(options):
        outcome = compute(opened)
        part = table.part(opened.source, options)
        if not partial:
            publish(part, outcome, {"clusters": options.clusters, "skipped": opened.skipped})
        fresh[opened.source.key] = summarise(outcome.rows, part.by, part.measures)
    sources = wanted(options)
    parts = [(each, fresh.get(each.key) or _stored(table.part(each, options).name)) for each in sources]
    show(parts)
    absent = [source for source, records in parts if records is None]
    if absent:
        console().print(needs(absent, table.command))
    return 0


def _stored(name: str) -> list[dict] | None:
    """Summary of a stored part of a table; None where there is none."""
    try:
        return read_facts(name)["table"]
    except FileNotFoundError:
        return None


def show_scores(table: BenchmarkTable, parts: Sequence[Part]) -> None:
    """Print every data set's lines, the paper's scores beside ours."""
    columns = [f"{score} {whose}" for score in ("MoF", "IoU", "F1") for whose in ("paper", "ours")]
    title = f"{table.title}, {table.what}, in %: mean [95 % interval over videos]"
    out = lines(title, ["data set", "method", *columns], 2)
    for source, records in parts:
        if records is None:
            out.add_row(source.title, "needs data", *[""] * len(columns))
            continue
        named = str(records[0]["dataset"])
        for method in dict.fromkeys(record["method"] for record in records):
            cells = []
            for record in (r for r in records if r["method"] == method and r["measure"] in SCORES):
                theirs = number(table.name, record, record["measure"])
                cells += ["–" if theirs is None else f"{theirs:.1f}", with_interval(record)]
            out.add_row(named, method, *cells)
            named = ""
    console().print(out)
