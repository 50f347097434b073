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
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.collections import BY_COLLECTION, Scoring
from dkva.experiments.experiment import Outcome, merged
from reproduce.base.labels import RAW_FEATURES, TRUE_ALIGNMENT, VAOT, VAOT_PARTS
from reproduce.base.options import compute_trained, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import summary_table
from reproduce.base.store import publish
from reproduce.collections.joint import JOINT_SETS, JointSet, to_align, true_alignment
from reproduce.collections.rivals import VIDEOS
from reproduce.tables.alignment import BY_PHASES, IN_TIME, MEASURES, measure
from reproduce.tables.joint import ALIGNERS, RAW, alignment_table, made
from synthetic.breakfast_like import Settings

COMMAND = "python -m reproduce.table_vasot_alignment --data-root DATA"

_KEPT = ("dataset", "activity", "video", "method", "seed", *MEASURES, "tau_dropped")
_SMOKE, _SMOKE_VIDEOS = (RAW_FEATURES, VAOT), 40


def outcome_of(
    given: JointSet, chosen: Sequence[str], root: Path | None, options: argparse.Namespace
) -> Outcome:
    """Rows of the methods on a set."""
    if options.smoke:
        first, *_ = to_align(given, root, (0,), 2, Settings(videos=_SMOKE_VIDEOS))
        collections = [replace(first, train=first.train[:2], test=first.test[:2])]
    else:
        collections = to_align(given, root, range(options.seeds or given.seeds), options.videos)
    named = [name for name in chosen if name in ALIGNERS and (given.parts or name not in VAOT_PARTS)]
    learners = [made(name, ALIGNERS[name], given, smoke=options.smoke) for name in named]
    if RAW_FEATURES in chosen:
        learners.insert(0, replace(RAW, columns={"training": ""}))
    scoring = Scoring(BY_COLLECTION, measure, {"stride": given.stride})
    parts = [compute_trained(learners, collections, scoring, options)]
    if TRUE_ALIGNMENT in chosen and given.variant:
        true = replace(RAW, id="true_alignment", label=TRUE_ALIGNMENT, columns={"training": ""})
        found = compute_trained([true], true_alignment(given.variant), scoring, options)
        unmatched = dict.fromkeys(
            ("matched", "matched_balanced"), math.nan
        )  # no transport is needed for the truth
        parts.append(replace(found, rows=[row | unmatched for row in found.rows]))
    found = merged(parts)
    return replace(found, rows=[{name: row[name] for name in _KEPT} for row in found.rows])


def _options(arguments: list[str] | None) -> argparse.Namespace:
    names = (RAW_FEATURES, *ALIGNERS, TRUE_ALIGNMENT)
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--seeds", type=int, help="number of seeds (default: 1 of Breakfast-like, else 3)")
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=JOINT_SETS, help="only these")
    cli.add_argument("--videos", type=int, default=VIDEOS, help=f"of each activity (default {VIDEOS})")
    cli.add_argument("--methods", nargs="+", choices=names, metavar="NAME", help="only these; none is stored")
    options = cli.parse_args(arguments)
    if options.videos < 2:
        cli.error(f"--videos {options.videos}: give 2 at least, as videos are aligned in pairs")
    options.whole = not (options.smoke or options.methods or options.seeds) and options.videos == VIDEOS
    options.methods = options.methods or (_SMOKE if options.smoke else names)
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = _options(arguments)
    root, status = data_root(options.data_root), 0
    for key in options.sets or (["one_activity"] if options.smoke else JOINT_SETS):
        given = JOINT_SETS[key]
        try:
            outcome = outcome_of(given, options.methods, root, options)
        except DataError as error:
            console().print(f"{given.title}: left out. {error}")
            status = 2 if options.sets else status
            continue
        table = alignment_table(given, COMMAND)
        for half in (IN_TIME, BY_PHASES):
            console().print(summary_table(replace(table, measures=half), outcome.rows))
        if options.whole:
            publish(
                table,
                outcome,
                {
                    "videos_of_each_activity": options.videos,
                    "stride": given.stride,
                    "of_all_models": dict(given.settings),
                },
            )
    return status


if __name__ == "__main__":
    raise SystemExit(main())
