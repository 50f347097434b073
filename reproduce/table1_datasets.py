"""Table 1: the data sets (paper section 4).

Run: `python -m reproduce.table1_datasets --data-root DATA` (seconds once the files have been read); or set
DKVA_DATA. Writes results/table1_NAME.csv and .json for each data set that is there: a row a video with its
frames, its different actions, its segments in time and its features. What the paper counts as segments are
different actions, rounded up: its Breakfast has 6, the released labels have 5.2 actions and 6.8 segments.
"""

from __future__ import annotations

import hashlib

import numpy as np

from dkva.experiment import Outcome
from dkva.provenance import versions
from dkva.runs import segments
from reproduce.benchmarks import SOURCES, Opened, Source, needs, open_all, options_of
from reproduce.options import console
from reproduce.paper import number
from reproduce.show import lines
from reproduce.store import Table, publish, summarise
from reproduce.table4_benchmarks import stored

COMMAND = "python -m reproduce.table1_datasets"
MEASURES = ("frames", "actions", "segments", "features")

#: The paper's name of each measure; its segments are different actions.
PAPER = {"frames": "frames", "actions": "segments", "features": "features"}


def table(source: Source) -> Table:
    """Where a data set's part of the table is stored."""
    return Table(
        f"table1_{source.key}",
        f"Table 1: {source.title}",
        f"{COMMAND} --datasets {source.key}",
        by=("dataset",),
        measures=MEASURES,
        paper="table1",
        percent=False,
    )


def describe(opened: Opened) -> Outcome:
    """One row a video."""
    rows, digests = [], []
    for task in opened.tasks:
        frames, truth = task.load()
        counts = {
            "frames": len(frames),
            "actions": len(np.unique(truth)),
            "segments": len(segments(truth)),
            "features": frames.shape[1],
        }
        rows.append(dict(task.columns) | {"video": task.video} | counts)
        digests.append(f"{task.video} {task.checksum}")
    data = hashlib.sha256("\n".join(digests).encode()).hexdigest()[:32]
    return Outcome(rows, {"videos": len(rows), "data": data, "runs": [{"versions": versions()}]}, len(rows))


def main(arguments: list[str] | None = None) -> int:
    """Describe what is there, store and print."""
    options = options_of(__doc__, seeds=1).parse_args(arguments)
    fresh = {}
    for opened in open_all(options):
        part, outcome = table(opened.source), describe(opened)
        if not (options.smoke or options.videos):
            publish(part, outcome, {"clusters": options.clusters, "skipped": opened.skipped})
        fresh[opened.source.key] = summarise(outcome.rows, part.by, part.measures)
    out = lines(
        "Table 1: paper | here", ["data set", "videos", "mean frames", "mean actions", "segments", "features"]
    )
    absent = []
    wanted = [source for source in SOURCES if not options.datasets or source.key in options.datasets]
    for source in wanted:
        records = fresh.get(source.key) or stored(table(source).name)
        if records is None:
            absent.append(source)
            out.add_row(source.title, "needs data")
            continue
        found = {record["measure"]: record for record in records}
        cells = [_beside(source, "videos", records[0]["videos"])]
        cells += [_beside(source, PAPER.get(measure), found[measure]["mean"]) for measure in MEASURES]
        out.add_row(source.title, *cells)
    console().print(out)
    if absent:
        console().print(needs(absent, COMMAND))
    return 0


def _beside(source: Source, column: str | None, ours: float) -> str:
    theirs = None if column is None else number("table1", {"dataset": source.title}, column)
    return f"{'–' if theirs is None else f'{theirs:g}'} | {ours:.1f}".removesuffix(".0")


if __name__ == "__main__":
    raise SystemExit(main())
