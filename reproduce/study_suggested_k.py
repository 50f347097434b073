"""How far suggested numbers of segments are from the true ones, and what that costs.

Run: `python -m reproduce.study_suggested_k --data-root DATA` (minutes on two cores, seconds once computed);
or set DKVA_DATA. Writes results/study_suggested_k.csv and .json.

`dkva segment -k auto` takes the median of three rules: a price for each segment and switch, the largest gap
of the eigenvalues, and TW-FINCH's coarsest partition. On the development half of the real sequences each
rule's number is held against the true number of actions, beside a constant; the same hierarchy of kernel
mean segments is cut at each.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.datasets import DataError
from reproduce.base.methods import method
from reproduce.base.options import compute, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish
from reproduce.collections.real_sequences import SETS, tasks_of
from reproduce.tables.suggested_k import MEDIAN, RULES, cut_by_rule, measure

TABLE = Table(
    "study_suggested_k",
    "Suggested numbers of segments on the development half of the real sequences",
    "python -m reproduce.study_suggested_k",
    measures=("off", "mof", "iou", "f1"),
    counts=("off",),
)


def median_off(rows: list[dict], rule: str = MEDIAN) -> float:
    """Median over the sequences of the distance from the true number."""
    return float(np.median([row["off"] for row in rows if row["method"] == rule]))


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; 2 if the sequences are not there."""
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    options = cli.parse_args(arguments)
    try:
        tasks = tasks_of(SETS["development"], data_root(options.data_root), (0,))
    except DataError as error:
        console().print(f"{SETS['development'].title}: left out. {error}")
        return 0 if options.smoke else 2
    rules = [method(cut_by_rule, {"rule": rule}, label=rule) for rule in RULES]
    tasks = [replace(task, measure=measure) for task in tasks]
    outcome = compute(rules, sorted(tasks, key=_size)[:1] if options.smoke else tasks, options)
    console().print(summary_table(TABLE, outcome.rows))
    console().print(f"Median distance of the suggestion from the true number: {median_off(outcome.rows):g}")
    if not options.smoke:
        publish(TABLE, outcome, {"sequences": len(tasks)})
    return 0


def _size(task) -> int:
    return task.load()[0].size


if __name__ == "__main__":
    raise SystemExit(main())
