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

from dkva.experiments.experiment import Method, Outcome, Task, merged
from reproduce.base.effects import effect, paired
from reproduce.base.labels import AUTHORS, GAUSS, GAUSS_NTK, NNGP, NTK_SPHERE
from reproduce.base.methods import method
from reproduce.base.options import compute, console
from reproduce.base.show import lines
from reproduce.base.store import Table
from reproduce.collections.benchmarks import options_of, request_of
from reproduce.tables.kernels import DATASETS, LIKE, kernel_parts
from reproduce.tables.studies import end_study, open_studied, with_columns

COMMAND = "python -m reproduce.figure3a_kernels"
TABLE = Table("figure3a_kernels", "Figure 3a: kernels", COMMAND, by=("dataset", "kernel"))
COLUMNS = (
    "dataset", "kernel", "video", "method", "seed", "n_segments", "n_frames", "found", "mof", "iou", "f1",
)  # fmt: skip

LENGTH_SCALES = (1.0, 10.0, 100.0)

#: What each kernel changes of the method's own settings: those that are theirs already are left out, so that
#: rows of Tables 2 and 4 are not computed twice.
KERNELS: Mapping[str, dict] = {
    NNGP: {"kernel": "nngp"},
    "NTK": {"kernel": "ntk"},
    NTK_SPHERE: {"kernel": "ntk_sphere"},
    "SNTK": {"kernel": "sntk"},
    **{f"{GAUSS}l = {scale:g}": {"kernel": "gaussian", "length_scale": scale} for scale in LENGTH_SCALES},
    f"{GAUSS}l = median squared": {"kernel": "gaussian"},
    "GaussNTK sphere": {"kernel": "gauss_ntk_sphere"},
    GAUSS_NTK: {},
    f"{NTK_SPHERE}{AUTHORS}": {"kernel": "ntk_sphere_authors"},
    f"SNTK{AUTHORS}": {"kernel": "sntk_authors"},
}

#: Seeds of SNTK, at least: each draws its random features, the same for all videos.
DRAWS = 3

#: The smallest run of the code.
SMOKE = (NTK_SPHERE, GAUSS_NTK, f"{NTK_SPHERE}{AUTHORS}")


def methods(settings: Mapping[str, object], names: Iterable[str] = KERNELS) -> list[Method]:
    """One a kernel, its rows with the column kernel."""
    return [method("dkva", dict(settings) | KERNELS[name], columns={"kernel": name}) for name in names]


def scores(
    settings: Mapping[str, object], tasks: Sequence[Task], names: Sequence[str], options: argparse.Namespace
) -> Outcome:
    """Rows of one data set; SNTK's for further seeds."""
    drawn = [replace(task, seeds=tuple(range(max(DRAWS, len(task.seeds))))) for task in tasks]
    sketched = [name for name in names if name.startswith("SNTK")]
    others = [name for name in names if name not in sketched]
    outcome = merged(
        [
            compute(methods(settings, others), tasks, options),
            compute(methods(settings, sketched), drawn, options),
        ]
    )
    outcome.rows.sort(key=lambda row: list(KERNELS).index(row["kernel"]))
    return with_columns(outcome, COLUMNS)


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
    request = request_of(options, DATASETS)
    names, changed = (SMOKE, {"epochs": 1}) if options.smoke else (tuple(KERNELS), {})
    opened = open_studied(request, LIKE)
    outcome = merged(
        [
            scores(dict(settings) | changed, tasks, names, options)
            for settings, tasks in kernel_parts(request, opened)
        ]
    )
    end_study(TABLE, outcome, opened, request)
    if outcome.rows:
        console().print(readings_table(outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
