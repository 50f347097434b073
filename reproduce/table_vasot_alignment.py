"""Alignment of videos of one activity: VAOT and its parts, VASOT by its tasks, raw features, the truth.

Run: `python -m reproduce.table_vasot_alignment --data-root DATA`; or set DKVA_DATA. Writes
results/table_vasot_alignment_SET.csv and .json for each of `--sets`; with `--methods` or other numbers of
videos or seeds nothing is stored.

One activity (synthetic) has a true alignment, beside whose scores the others stand: its nearest neighbours
are by canonical time. Without repeats its Kendall's tau is 1. Breakfast-like has 12 videos of each activity
to train on and 12 others to score (`--videos`), the sample three videos for both; there videos are aligned by
their labels alone, and VAOT is not trained without each of its parts on Breakfast-like. Models see no label.

Each row is a test video's part of the metrics, whose mean over videos is the published metric: Kendall's
tau-b, phase progression, phase classification by an SVM that is trained on the embedded frames of 10, 50 and
100 % of the training videos, AP@5, 10 and 15, DTW accuracy (see docs/method.md), and the share of frames
whose best partner by the transport is of their phase.

Intervals are bootstraps over videos.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace

from dkva.experiments.collections import BY_COLLECTION, Scoring
from dkva.experiments.experiment import Outcome, merged
from reproduce.base.labels import RAW_FEATURES, TRUE_ALIGNMENT, VAOT, VAOT_PARTS
from reproduce.base.options import compute_trained, console
from reproduce.base.show import summary_table
from reproduce.base.store import publish
from reproduce.collections.joint import JOINT_SETS, JointSet, to_align, true_alignment
from reproduce.tables.alignment import BY_PHASES, IN_TIME, MEASURES, measure
from reproduce.tables.joint import ALIGNERS, RAW, alignment_table, made
from reproduce.tables.joint_runs import options_of, over_sets
from synthetic.breakfast_like import Settings

COMMAND = "python -m reproduce.table_vasot_alignment --data-root DATA"

_KEPT = ("dataset", "activity", "video", "method", "seed", *MEASURES, "tau_dropped")
_SMOKE, _SMOKE_VIDEOS = (RAW_FEATURES, VAOT), 40


def outcome_of(given: JointSet, options: argparse.Namespace) -> Outcome:
    """Rows of the methods on a set."""
    if options.smoke:
        first, *_ = to_align(given, options.root, (0,), 2, Settings(videos=_SMOKE_VIDEOS))
        collections = [replace(first, train=first.train[:2], test=first.test[:2])]
    else:
        collections = to_align(given, options.root, range(options.seeds or given.seeds), options.videos)
    named = [name for name in options.methods if name in ALIGNERS and (given.parts or name not in VAOT_PARTS)]
    learners = [made(name, ALIGNERS[name], given, smoke=options.smoke) for name in named]
    if RAW_FEATURES in options.methods:
        learners.insert(0, replace(RAW, columns={"training": ""}))
    scoring = Scoring(BY_COLLECTION, measure, {"stride": given.stride})
    parts = [compute_trained(learners, collections, scoring, options)]
    if TRUE_ALIGNMENT in options.methods and given.variant:
        true = replace(RAW, id="true_alignment", label=TRUE_ALIGNMENT, columns={"training": ""})
        found = compute_trained([true], true_alignment(given.variant), scoring, options)
        # No transport is needed for the truth.
        unmatched = dict.fromkeys(("matched", "matched_balanced"), math.nan)
        parts.append(replace(found, rows=[row | unmatched for row in found.rows]))
    found = merged(parts)
    return replace(found, rows=[{name: row[name] for name in _KEPT} for row in found.rows])


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = options_of(
        __doc__, arguments, JOINT_SETS, (RAW_FEATURES, *ALIGNERS, TRUE_ALIGNMENT), _SMOKE, videos=True
    )

    def run(given: JointSet) -> None:
        outcome = outcome_of(given, options)
        table = alignment_table(given, COMMAND)
        for half in (IN_TIME, BY_PHASES):
            console().print(summary_table(replace(table, measures=half), outcome.rows))
        if options.whole:
            settings = {"stride": given.stride, "of_all_models": dict(given.settings)}
            publish(table, outcome, {"videos_of_each_activity": options.videos, **settings})

    return over_sets(options, JOINT_SETS, run)


if __name__ == "__main__":
    raise SystemExit(main())
