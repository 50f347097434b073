"""All methods under both protocols, on one video alone or trained on its activity, with intervals and costs.

Run: `python -m reproduce.table_rivals --data-root DATA`; or set DKVA_DATA. Breakfast-like has 12 videos of
each of the ten activities (`--videos`); without DATA its labels are synthetic too, and the three real
Breakfast videos are left out. Writes results/table_rivals_SET_PROTOCOL.csv and .json for each of `--sets`;
with `--methods` or other numbers of videos or seeds nothing is stored.

The methods are scored as TW-FINCH and the paper publish (protocol "tw-finch", the average number of actions)
and as ASOT and CLOT publish (protocol "asot", all actions of the activity; clusters matched in each video, or
on an activity). A table is under one protocol: numbers of two are not comparable. Trained models saw the
videos that they are scored on, all of an activity and no others, as in those papers. Methods that cut one
video alone are scored by the matching on an activity too, though their labels mean nothing beyond a video
but, at most, an order in time. Intervals are bootstraps over videos, or over activities if their videos are
scored together.

What a video costs is measured apart: `python -m benchmarks --only rivals`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.collections import BY_ACTIVITY, Scoring
from dkva.experiments.experiment import Outcome, merged
from dkva.experiments.learners import Learner
from dkva.experiments.method_settings import learner, settings_of
from dkva.experiments.registry import LEARNER, find, listed
from dkva.experiments.untrained import untrained
from reproduce.base.labels import KERNEL_MEANS, ON_ACTIVITY, PAPERS_METHOD, SINGLE_VIDEO
from reproduce.base.methods import EPOCHS, method
from reproduce.base.options import compute_trained, console, parser
from reproduce.base.paths import RESULTS, data_root
from reproduce.base.show import lines, plural
from reproduce.base.store import publish, summarise
from reproduce.collections.benchmarks import LONG
from reproduce.collections.rivals import SETS, VIDEOS, Group, collections_of
from reproduce.tables.rivals import (
    KINDS,
    Kind,
    cells,
    costs_by_label,
    measure,
    rows_of,
    table_of,
)
from synthetic.breakfast_like import Settings

COMMAND = "python -m reproduce.table_rivals --data-root DATA"

#: Seeds of the methods that work on one video, and of the trained ones.
SEEDS, TRAINED_SEEDS = 1, 1

#: Methods that cut one video alone, and those that are trained on an activity, by id.
SEGMENTERS = (
    "uniform",
    "kmeans",
    "kernel_change_points",
    "tw_finch",
    "kms",
    "dkva",
    "abd",
    "sam",
    "asot_single",
)
LEARNERS = ("asot", "clot")

_LABELS = {"kms": KERNEL_MEANS, "dkva": PAPERS_METHOD}
_SETTINGS: Mapping[str, Mapping[str, object]] = {"dkva": {"smoothing": LONG, "epochs": EPOCHS}}

_SMOKE, _SMOKE_VIDEOS = ("uniform", "asot_single", "asot"), 20


def line(name: str, smoke: bool = False) -> Learner:
    """A method of the table by its id, at the settings of Table 4, else its defaults; one epoch if `smoke`.

    Raises:
        ValueError: an id that is not in the registry.
    """
    found, given = find(name), dict(_SETTINGS.get(name, {}))
    if smoke and any(each.name == "epochs" for each in settings_of(found)):
        given["epochs"] = 1
    trained = found.kind == LEARNER
    made = learner(found, given) if trained else untrained(method(name, given, label=_LABELS.get(name, "")))
    return replace(made, columns={"training": ON_ACTIVITY if trained else SINGLE_VIDEO})


def outcome_of(
    group: Group, chosen: Sequence[str], root: Path | None, options: argparse.Namespace
) -> Outcome:
    """Rows of the methods on a set of videos; those that are trained only if there are enough to train on."""
    made = [line(name, options.smoke) for name in chosen]
    trained = [each for each in made if each.columns["training"] == ON_ACTIVITY and group.trained]
    alone = [each for each in made if each.columns["training"] == SINGLE_VIDEO]
    parts = []
    for learners, seeds in ((alone, options.seeds), (trained, options.trained_seeds)):
        if options.smoke:
            given = collections_of(group, root, (0,), 2, Settings(videos=_SMOKE_VIDEOS))[:2]  # an activity
        else:
            given = collections_of(group, root, range(seeds), options.videos)
        if learners:
            parts.append(compute_trained(learners, given, Scoring(BY_ACTIVITY, measure), options))
            if learners is alone:  # their models are what the settings say, once for every activity and K
                del parts[-1].provenance["models"]
    return merged(parts)


def kinds_of(group: Group) -> list[Kind]:
    """The tables of a set: matched on an activity only if there are several videos of it to train on."""
    return [kind for kind in KINDS if group.trained or kind.scope != "activity"]


def show(kind: Kind, group: Group, rows: Sequence[Mapping], costs: Mapping[str, Mapping]) -> None:
    """Print a table."""
    table = table_of(kind, group, COMMAND)
    columns, found = cells(summarise(rows, table.by, table.measures, table.unit), table.measures, costs)
    out = lines(f"{table.title}: mean [95 % interval over {plural(table.unit)}], in %", columns, 2)
    for each in found:
        out.add_row(*each)
    console().print(out)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    cli = parser(__doc__, seeds=SEEDS)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=SETS, help="only these")
    cli.add_argument("--videos", type=int, default=VIDEOS, help=f"of each activity (default {VIDEOS})")
    cli.add_argument(
        "--trained-seeds",
        type=int,
        default=TRAINED_SEEDS,
        help=f"seeds of trained methods (default {TRAINED_SEEDS})",
    )
    cli.add_argument(
        "--methods", nargs="+", metavar="NAME", help="only these, by id (dkva methods); nothing is stored"
    )
    return cli.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = _options(arguments)
    root, status = data_root(options.data_root), 0
    chosen = tuple(options.methods or (_SMOKE if options.smoke else (*SEGMENTERS, *LEARNERS)))
    for name in chosen:
        if name not in listed()[0]:
            raise SystemExit(f"error: unknown method {name!r}: choose one of {', '.join(listed()[0])}")
    whole = not (options.smoke or options.methods) and (
        (options.videos, options.seeds, options.trained_seeds) == (VIDEOS, SEEDS, TRAINED_SEEDS)
    )
    for group in [SETS[name] for name in options.sets or (["breakfast_like"] if options.smoke else SETS)]:
        try:
            outcome = outcome_of(group, chosen, root, options)
        except DataError as error:
            console().print(f"{group.title}: left out. {error}")
            status = 2 if options.sets else status
            continue
        for kind in kinds_of(group):
            rows = rows_of(kind, outcome.rows)
            show(kind, group, rows, costs_by_label(outcome.provenance, RESULTS))
            if whole:
                publish(
                    table_of(kind, group, COMMAND),
                    replace(outcome, rows=rows),
                    {
                        "protocol": kind.protocol,
                        "scope": kind.scope,
                        "n_segments": kind.rule,
                        "videos_of_each_activity": options.videos,
                    },
                )
    return status


if __name__ == "__main__":
    raise SystemExit(main())
