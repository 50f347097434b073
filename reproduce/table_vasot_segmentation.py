"""Segmentation by VASOT: both tasks against segmentation alone and ASOT, by ASOT's protocol.

Run: `python -m reproduce.table_vasot_segmentation --data-root DATA`; or set DKVA_DATA. Writes
results/table_vasot_segmentation_SET_PROTOCOL.csv and .json for each of `--sets`; with `--methods` or other
numbers of videos or seeds nothing is stored.

Models are trained, without labels, on the videos of an activity that they are scored on, as in the paper:
12 of each activity of Breakfast-like (`--videos`), the training videos of One activity (synthetic), and the
sample's three videos. K is all actions of the activity. Videos are scored once each, with a matching of their
own and, if there are several activities, with one for all videos of an activity, which is the paper's. The
public code scores random pairs instead, in which videos come several times.

Intervals are bootstraps over videos, or over activities if their videos are scored together.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from dkva.experiments.collections import BY_ACTIVITY, Scoring
from dkva.experiments.experiment import Outcome
from dkva.metrics.protocols import ACTIVITY, VIDEO
from reproduce.base.labels import JOINT
from reproduce.base.options import compute_trained, console
from reproduce.base.show import summary_table
from reproduce.base.store import publish
from reproduce.collections.joint import JOINT_SETS, JointSet, to_segment
from reproduce.tables.joint import SEGMENTERS, made, segmentation_table
from reproduce.tables.joint_runs import options_of, over_sets
from reproduce.tables.rivals import KINDS, Kind, measure, rows_of
from synthetic.breakfast_like import Settings

COMMAND = "python -m reproduce.table_vasot_segmentation --data-root DATA"

_SMOKE, _SMOKE_VIDEOS = (JOINT,), 20


def outcome_of(given: JointSet, options: argparse.Namespace) -> Outcome:
    """Rows of the methods on a set, with the scores of both kinds of matching."""
    if options.smoke:
        collections = to_segment(given, options.root, (0,), 2, Settings(videos=_SMOKE_VIDEOS))[:1]
    else:
        collections = to_segment(given, options.root, range(options.seeds or given.seeds), options.videos)
    learners = [made(name, SEGMENTERS[name], given, smoke=options.smoke) for name in options.methods]
    return compute_trained(learners, collections, Scoring(BY_ACTIVITY, measure), options)


def kinds_of(given: JointSet) -> list[Kind]:
    """The tables of a set: by ASOT's protocol, as in the paper, and over activities if there are several."""
    scopes = (VIDEO,) if given.activities == 1 else (VIDEO, ACTIVITY)
    return [kind for kind in KINDS if kind.protocol == "asot" and kind.scope in scopes]


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = options_of(__doc__, arguments, JOINT_SETS, tuple(SEGMENTERS), _SMOKE, videos=True)

    def run(given: JointSet) -> None:
        outcome = outcome_of(given, options)
        for kind in kinds_of(given):
            rows = rows_of(kind, outcome.rows)
            table = segmentation_table(kind, given, COMMAND)
            console().print(summary_table(table, rows))
            if options.whole:
                settings = {
                    "protocol": kind.protocol,
                    "scope": kind.scope,
                    "n_segments": kind.rule,
                    "videos_of_each_activity": options.videos,
                    "of_all_models": dict(given.settings),
                }
                publish(table, replace(outcome, rows=rows), settings)

    return over_sets(options, JOINT_SETS, run)


if __name__ == "__main__":
    raise SystemExit(main())
