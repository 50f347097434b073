"""Settings that the paper argues for without showing them, varied one at a time.

Run: `python -m reproduce.study_settings --data-root DATA` (about fifteen minutes on two cores, seconds once
computed); or set DKVA_DATA. Writes results/study_settings.csv and .json.

Hidden layers and activation of the network, initialisation, batch size and estimator, on three real Breakfast
videos and on 30 Breakfast-like ones (synthetic features), all else as in Table 4; and 50 seeds on the real
ones. Every batch size takes as many steps as the paper's, to the nearest epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dkva.experiment import Method, Outcome, merged
from dkva.segmentation import segment_video
from reproduce.benchmarks import Opened, options_of, smoothing_of
from reproduce.equal_steps import segment_in_equal_steps
from reproduce.options import compute
from reproduce.store import Table
from reproduce.studies import LEARNED, end_study, open_studied, with_columns
from reproduce.table4_benchmarks import EPOCHS

COMMAND = "python -m reproduce.study_settings"
TABLE = Table("study_settings", "Settings, one varied at a time", COMMAND, by=("dataset", "factor", "value"))
DATASETS = ("breakfast_sample", "breakfast_like")
LIKE = 30
SEEDS, MANY_SEEDS = 3, 50
COLUMNS = (
    "dataset", "factor", "value", "video", "method", "seed", "n_segments", "n_frames", "found",
    "mof", "iou", "f1",
)  # fmt: skip

#: Values of each factor by what the rows call them, the default's first; it changes nothing, and its rows are
#: computed once for all factors.
FACTORS: Mapping[str, Mapping[str, dict]] = {
    "hidden layers": {"1": {}, "2": {"depth": 2}, "3": {"depth": 3}},
    "activation": {"relu": {}, "erf": {"activation": "erf"}},
    "initialisation": {"uniform": {}, "kmeans": {"init": "kmeans"}},
    "batch size": {
        "min(512, N // M)": {},
        "32": {"batch_size": 32},
        "128": {"batch_size": 128},
        "video": {"batch_size": "video"},
    },
    "estimator": {"video": {}, "batch": {"estimator": "batch"}},
}


#: The smallest run of the code.
SMOKE: Mapping[str, Mapping[str, dict]] = {
    "activation": FACTORS["activation"],
    "batch size": {"32": FACTORS["batch size"]["32"]},
}


def _method(name: str, changed: dict, settings: dict) -> Method:
    segment = segment_in_equal_steps if "batch_size" in changed else segment_video
    return Method(name, segment, settings | changed)


def study(opened: Opened, factors: Mapping[str, Mapping[str, dict]], epochs: int, options) -> Outcome:
    """Rows of every value of every factor on one data set."""
    settings = {"smoothing": smoothing_of(opened.source), "epochs": epochs}
    named = {f"{factor}: {value}": (factor, value) for factor, values in factors.items() for value in values}
    methods = [_method(name, factors[factor][value], settings) for name, (factor, value) in named.items()]
    outcome = compute(methods, opened.tasks, options)
    for row in outcome.rows:
        row["factor"], row["value"] = named[row["method"]]
        row["method"] = LEARNED
    return with_columns(outcome, COLUMNS)


def seed_study(opened: Opened, seeds: Sequence[int], epochs: int, options) -> Outcome:
    """Rows of the default settings with each seed."""
    settings = {"smoothing": smoothing_of(opened.source), "epochs": epochs}
    tasks = [replace(task, seeds=tuple(seeds)) for task in opened.tasks]
    outcome = compute([Method(LEARNED, segment_video, settings)], tasks, options)
    for row in outcome.rows:
        row["factor"], row["value"] = "seed", str(row["seed"])
    return with_columns(outcome, COLUMNS)


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    options = options_of(__doc__, seeds=SEEDS).parse_args(arguments)
    factors, epochs, seeds = (SMOKE, 1, 2) if options.smoke else (FACTORS, EPOCHS, MANY_SEEDS)
    opened = open_studied(options, DATASETS, LIKE)
    outcomes = []
    for each in opened:
        outcomes.append(study(each, factors, epochs, options))
        if options.smoke or each.source.key == "breakfast_sample":
            outcomes.append(seed_study(each, range(seeds), epochs, options))
    outcome = merged(outcomes)
    end_study(TABLE, outcome, opened, DATASETS, options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
