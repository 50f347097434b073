"""What Tables 1, 4 and 5 share: a part a data set, stored by itself, and printed beside the paper's numbers.

Their commands do the same five things in turn: they parse the options once (`request_of`), open the data sets
that are there (`open_all`), compute rows of each, publish them (`publish_part`), and show these parts with
those that were stored before (`with_stored`, `show_scores`, `show_needs`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dkva.experiments.experiment import Method, Outcome
from reproduce.base.options import console
from reproduce.base.show import lines, with_interval
from reproduce.base.store import Table, publish, read_facts, summarise
from reproduce.collections.benchmarks import Opened, Request, Source, needs
from reproduce.ledger.paper import number

__all__ = [
    "COLUMNS",
    "BenchmarkTable",
    "Part",
    "affordable",
    "publish_part",
    "show_needs",
    "show_scores",
    "with_stored",
    "with_trained",
]

#: Scores of Tables 4 and 5.
SCORES = ("mof", "iou", "f1")

#: Columns of the rows of Tables 4 and 5 that are stored.
COLUMNS = ("dataset", "draw", "video", "method", "seed", "n_segments", "n_frames", "found", *SCORES)

# Lines that run on the largest stand-in only if they are named: each takes ten minutes and more on it, and
# the tables of rivals and of real sequences have ASOT's decoder on some of its videos.
_LARGE, _SLOW = "breakfast_like", ("asot_single", "dkva_asot")

#: A data set with its summary (`reproduce.base.store.summarise`); None where there is none.
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

    def part(self, source: Source, request: Request) -> Table:
        """Where a data set's part is stored; another K or granularity than the paper's has its own."""
        added = request.variant(source)
        flags = "".join(
            f" --{name} {value}"
            for name, value in (("clusters", request.clusters), ("granularity", request.granularity))
            if value in added
        )
        return Table(
            "_".join((self.name, source.key, *added)),
            ", ".join(filter(None, (f"{self.title}: {source.title}", self.what))),
            f"{self.command} --datasets {source.key}{flags}",
            by=self.by,
            measures=self.measures,
            paper=self.name,
            percent=self.percent,
        )


def with_trained(alone: Outcome, trained: Sequence[Outcome]) -> Outcome:
    """Rows of methods that cut one video alone, then those of trained models on the same videos.

    The provenance has the methods, the seeds and the runs of all, and as "trained" what was trained on what.
    """
    found = [alone, *trained]
    told = [each.provenance for each in found]
    shared = {
        "methods": {label: about for each in told for label, about in each["methods"].items()},
        "seeds": sorted({seed for each in told for seed in each["seeds"]}),
        "runs": [run for each in told for run in each["runs"]],
        "trained": [
            {"methods": list(each["methods"]), "collections": each["collections"], "models": each["models"]}
            for each in told[1:]
        ],
    }
    rows = [row for each in found for row in each.rows]
    return Outcome(rows, {**alone.provenance, **shared}, sum(each.computed for each in found))


def affordable(lines: Mapping[str, Method], source: Source) -> dict[str, Method]:
    """The lines that run on a data set if none are named."""
    slow = _SLOW if source.key == _LARGE else ()
    return {name: line for name, line in lines.items() if name not in slow}


def publish_part(table: BenchmarkTable, opened: Opened, outcome: Outcome, request: Request) -> list[dict]:
    """Summary of a data set's rows, which are stored unless only some videos or methods were asked for."""
    part = table.part(opened.source, request)
    if not request.partial:
        publish(part, outcome, {"clusters": request.clusters, "skipped": opened.skipped})
    return summarise(outcome.rows, part.by, part.measures)


def with_stored(table: BenchmarkTable, fresh: Mapping[str, list[dict]], request: Request) -> list[Part]:
    """Every data set asked for with its summary: the fresh one by its key, else the stored one, else None."""
    return [
        (source, fresh.get(source.key) or _stored(table.part(source, request).name))
        for source in request.sources
    ]


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


def show_needs(table: BenchmarkTable, parts: Sequence[Part]) -> None:
    """Print what brings the data sets that are not there, where there are such."""
    absent = [source for source, records in parts if records is None]
    if absent:
        console().print(needs(absent, table.command))
