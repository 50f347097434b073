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

from collections.abc import Sequence

from dkva.approximation.segmenter import segment_video
from dkva.baselines import tw_finch, uniform
from dkva.experiments.experiment import Method, Outcome, Task, merged
from reproduce import table2_moving5
from reproduce.base.methods import method
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines, summary_table
from reproduce.base.store import Table, chosen, publish
from reproduce.claims import verdicts
from reproduce.collections import moving5
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


def methods(epochs: int, weight_decay: float) -> list[Method]:
    """The methods that the claims compare."""
    settings = table2_moving5.BASE | {"weight_decay": weight_decay}
    learned = settings | {"epochs": epochs}
    more = settings | {"epochs": table2_moving5.MORE * epochs}
    return [
        method("uniform split", uniform),
        method("TW-FINCH", tw_finch),
        method("initial, L2", segment_video, settings | {"epochs": 0, "assignment": "l2"}, seeded=False),
        method("initial, kernel", segment_video, settings | {"epochs": 0}, seeded=False),
        method("learned, L2", segment_video, learned | {"assignment": "l2"}),
        method("learned, kernel", segment_video, learned),
        method(f"learned, kernel: {table2_moving5.MORE} × epochs", segment_video, more),
    ]


def study(factors: dict[str, tuple], seeds: Sequence[int], videos: int | None, options) -> Outcome:
    """Rows of every value of every factor."""
    choice = chosen(table2_moving5.CHOICE)
    usual, decay = int(choice["epochs"]), choice["weight_decay"]
    tasks: dict[int, list[Task]] = {}  # by epochs
    for factor, values in factors.items():
        for value in values:
            epochs, changed = (value, {}) if factor == "epochs" else (usual, {factor: value})
            named = {"factor": factor, "value": str(value)}
            tasks.setdefault(epochs, []).extend(
                moving5.tasks(Settings(**changed), seeds=seeds, videos=videos, columns=named)
            )
    outcome = merged([compute(methods(epochs, decay), mine, options) for epochs, mine in tasks.items()])
    kept = {"factor", "value", "video", "method", "seed", *TABLE.measures}
    for row in outcome.rows:
        for name in row.keys() - kept:
            del row[name]
    return outcome


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
