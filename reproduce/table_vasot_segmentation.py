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
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.collections import BY_ACTIVITY, Scoring
from dkva.experiments.experiment import Outcome
from dkva.metrics.protocols import ACTIVITY, VIDEO
from reproduce.base.labels import JOINT
from reproduce.base.options import compute_trained, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import summary_table
from reproduce.base.store import publish
from reproduce.collections.joint import JOINT_SETS, JointSet, to_segment
from reproduce.collections.rivals import VIDEOS
from reproduce.tables.joint import SEGMENTERS, made, segmentation_table
from reproduce.tables.rivals import KINDS, Kind, measure, rows_of
from synthetic.breakfast_like import Settings

COMMAND = "python -m reproduce.table_vasot_segmentation --data-root DATA"

_SMOKE, _SMOKE_VIDEOS = (JOINT,), 20


def outcome_of(
    given: JointSet, chosen: Sequence[str], root: Path | None, options: argparse.Namespace
) -> Outcome:
    """Rows of the methods on a set, with the scores of both kinds of matching."""
    if options.smoke:
        collections = to_segment(given, root, (0,), 2, Settings(videos=_SMOKE_VIDEOS))[:1]
    else:
        collections = to_segment(given, root, range(options.seeds or given.seeds), options.videos)
    learners = [made(name, SEGMENTERS[name], given, smoke=options.smoke) for name in chosen]
    return compute_trained(learners, collections, Scoring(BY_ACTIVITY, measure), options)


def kinds_of(given: JointSet) -> list[Kind]:
    """The tables of a set: by ASOT's protocol, as in the paper, and over activities if there are several."""
    scopes = (VIDEO,) if given.activities == 1 else (VIDEO, ACTIVITY)
    return [kind for kind in KINDS if kind.protocol == "asot" and kind.scope in scopes]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--seeds", type=int, help="number of seeds (default: 1 of Breakfast-like, else 3)")
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=JOINT_SETS, help="only these")
    cli.add_argument("--videos", type=int, default=VIDEOS, help=f"of each activity (default {VIDEOS})")
    cli.add_argument(
        "--methods", nargs="+", choices=SEGMENTERS, metavar="NAME", help="only these; none is stored"
    )
    options = cli.parse_args(arguments)
    if options.videos < 2:
        cli.error(f"--videos {options.videos}: give 2 at least, as videos are aligned in pairs")
    options.whole = not (options.smoke or options.methods or options.seeds) and options.videos == VIDEOS
    options.methods = options.methods or (_SMOKE if options.smoke else tuple(SEGMENTERS))
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
        for kind in kinds_of(given):
            rows = rows_of(kind, outcome.rows)
            table = segmentation_table(kind, given, COMMAND)
            console().print(summary_table(table, rows))
            if options.whole:
                publish(
                    table,
                    replace(outcome, rows=rows),
                    {
                        "protocol": kind.protocol,
                        "scope": kind.scope,
                        "n_segments": kind.rule,
                        "videos_of_each_activity": options.videos,
                        "of_all_models": dict(given.settings),
                    },
                )
    return status


if __name__ == "__main__":
    raise SystemExit(main())
