"""Table 4: the benchmarks with the average number of actions (paper section 4.3).

Run: `python -m reproduce.table4_benchmarks --data-root DATA`, DATA holding the data sets' folders as
released; or set DKVA_DATA. `--datasets`, `--methods`, `--seeds` and `--videos` run less; what is computed is
kept and not computed again. Writes results/table4_NAME.csv and .json for each data set that is there; the
table that is printed shows stored results for the others, or what they need. Rivals run on the same frames,
in the same program. Every file is read and checked before anything is computed.

Two lines are trained, ASOT and CLOT: a model for each activity of a data set, or one for all of its videos if
K does not depend on an activity. A model is trained without labels on videos that it then cuts, has the
table's K of the activity (not all its actions, as in the published runs), and is scored as the other lines
are, with a matching in each video. ASOT has its published settings for a data set, else those for Breakfast;
CLOT, whose own are not known, has the same. The paper's numbers of ASOT and CLOT are of another protocol, and
do not stand beside these lines. CLOT takes
several times as long as ASOT, so that it is trained and scored on 10 videos of an activity at most, drawn
once, and its line says so. On Breakfast-like ASOT's decoder on one video, and the paper's similarities that
it decodes, run only if they are named: they take ten minutes each.

Without the data the same code runs on three stand-ins, marked as what they are: three real Breakfast videos,
real label sequences of 1460 Breakfast videos with synthetic features, and joined real sensor readings. The
stand-ins take half an hour on two cores with one seed.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace

from dkva.experiments.experiment import Method, Outcome
from dkva.experiments.learners import Learner
from dkva.experiments.method_settings import learner
from dkva.experiments.registry import find
from dkva.transport.asot_settings import PUBLISHED
from reproduce.base.labels import ASOT_TRAINED, CLOT_TRAINED, CLOT_VIDEOS, INITIAL, LEARNED_ASOT
from reproduce.base.methods import EPOCHS, add_methods, method, select_methods
from reproduce.base.options import compute, compute_trained
from reproduce.collections.activities import by_activity, scoring_of
from reproduce.collections.benchmarks import (
    Opened,
    Source,
    open_all,
    options_of,
    request_of,
    smoothing_of,
)
from reproduce.tables.benchmark_tables import (
    COLUMNS,
    BenchmarkTable,
    affordable,
    publish_part,
    show_needs,
    show_scores,
    with_stored,
    with_trained,
)
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.table4_benchmarks"
TABLE = BenchmarkTable("table4", "Table 4", COMMAND, "average number of actions")

#: The lines that are trained, by id.
LEARNERS: Mapping[str, str] = {"asot": ASOT_TRAINED, "clot": CLOT_TRAINED}

#: So many videos of an activity at most are trained on and scored; all if a line is not named.
TRAINED_ON: Mapping[str, int] = {"clot": CLOT_VIDEOS}

# What a smoke run trains unless others are named: compiling CLOT takes half a minute.
_SMOKE_LEARNERS = ("asot",)

# Whose published settings of ASOT a data set has; 50 Salads is cut at mid whatever it is scored at.
_PUBLISHED = {"50salads": "50salads_mid", "yti": "yti", "desktop_assembly": "desktop_assembly"}


def methods(smoothing: float, epochs: int) -> dict[str, Method]:
    """The lines that cut one video alone, by what `--methods` calls them."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return {
        "uniform": method("uniform"),
        "kmeans": method("kmeans", {"n_init": 1}),
        "kernel_change_points": method("kernel_change_points"),
        "tw_finch": method("tw_finch"),
        "abd": method("abd"),
        "sam": method("sam"),
        "asot_single": method("asot_single"),
        "dkva_initial": method("dkva", settings | {"epochs": 0}, label=INITIAL, seeded=False),
        "dkva": method("dkva", settings),
        "dkva_asot": method("dkva", settings | {"assignment": "asot"}, label=LEARNED_ASOT),
    }


def trained_line(name: str, source: Source, smoke: bool = False) -> Learner:
    """One of `LEARNERS` at its settings for a data set; one epoch if `smoke`."""
    settings = dict(PUBLISHED[_PUBLISHED.get(source.key, "breakfast")])
    if smoke:
        settings["epochs"] = 1
    return replace(learner(find(name), settings), label=LEARNERS[name])


def outcome_of(opened: Opened, options: argparse.Namespace) -> Outcome:
    """Rows of the lines asked for on a data set."""
    lines = methods(smoothing_of(opened.source), 1 if options.smoke else EPOCHS)
    if not options.methods:
        lines = affordable(lines, opened.source)
    alone = compute(select_methods(lines, options.methods, LEARNERS), opened.tasks, options)
    named = options.methods or (_SMOKE_LEARNERS if options.smoke else LEARNERS)
    scoring = scoring_of(opened)
    trained = [
        compute_trained(
            [trained_line(name, opened.source, options.smoke)],
            by_activity(opened, TRAINED_ON.get(name)),
            scoring,
            options,
        )
        for name in LEARNERS
        if name in named
    ]
    return with_trained(alone, trained) if trained else alone


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    cli = options_of(__doc__, seeds=1)
    add_methods(cli)
    options = cli.parse_args(arguments)
    request = request_of(options)
    fresh = {}
    for opened in open_all(request):
        outcome = outcome_of(opened, options)
        fresh[opened.source.key] = publish_part(TABLE, opened, with_columns(outcome, COLUMNS), request)
    parts = with_stored(TABLE, fresh, request)
    show_scores(TABLE, parts)
    show_needs(TABLE, parts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
