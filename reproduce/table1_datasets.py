"""Table 1: the data sets (paper section 4).

Run: `python -m reproduce.table1_datasets --data-root DATA` (seconds once the files have been read); or set
DKVA_DATA. Writes results/table1_NAME.csv and .json for each data set that is there: a row a video with its
frames, its different actions, its segments in time and its features. What the paper counts as segments are
different actions, rounded up: its Breakfast has 6, the released labels have 5.2 actions and 6.8 segments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from dkva.base.provenance import versions
from dkva.base.segments import segments
from dkva.experiments.experiment import Outcome
from reproduce.base.options import console
from reproduce.base.show import lines
from reproduce.collections.benchmarks import Opened, Source, open_all, options_of, request_of
from reproduce.ledger.paper import number
from reproduce.tables.benchmark_tables import BenchmarkTable, Part, publish_part, show_needs, with_stored

COMMAND = "python -m reproduce.table1_datasets"
MEASURES = ("frames", "actions", "segments", "features")
TABLE = BenchmarkTable("table1", "Table 1", COMMAND, by=("dataset",), measures=MEASURES, percent=False)

#: The paper's name of each measure; its segments are different actions.
PAPER = {"frames": "frames", "actions": "segments", "features": "features"}


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


def show(parts: Sequence[Part]) -> None:
    """Print the paper's counts beside those found."""
    columns = ["data set", "videos", "mean frames", "mean actions", "segments", "features"]
    out = lines("Table 1: paper | here", columns)
    for source, records in parts:
        if records is None:
            out.add_row(source.title, "needs data")
            continue
        found = {record["measure"]: record for record in records}
        cells = [_beside(source, "videos", records[0]["videos"])]
        cells += [_beside(source, PAPER.get(measure), found[measure]["mean"]) for measure in MEASURES]
        out.add_row(source.title, *cells)
    console().print(out)


def main(arguments: list[str] | None = None) -> int:
    """Describe what is there, store and print."""
    request = request_of(options_of(__doc__, seeds=1).parse_args(arguments))
    fresh = {
        opened.source.key: publish_part(TABLE, opened, describe(opened), request)
        for opened in open_all(request)
    }
    parts = with_stored(TABLE, fresh, request)
    show(parts)
    show_needs(TABLE, parts)
    return 0


def _beside(source: Source, column: str | None, ours: float) -> str:
    theirs = None if column is None else number("table1", {"dataset": source.title}, column)
    return f"{'–' if theirs is None else f'{theirs:g}'} | {ours:.1f}".removesuffix(".0")


if __name__ == "__main__":
    raise SystemExit(main())
