"""Kernel mean segments, varied one thing at a time, on labelled real sequences of five domains.

Run: `python -m reproduce.study_kernel_means --data-root DATA` (15 minutes on two cores, seconds once
computed); or set DKVA_DATA. DATA holds real_sequences/ and breakfast_sample/: the 21 sequences that the
method was developed on. Writes results/study_kernel_means.csv and .json.

True numbers of actions, each sequence matched by itself; a mean counts every domain the same. A variant's
gain is of the mean of MoF, IoU and F1, over the same seeds, with a bootstrap over the sequences within
domains. One would be kept whose interval is above 0 and that is worth its code; none is. As many are tried,
the best of them looks better than it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.experiment import merged
from dkva.kernel_means.settings import KernelMeanSettings
from reproduce.base.labels import KERNEL_MEANS
from reproduce.base.options import compute, console, parser
from reproduce.base.paths import data_root
from reproduce.base.show import lines
from reproduce.base.store import publish, read_rows
from reproduce.collections.real_sequences import SETS, tasks_of
from reproduce.tables import kernel_mean_variants as variants
from reproduce.tables import varied
from reproduce.tables.kernel_mean_gains import OWN, gain_cells, variant_gains
from reproduce.tables.studies import with_columns
from reproduce.tables.varied import Value

COMMAND = "python -m reproduce.study_kernel_means --data-root DATA"
TABLE = replace(
    varied.table(
        "study_kernel_means",
        "Kernel mean segments, one thing varied at a time",
        by=("factor", "value", "domain"),
    ),
    command=COMMAND,
)
SEEDS = 3

#: Seeds of the method itself, to see how much it depends on them.
OWN_SEEDS = 6

COLUMNS = (
    "domain", "factor", "value", "video", "method", "seed", "n_segments", "n_frames", "found",
    "mof", "iou", "f1",
)  # fmt: skip


def _priced(times: float) -> Value:
    own = KernelMeanSettings()
    return _of("kms", switch_price=times * own.switch_price, pick_price=times * own.pick_price)


def _of(segment, **changed) -> Value:
    return Value(changed, segment, KERNEL_MEANS)


FACTORS = {
    "price of a switch": {
        "0": _priced(0),
        "halved": _priced(0.5),
        "doubled": _priced(2),
        "by the first cut's segments": _of(variants.priced_by_its_own_segments),
        "by the first cut's noise": _of(variants.priced_by_noise),
    },
    "whitening": {
        "0": _of("kms", whitening=0.0),
        "1": _of("kms", whitening=1.0),
        "by the spectrum": _of(variants.whitened_by_spectrum),
    },
    "kernel": {
        "linear": _of(variants.by_linear_kernel),
        "Gaussian × NTK": _of(variants.by_gauss_ntk),
        "bandwidth 0.3": _of("kms", bandwidth=0.3),
        "bandwidth 1": _of("kms", bandwidth=1.0),
    },
    "averaging": {
        "none": _of("kms", averaging=0.0),
        "1/64 of a segment": _of("kms", averaging=1 / 64),
        "1/12 of a segment": _of("kms", averaging=1 / 12),
        "0.5 s": _of(variants.averaged_in_seconds, seconds=0.5),
        "2 s": _of(variants.averaged_in_seconds, seconds=2.0),
    },
    "starts": {
        "change points alone": _of("kms", restarts=0),
        "k-means alone": _of(variants.from_k_means),
        "10 k-means": _of("kms", restarts=10),
        "30 k-means": _of("kms", restarts=30),
        "filters of three widths": _of(variants.from_more_filters),
        "and the learned labels": _of(variants.from_the_learned),
    },
    "after the cut": {
        "labels merged and split": _of(variants.merged_and_split),
        "scatter within labels made equal": _of(variants.within_scatter_equalised),
    },
}

#: The method as it is.
METHOD = {OWN: {OWN: _of("kms")}}

_SMOKE = {"starts": {"change points alone": FACTORS["starts"]["change points alone"]}}


def _show(rows: Sequence[dict]) -> None:
    columns, cells = gain_cells(variant_gains(rows))
    out = lines("Kernel mean segments: mean of domain means and gain [95 % interval], in %", columns, 2)
    for line in cells:
        out.add_row(*line)
    console().print(out)


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; without the data, print what is stored."""
    cli = parser(__doc__, seeds=SEEDS)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    options = cli.parse_args(arguments)
    root = data_root(options.data_root)
    try:
        tasks = tasks_of(SETS["development"], root, range(1 if options.smoke else options.seeds))
    except DataError as error:
        console().print(f"needs data ({error}): {COMMAND}; stored results:")
        _show(read_rows(TABLE.name))
        return 0
    factors = _SMOKE if options.smoke else FACTORS
    if options.smoke:
        tasks = [tasks[-1]]
    own = [replace(task, seeds=tuple(range(OWN_SEEDS))) for task in tasks] if not options.smoke else tasks
    outcome = merged(
        [
            compute(varied.methods(METHOD, {}), own, options),
            compute(varied.methods(factors, {}), tasks, options),
        ]
    )
    outcome = with_columns(outcome, COLUMNS)
    if not options.smoke and options.seeds == SEEDS:
        publish(
            TABLE, outcome, {"n_segments": "true number of actions", "gains": variant_gains(outcome.rows)}
        )
    _show(outcome.rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
