"""Figure 3a: the seven kernels (paper section 4.2), in the paper's reading and in that of its program.

Run: `python -m reproduce.figure3a_kernels --data-root DATA` (fifteen minutes on two cores without 50 Salads,
seconds once computed); or set DKVA_DATA. Writes results/figure3a_kernels.csv and .json, from which
`reproduce.figures` draws figure3a_kernels.

The paper compares the kernels on 50 Salads, and its curves have no numbers in its text. Besides 50 Salads, if
it is there, the kernels run on Moving5 (test videos, settings of Table 2), and at the settings of Table 4 on
three real Breakfast videos, 100 Breakfast-like ones (synthetic features) and joined sensor readings. The
length scale of the paper's Gauss is fixed and lost from its text, so several are tried, and the median of the
squared distances as in the product.

One seed; of SNTK three, as its random features are drawn. "NTK sphere" and "SNTK" come a second time as the
authors' program has them (`dkva.KERNELS`, names ending with "_authors"). Its "GaussNTK sphere" is "GaussNTK"
and is not run again. What the reading changes is printed at the end. `--datasets` runs less, without Moving5.
`reproduce.gaussian_factor` measures how far from 1 the Gaussian factor is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dkva.approximation.segmenter import segment_video
from dkva.experiments.experiment import Method, Outcome, Task, merged
from reproduce import table2_moving5
from reproduce.base.effects import effect, paired
from reproduce.base.methods import method
from reproduce.base.options import compute, console
from reproduce.base.show import lines
from reproduce.base.store import Table, chosen
from reproduce.collections import moving5
from reproduce.collections.benchmarks import Opened, options_of, smoothing_of
from reproduce.table4_benchmarks import EPOCHS
from reproduce.tables.studies import LEARNED, end_study, open_studied, with_columns

COMMAND = "python -m reproduce.figure3a_kernels"
TABLE = Table("figure3a_kernels", "Figure 3a: kernels", COMMAND, by=("dataset", "kernel"))
DATASETS = ("50salads", "breakfast_sample", "breakfast_like", "basic_motions")
MOVING5 = "Moving5"
LIKE = 100
COLUMNS = (
    "dataset", "kernel", "video", "method", "seed", "n_segments", "n_frames", "found", "mof", "iou", "f1",
)  # fmt: skip

LENGTH_SCALES = (1.0, 10.0, 100.0)

#: What each kernel changes of the method's own settings: those that are theirs already are left out, so that
#: rows of Tables 2 and 4 are not computed twice.
KERNELS: Mapping[str, dict] = {
    "NNGP": {"kernel": "nngp"},
    "NTK": {"kernel": "ntk"},
    "NTK sphere": {"kernel": "ntk_sphere"},
    "SNTK": {"kernel": "sntk"},
    **{f"Gauss, l = {scale:g}": {"kernel": "gaussian", "length_scale": scale} for scale in LENGTH_SCALES},
    "Gauss, l = median squared": {"kernel": "gaussian"},
    "GaussNTK sphere": {"kernel": "gauss_ntk_sphere"},
    "GaussNTK": {},
    "NTK sphere (authors' program)": {"kernel": "ntk_sphere_authors"},
    "SNTK (authors' program)": {"kernel": "sntk_authors"},
}

#: What the names of the kernels in the authors' reading end with.
AUTHORS = " (authors' program)"

#: Seeds of SNTK, at least: each draws its random features, the same for all videos.
DRAWS = 3

#: The smallest run of the code.
SMOKE = ("NTK sphere", "GaussNTK", "NTK sphere (authors' program)")


def methods(settings: Mapping[str, object], names: Iterable[str] = KERNELS) -> list[Method]:
    """One a kernel, called by its name."""
    return [method(name, segment_video, dict(settings) | KERNELS[name]) for name in names]


def _moving5_settings(smoke: bool) -> dict:
    choice = chosen(table2_moving5.CHOICE)
    epochs = 1 if smoke else int(choice["epochs"])
    return table2_moving5.BASE | {"weight_decay": choice["weight_decay"], "epochs": epochs}


def parts(
    options: argparse.Namespace, opened: Sequence[Opened]
) -> list[tuple[Mapping[str, Any], list[Task]]]:
    """The method's settings and the videos of each data set, Moving5 first unless others are named."""
    found: list[tuple[Mapping[str, Any], list[Task]]] = []
    if not options.datasets:
        seeds, videos = (range(1), 2) if options.smoke else (range(options.seeds), options.videos)
        tasks = moving5.tasks(seeds=seeds, videos=videos, columns={"dataset": MOVING5})
        found.append((_moving5_settings(options.smoke), tasks))
    for each in opened:
        settings = {"smoothing": smoothing_of(each.source), "epochs": 1 if options.smoke else EPOCHS}
        found.append((settings, each.tasks))
    return found


def readings_table(rows: Sequence[Mapping]):
    """MoF of each kernel in the authors' reading minus that in the paper's, paired by video."""
    out = lines(
        "The authors' reading - the paper's: MoF, mean [95 % interval], points", ["data set", "kernel", ""], 2
    )
    for dataset in dict.fromkeys(row["dataset"] for row in rows):
        mine = [row for row in rows if row["dataset"] == dataset]
        for name in KERNELS:
            plain = name.removesuffix(AUTHORS)
            if plain == name:
                continue
            values = paired(mine, {"kernel": name}, {"kernel": plain}, "mof")
            if len(values):
                mean, low, high, _ = effect(100 * values)
                out.add_row(dataset, plain, f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    options = options_of(__doc__, seeds=1).parse_args(arguments)
    opened = open_studied(options, DATASETS, LIKE)
    outcomes: list[Outcome] = []
    names = SMOKE if options.smoke else KERNELS
    for settings, tasks in parts(options, opened):
        drawn = [replace(task, seeds=tuple(range(max(DRAWS, len(task.seeds))))) for task in tasks]
        both = [
            compute(methods(settings, [n for n in names if not n.startswith("SNTK")]), tasks, options),
            compute(methods(settings, [n for n in names if n.startswith("SNTK")]), drawn, options),
        ]
        outcome = merged(both)
        for row in outcome.rows:
            row["kernel"], row["method"] = row["method"], LEARNED
        outcome.rows.sort(key=lambda row: list(KERNELS).index(row["kernel"]))
        outcomes.append(with_columns(outcome, COLUMNS))
    outcome = merged(outcomes)
    end_study(TABLE, outcome, opened, DATASETS, options)
    if outcome.rows:
        console().print(readings_table(outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
