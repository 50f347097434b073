"""How difficult Many activities should be, by raw features and raw poses alone: Kendall's tau of 0.5 to 0.65.

Run: `python -m reproduce.many_activities_difficulty` (five minutes of one core). Writes
results/many_activities_difficulty.csv and .json.

No model is trained. As for One activity (`reproduce/one_activity_difficulty.py`), each frame of a test video
is given the nearest frame of another test video of its activity, and Kendall's tau says how far these come
in order, mean over the six activities. Two settings of `synthetic.many_activities.Settings` are chosen: the
lightest background `light` by raw features, and the farthest place of a body `place` by raw poses. Neither
changes what the other is chosen by. Of the values tried it is the one whose mean tau over five seeds of the
data set is nearest to the middle of 0.5 and 0.65; five other seeds check it. Beside them stands the tau of
features and poses side by side under both choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np

from dkva.base.provenance import versions
from dkva.experiments.experiment import Outcome
from reproduce.base.options import console, parser
from reproduce.base.show import lines
from reproduce.base.store import Table, publish
from reproduce.collections.many_activities import BOTH, FEATURES, POSES, kind_of, title
from reproduce.tables.raw_order import CHECK, CHOOSE, LEAST, MOST, TAU, TRUE_TAU, chosen, found, taus
from synthetic.many_activities import ACTIVITIES, Settings, Split, generate

COMMAND = "python -m reproduce.many_activities_difficulty"

TABLE = Table(
    "many_activities_difficulty",
    "Many activities (synthetic): Kendall's tau of raw features by light, of raw poses by place",
    COMMAND,
    by=("dataset", "factor", "value"),
    measures=(TAU, TRUE_TAU),
    percent=False,
)

#: The setting that decides how difficult a kind is.
FACTORS: Mapping[str, str] = {FEATURES: "light", POSES: "place"}

#: Values tried of each.
TRIED: Mapping[str, tuple] = {"light": (0, 40, 80, 100, 120), "place": (0.0, 1.0, 2.0, 2.5, 3.0)}


def split_of(seed: int, settings: Settings) -> Split:
    """The test videos of a seed's data set; they are the same whatever the number of training videos."""
    return generate(replace(settings, seed=seed, train=1)).splits["test"]


def rows_of(split: Split, kind: str, seed: int, factor: str, value: str) -> list[dict]:
    """A row for each test video of a data set.

    Args:
        split: its test videos.
        kind: of columns, one of `many_activities.KINDS`.
        seed: of the data set.
        factor: what the value is of.
        value: under which it was made.
    """
    columns, rows = kind_of(kind, split.features, split.poses), []
    for number in np.unique(split.activities):
        activity = list(ACTIVITIES)[number]
        parts = [split.part(index) for index in np.flatnonzero(split.activities == number)]
        raw = taus([columns[part] for part in parts])
        true = taus([split.times[part, None].astype(np.float64) for part in parts])
        rows += [
            {
                "dataset": title(kind),
                "factor": factor,
                "value": value,
                "activity": activity,
                "seed": seed,
                "video": f"{seed}/{activity}/test{index:02d}",
                TAU: tau,
                TRUE_TAU: true_tau,
            }
            for index, (tau, true_tau) in enumerate(zip(raw, true, strict=True), 1)
        ]
    return rows


def means(rows: Iterable[Mapping], kind: str, measure: str = TAU) -> dict[str, dict[int, float]]:
    """Mean of a measure over the test videos of each seed's data set, by value and seed."""
    scores: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        if row["dataset"] == title(kind):
            scores.setdefault(row["value"], {}).setdefault(int(row["seed"]), []).append(row[measure])
    return {
        value: {seed: float(np.mean(mine)) for seed, mine in each.items()} for value, each in scores.items()
    }


def _tau_of(rows: Iterable[Mapping], kind: str) -> dict[float, dict[int, float]]:
    """Mean tau by value and seed, of a kind that has a factor."""
    return {float(value): mine for value, mine in means(rows, kind).items()}


def choice(rows: Sequence[Mapping]) -> dict[str, float]:
    """The value of each factor whose mean tau is nearest to the middle of where it should lie."""
    return {factor: chosen(_tau_of(rows, kind)) for kind, factor in FACTORS.items()}


def results(rows: Sequence[Mapping]) -> dict:
    """What goes with the rows: each choice, and the lowest and highest tau of a seed's data set there."""
    return {
        "asked": [LEAST, MOST],
        "chosen_on_seeds": list(CHOOSE),
        "checked_on_seeds": list(CHECK),
        **{factor: found(_tau_of(rows, kind)) for kind, factor in FACTORS.items()},
    }


def _others() -> dict:
    """The settings of the data set that are not tried."""
    left_out = {*FACTORS.values(), "seed"}
    return {name: value for name, value in asdict(Settings()).items() if name not in left_out}


def table(rows: Sequence[Mapping]):
    """Tau by kind and value: mean and range over the seeds."""
    out = lines(
        f"{TABLE.title}: mean (lowest to highest of a data set)", ["columns", "value", "raw", "truth"], 2
    )
    for kind, factor in {**FACTORS, BOTH: "light, place"}.items():
        cells = [means(rows, kind, measure) for measure in TABLE.measures]
        for value in cells[0]:
            both = [list(each[value].values()) for each in cells]
            shown = [f"{np.mean(mine):.3f} ({min(mine):.3f} to {max(mine):.3f})" for mine in both]
            out.add_row(kind, f"{factor} {value}", *shown)
    return out


def computed(seeds: Sequence[int]) -> list[dict]:
    """All rows: each kind under each value of its factor, then both kinds under what is chosen."""
    rows: list[dict] = []
    for light, place in zip(*TRIED.values(), strict=True):
        settings = replace(Settings(), light=light, place=place)
        for seed in seeds:
            split = split_of(seed, settings)
            for kind, factor in FACTORS.items():
                rows += rows_of(split, kind, seed, factor, f"{getattr(settings, factor):g}")
    rows.sort(key=lambda row: list(FACTORS.values()).index(row["factor"]))  # stable: values stay in order
    light, place = choice(rows).values()
    settings = replace(Settings(), light=int(light), place=place)
    for seed in seeds:
        rows += rows_of(split_of(seed, settings), BOTH, seed, "light, place", f"{light:g}, {place:g}")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Compute, store and print."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    if options.smoke:
        split = split_of(0, Settings(activities=2, test=2))
        rows = [row for kind, name in FACTORS.items() for row in rows_of(split, kind, 0, name, "usual")]
        console().print(table(rows))
        return 0
    rows = computed([*CHOOSE, *CHECK])
    outcome = Outcome(rows, {"runs": [{"versions": versions()}]}, len(rows))
    tried = {factor: list(values) for factor, values in TRIED.items()}
    publish(TABLE, outcome, results(rows) | {"tried": tried, "others": _others()})
    console().print(table(rows))
    console().print(f"chosen: {', '.join(f'{name} {value:g}' for name, value in choice(rows).items())}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
