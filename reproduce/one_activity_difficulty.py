"""How difficult One activity should be, by raw features alone: Kendall's tau of 0.5 to 0.65.

Run: `python -m reproduce.one_activity_difficulty` (four minutes of one core). Writes
results/one_activity_difficulty.csv and .json.

No model is trained. Each frame of a test video is given the nearest frame of another test video by its raw
features; Kendall's tau says how far these come in order, 1 if they do (tau-b, all frames, mean over the
ordered pairs of ten videos). One setting is chosen, the lightest background `light` of
`synthetic.one_activity.Settings`: of those tried it is the one whose mean tau over five seeds of the data set
is nearest to the middle of 0.5 and 0.65, if no phase stands still or is done again; five other seeds check
it. Beside it stands the tau of the true alignment, the nearest frame by canonical time. If phases are done
again it is below 1, and an alignment with a higher one is not a better one.
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
from reproduce.collections.one_activity import IN_ORDER, REPEATS, title, varied
from reproduce.tables.raw_order import CHECK, CHOOSE, LEAST, MOST, TAU, TRUE_TAU, chosen, found, taus
from synthetic.one_activity import Settings, generate

COMMAND = "python -m reproduce.one_activity_difficulty"

TABLE = Table(
    "one_activity_difficulty",
    "One activity (synthetic): Kendall's tau of raw features by the lightest background",
    COMMAND,
    by=("dataset", "light"),
    measures=(TAU, TRUE_TAU),
    percent=False,
)

#: Lightest backgrounds tried.
LIGHTS = (0, 40, 80, 100, 120)


def rows_of(variant: str, light: int, seeds: Iterable[int], settings: Settings | None = None) -> list[dict]:
    """A row for each test video of each seed's data set."""
    rows = []
    for seed in seeds:
        # The test videos are the same whatever the number of training videos.
        given = replace(settings or Settings(), seed=seed, light=light, train=1)
        split = generate(varied(variant, given)).splits["test"]
        parts = [split.part(index) for index in range(len(split))]
        raw = taus([split.features[part] for part in parts])
        true = taus([split.times[part, None].astype(np.float64) for part in parts])
        for index, both in enumerate(zip(raw, true, strict=True), 1):
            place = {
                "dataset": title(variant),
                "light": light,
                "seed": seed,
                "video": f"{seed}/test{index:02d}",
            }
            rows.append(place | dict(zip(TABLE.measures, both, strict=True)))
    return rows


def means(rows: Iterable[Mapping], variant: str, measure: str = TAU) -> dict[float, dict[int, float]]:
    """Mean of a measure over the test videos of each seed's data set, by light and seed."""
    scores: dict[float, dict[int, list[float]]] = {}
    for row in rows:
        if row["dataset"] == title(variant):
            scores.setdefault(row["light"], {}).setdefault(int(row["seed"]), []).append(row[measure])
    return {
        light: {seed: float(np.mean(values)) for seed, values in mine.items()}
        for light, mine in scores.items()
    }


def choice(rows: Iterable[Mapping]) -> float:
    """The light whose mean tau is nearest to the middle of where it should lie, on the seeds for choosing."""
    return chosen(means(rows, IN_ORDER))


def results(rows: Sequence[Mapping]) -> dict:
    """What goes with the rows: the choice, and the lowest and highest tau of a seed's data set there."""
    mine = found(means(rows, IN_ORDER))
    return {
        "asked": [LEAST, MOST],
        "chosen_light": mine.pop("chosen"),
        "chosen_on_seeds": list(CHOOSE),
        "checked_on_seeds": list(CHECK),
        **mine,
    }


def _others() -> dict:
    """The settings of the data set that are not tried."""
    return {name: value for name, value in asdict(Settings()).items() if name not in {"light", "seed"}}


def table(rows: Sequence[Mapping]):
    """Tau by variant and light: mean and range over the seeds."""
    out = lines(
        f"{TABLE.title}: mean (lowest to highest of a data set)",
        ["variant", "light", "raw features", "truth"],
        2,
    )
    for variant in (IN_ORDER, REPEATS):
        cells = [means(rows, variant, measure) for measure in TABLE.measures]
        for light in cells[0]:
            both = [list(each[light].values()) for each in cells]
            shown = [f"{np.mean(mine):.3f} ({min(mine):.3f} to {max(mine):.3f})" for mine in both]
            out.add_row(variant, f"{light:g}", *shown)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Compute, store and print."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    if options.smoke:
        few = Settings(test=3)
        console().print(
            table([row for variant in (IN_ORDER, REPEATS) for row in rows_of(variant, 60, (0,), few)])
        )
        return 0
    seeds = [*CHOOSE, *CHECK]
    rows = [row for light in LIGHTS for row in rows_of(IN_ORDER, light, seeds)]
    rows += rows_of(REPEATS, int(choice(rows)), seeds)
    outcome = Outcome(rows, {"runs": [{"versions": versions()}]}, len(rows))
    publish(TABLE, outcome, results(rows) | {"lights": list(LIGHTS), "others": _others()})
    console().print(table(rows))
    console().print(f"chosen: light {choice(rows):g}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
