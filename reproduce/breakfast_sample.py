"""Parity with the authors' program on three real Breakfast videos (method: section 11).

Run: `python -m reproduce.breakfast_sample --data-root DATA`, where DATA/breakfast_sample holds features/,
groundTruth/ and mapping/ of P03, P05 and P09 (cam01, coffee); or set DKVA_DATA. Half a minute on two cores.
Writes results/breakfast_sample.csv and .json. K = 4, smoothing 2.5, 100 epochs, Gauss × NTK, seeds 0 to 4,
both estimators. The authors' figures (`ledger.paper`) are of one run of their program each: its seed option
has no effect there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reproduce.base.options import compute, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import lines
from reproduce.base.store import Table, publish, read_rows
from reproduce.collections.breakfast_sample import VIDEOS, K, tasks
from reproduce.ledger.paper import number
from reproduce.tables.recording_cells import parity_cells
from reproduce.tables.recordings import BREAKFAST

COMMAND = "python -m reproduce.breakfast_sample --data-root DATA"
TABLE = Table(
    "breakfast_sample",
    "Three real Breakfast videos beside the authors' program",
    COMMAND,
    by=("video", "method"),
    paper="program",
)


def table(rows: Sequence[dict]):
    """Ours beside theirs: mean ± standard deviation over seeds, and the range of MoF."""
    columns = ["video", "authors' program", *(f"ours, {method.label}" for method in BREAKFAST)]
    out = lines("MoF / IoU / F1 in %", columns)
    for name in VIDEOS:
        theirs = (number(TABLE.paper, {"video": name}, measure) for measure in TABLE.measures)
        out.add_row(name, " / ".join(f"{value:.1f}" for value in theirs), *parity_cells(rows, name))
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; without the data, print what is stored."""
    cli = parser(__doc__)
    cli.add_argument("--data-root", type=Path, help="folder that holds breakfast_sample/ (else DKVA_DATA)")
    options = cli.parse_args(arguments)
    root = data_root(options.data_root)
    if root is None:
        console().print(f"needs data: {COMMAND}; stored results:")
        console().print(table(read_rows(TABLE.name)))
        return 0
    methods = BREAKFAST
    if options.smoke:
        methods = tuple(replace(each, settings=dict(each.settings) | {"epochs": 1}) for each in BREAKFAST)
    outcome = compute(methods, tasks(root, range(1 if options.smoke else options.seeds)), options)
    if not options.smoke:
        publish(TABLE, outcome, {"n_segments": K})
    console().print(table(outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
