"""Table 5: the benchmarks with a random number of segments (paper section 4.3).

Run: `python -m reproduce.table5_random_k --data-root DATA`; as `reproduce.table4_benchmarks` in all else.
Writes results/table5_NAME.csv and .json. Every video is cut with M = max(2, K + r), r uniform in -K … K and
K the average number of actions, the same draw for every method; `--seeds` gives the number of draws, each
with a seed of its own. 200 epochs: the paper says "200 iterations", where elsewhere it says 100 epochs.

No line is trained: a model such as Table 4's of ASOT and CLOT has one K for all videos of an activity, and
here each video has its own.

The paper's weight of the regulariser is larger here than elsewhere, and lost from its text. `--select`
chooses it, by mean F1, on Breakfast-like videos (synthetic features on real label sequences) of the half of
the subjects that their difficulty was set on, and stores the choice in results/table5_choice.csv and .json.
"""

from __future__ import annotations

import argparse

from dkva.experiments.experiment import Method
from reproduce.base.methods import add_methods, method, select_methods
from reproduce.base.options import compute, console
from reproduce.base.show import summary_table
from reproduce.base.store import Table, chosen, publish
from reproduce.collections import breakfast_like
from reproduce.collections.benchmarks import open_all, options_of, request_of, smoothing_of
from reproduce.collections.random_k import with_random_k
from reproduce.tables.benchmark_tables import (
    COLUMNS,
    BenchmarkTable,
    affordable,
    publish_part,
    show_needs,
    show_scores,
    with_stored,
)
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.table5_random_k"
TABLE = BenchmarkTable("table5", "Table 5", COMMAND, "random number of segments")
CHOICE = Table(
    "table5_choice",
    "Choice for Table 5: Breakfast-like (synthetic features), random number of segments",
    f"{COMMAND} --select",
    by=("weight_decay",),
    choose="f1",
)
WEIGHT_DECAYS = (1e-3, 1e-2, 1e-1)
EPOCHS = 200
SELECT_VIDEOS = 100


def methods(smoothing: float, weight_decay: float, epochs: int) -> dict[str, Method]:
    """The table's lines for one data set, by what `--methods` calls them."""
    settings = {"smoothing": smoothing, "epochs": epochs, "weight_decay": weight_decay}
    return {
        "uniform": method("uniform"),
        "tw_finch": method("tw_finch"),
        "abd": method("abd"),
        "sam": method("sam"),
        "asot_single": method("asot_single"),
        "dkva": method("dkva", settings),
    }


def odd_subject(video: str) -> bool:
    """Whether a video such as P15_cam01_P15_tea is of the subjects that settings are chosen on."""
    return int(video[1:3]) % 2 == 1


def select(options: argparse.Namespace) -> int:
    """Choose the weight decay on Breakfast-like videos of the half of the subjects that it was made on."""
    half = [task for task in breakfast_like.tasks(seeds=(0,)) if odd_subject(task.video)]
    stride = max(1, len(half) // (2 if options.smoke else SELECT_VIDEOS))
    settings = {"smoothing": 2.5, "epochs": 1 if options.smoke else EPOCHS}
    candidates = [
        method(
            "dkva",
            settings | {"weight_decay": decay},
            label=f"weight decay {decay:g}",
            columns={"weight_decay": decay},
        )
        for decay in WEIGHT_DECAYS
    ]
    outcome = compute(candidates, with_random_k(half[::stride]), options)
    if not options.smoke:
        publish(CHOICE, outcome, {"n_segments": "random"})
    console().print(summary_table(CHOICE, outcome.rows))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Choose, or run what is there, store and print."""
    cli = options_of(__doc__, seeds=1)
    add_methods(cli)
    cli.add_argument("--select", action="store_true", help="choose the weight decay")
    options = cli.parse_args(arguments)
    if options.select:
        return select(options)
    request, epochs = request_of(options), 1 if options.smoke else EPOCHS
    decay = chosen(CHOICE)["weight_decay"]
    fresh = {}
    for opened in open_all(request):
        lines = methods(smoothing_of(opened.source), decay, epochs)
        if not options.methods:
            lines = affordable(lines, opened.source)
        tasks = with_random_k(opened.tasks)
        outcome = compute(select_methods(lines, options.methods), tasks, options)
        fresh[opened.source.key] = publish_part(TABLE, opened, with_columns(outcome, COLUMNS), request)
    parts = with_stored(TABLE, fresh, request)
    show_scores(TABLE, parts)
    show_needs(TABLE, parts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
