"""How the scores of ABD and SaM move with each choice that their descriptions leave open.

Run: `python -m reproduce.study_merging --data-root DATA` (a minute on two cores, seconds once computed); or
set DKVA_DATA. DATA holds real_sequences/ and breakfast_sample/. Writes results/study_merging.csv and .json.

Neither method has a program by its authors, and the defaults are our choice. One choice at a time is changed,
on the development half of the real sequences with their true numbers of actions, and on a hundred
Breakfast-like videos (synthetic features on real label sequences) with the average number. A change is paired
by sequence; its interval is a bootstrap over the sequences within domains, and a mean counts every domain the
same. The defaults stay whatever comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.experiment import Task
from dkva.experiments.registry import find
from reproduce.base.options import compute, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import lines
from reproduce.base.store import publish
from reproduce.collections import breakfast_like
from reproduce.collections.real_sequences import SETS, tasks_of
from reproduce.collections.subsets import subset
from reproduce.tables import varied
from reproduce.tables.merging_choices import DEFAULT, change_cells, choice_changes
from reproduce.tables.studies import with_columns
from reproduce.tables.varied import Value

TABLE = varied.table(
    "study_merging",
    "ABD and SaM, one open choice changed at a time",
    by=("dataset", "domain", "method", "factor", "value"),
)
REAL, LIKE = "real sequences", "Breakfast-like"
LIKE_VIDEOS = 100
COLUMNS = (
    "dataset", "domain", "method", "factor", "value", "video", "n_segments", "n_frames", "found",
    "mof", "iou", "f1",
)  # fmt: skip

#: Other values than the default's, by method and setting; shares of the mean segment are the reported ones.
CHOICES: Mapping[str, Mapping[str, Sequence[object]]] = {
    "abd": {
        "alpha": (0.2, 0.3, 0.6, 0.8),
        "edges": ("zero", "replicate"),
        "minima": ("windows",),
        "descriptor": ("smoothed",),
        "merged_descriptor": ("mean",),
    },
    "sam": {
        "delta": (0.2, 0.4, 0.6),
        "decay": (0.0, 1.0, 100.0),
        "edges": ("zero", "truncate"),
        "minima": ("nms",),
        "lowest_cosine": (0.0,),
        "sigma": ("variance",),
        "graph_sigma": ("current",),
    },
}


def factors(method: str) -> varied.Factors:
    """Values of a method's settings, the defaults first."""
    label = find(method).label
    made = {DEFAULT: {DEFAULT: Value({}, method, label)}}
    for setting, values in CHOICES[method].items():
        made[setting] = {str(value): Value({setting: value}, method, label) for value in values}
    return made


def _tasks(root: Path | None, smoke: bool) -> list[Task]:
    """Sequences with the columns dataset and domain; one for a smoke run.

    Raises:
        DataError: the real sequences are not there.
    """
    real = [
        replace(task, columns=dict(task.columns) | {"dataset": REAL})
        for task in tasks_of(SETS["development"], root, (0,))
    ]
    if smoke:
        return real[-1:]
    like = subset(breakfast_like.tasks(seeds=(0,)), LIKE_VIDEOS)
    return real + [replace(task, columns={"dataset": LIKE, "domain": LIKE}) for task in like]


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; 2 if the sequences are not there."""
    cli = parser(__doc__, seeds=None)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    options = cli.parse_args(arguments)
    try:
        tasks = _tasks(data_root(options.data_root), options.smoke)
    except DataError as error:
        console().print(f"{SETS['development'].title}: left out. {error}")
        return 0 if options.smoke else 2
    made = [each for method in CHOICES for each in varied.methods(factors(method), {})]
    outcome = with_columns(compute(made, tasks, options), COLUMNS)
    changes = choice_changes(outcome.rows)
    if not options.smoke:
        publish(TABLE, outcome, {"sequences": len(tasks), "changes": changes})
    columns, cells = change_cells(changes)
    out = lines("Scores at the defaults, and changes [95 % interval] with another choice, in %", columns, 3)
    for line in cells:
        out.add_row(*line)
    console().print(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
