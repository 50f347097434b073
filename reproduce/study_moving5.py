"""What the paper leaves open about Moving5, varied one at a time: where each claim holds, and stops.

Run: `python -m reproduce.study_moving5` (about twelve minutes on two cores, seconds once computed). Writes
results/study_moving5.csv and .json, from which `reproduce.figures` draws moving5_study.

The paper's text has lost, or never had, the length of the digits' paths, their size, colour and order, and
whether a digit that comes back is written as before; and epochs and the number of times that digit 3 comes
back are choices. All else stays as in Table 2: 50 test
videos, the true number of segments, the settings chosen on the default validation videos. Prints the scores,
and for each value which of the claims hold.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from dkva.experiments.experiment import Method, Outcome, Task, merged
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines, summary_table
from reproduce.base.store import Table, publish
from reproduce.collections import moving5
from reproduce.ledger.verdicts import verdicts
from reproduce.tables.moving5 import Chosen, chosen_settings, true_k_methods
from reproduce.tables.studies import with_columns
from synthetic.moving5 import Settings

COMMAND = "python -m reproduce.study_moving5"
TABLE = Table(
    "study_moving5",
    "Moving5, one setting varied at a time",
    COMMAND,
    by=("factor", "value", "method"),
    measures=("mof", "boundary_accuracy", "boundary_precision", "repeats_joined"),
)

#: Values of each factor, the default's among them.
FACTORS: dict[str, tuple] = {
    "travel": (0.5, 1.0, 2.0, 3.0, 4.0, 8.0),
    "digit_size": (28, 20, 14),
    "colour": (True, False),
    "order": ("random", "fixed"),
    "repeats": (1, 2, 3),
    "returning": ("new", "same"),
    "epochs": (5, 10, 20, 40, 80),
}

SEEDS = 3


#: The lines of Table 2 that the claims compare.
METHODS = ("uniform", "tw_finch", "dkva_initial_l2", "dkva_initial", "dkva_l2", "dkva", "dkva_more_epochs")


def methods(choice: Chosen) -> list[Method]:
    """The methods that the claims compare."""
    of_table2 = true_k_methods(choice)
    return [of_table2[name] for name in METHODS]


def study(
    factors: Mapping[str, tuple], seeds: Sequence[int], videos: int | None, options: argparse.Namespace
) -> Outcome:
    """Rows of every value of every factor."""
    choice = chosen_settings()
    tasks: dict[int, list[Task]] = {}  # by epochs
    for factor, values in factors.items():
        for value in values:
            epochs, changed = (value, {}) if factor == "epochs" else (choice.epochs, {factor: value})
            named = {"factor": factor, "value": str(value)}
            tasks.setdefault(epochs, []).extend(
                moving5.tasks(Settings(**changed), seeds=seeds, videos=videos, columns=named)
            )
    outcome = merged(
        [compute(methods(choice._replace(epochs=epochs)), mine, options) for epochs, mine in tasks.items()]
    )
    return with_columns(outcome, ("factor", "value", "video", "method", "seed", *TABLE.measures))


def verdict_table(records: Sequence[dict]):
    """Which claims hold at each value."""
    claims = list(dict.fromkeys(record["claim"] for record in records))
    out = lines("Where the claims hold: effect in points, verdict", ["factor", "value", *claims], 2)
    cells: dict[tuple[str, str], list[str]] = {}
    for record in records:
        effect = "– " if record["effect"] is None else f"{record['effect']:+.1f} "
        cells.setdefault((record["factor"], record["value"]), []).append(effect + record["verdict"])
    for names, shown in cells.items():
        out.add_row(*names, *shown)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print."""
    options = parser(__doc__, seeds=SEEDS).parse_args(arguments)
    if options.smoke:
        outcome = study({"travel": (2.0,), "epochs": (1,)}, range(1), 2, options)
    else:
        outcome = study(FACTORS, range(options.seeds), None, options)
        publish(TABLE, outcome, {"n_segments": moving5.K, "default": str(Settings())})
    console().print(summary_table(TABLE, outcome.rows))
    console().print(verdict_table(verdicts(outcome.rows)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
