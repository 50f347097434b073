"""Labels of one real Breakfast video for the others: by their features, and by models trained without labels.

Run: `python -m reproduce.label_transfer --data-root DATA`, where DATA/breakfast_sample holds features/,
groundTruth/ and mapping/ of P03, P05 and P09 (cam01, coffee); or set DKVA_DATA. Writes
results/label_transfer.csv and .json; with `--methods` or another number of seeds nothing is stored.

Each of the three videos is labelled in turn, and each frame of the two others takes the label of its partners
on the path of time warping, or of the nearest frame. A row is a pair of videos: the shares of frames whose
label is right, without any matching, and the share that can be right at most, as the labelled video does not
have every label. Labels that are stretched to the other's length, whatever its frames are, stand beside them.
Models are trained on all three videos without labels; an interval over three videos is no more than their
range.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dkva.experiments.collections import BY_PAIR, Scoring
from reproduce.base.options import compute_trained, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import summary_table
from reproduce.base.store import publish, read_rows
from reproduce.collections.joint import JOINT_SETS, to_align
from reproduce.tables.label_transfer import TABLE, TRAINED, measure, methods, with_stretched

COMMAND = TABLE.command

_SEEDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; without the data, print what is stored."""
    cli = parser(__doc__, seeds=_SEEDS)
    cli.add_argument("--data-root", type=Path, help="folder that holds breakfast_sample/ (else DKVA_DATA)")
    cli.add_argument(
        "--methods", nargs="+", choices=TRAINED, metavar="ID", help="train only these; none is stored"
    )
    options = cli.parse_args(arguments)
    root = data_root(options.data_root)
    if root is None:
        console().print(f"needs data: {COMMAND}; stored results:")
        console().print(summary_table(TABLE, read_rows(TABLE.name)))
        return 0
    seeds = range(1 if options.smoke else options.seeds)
    chosen = ["vaot"] if options.smoke and options.methods is None else options.methods
    learners = methods(chosen, smoke=options.smoke)
    (collection,) = to_align(JOINT_SETS["breakfast_sample"], root, seeds)
    outcome = compute_trained(learners, [collection], Scoring(BY_PAIR, measure), options)
    outcome = replace(outcome, rows=with_stretched(outcome.rows))
    if not (options.smoke or options.methods or options.seeds != _SEEDS):
        publish(TABLE, outcome, {"by": ["path", "nearest"]})
    console().print(summary_table(TABLE, outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
