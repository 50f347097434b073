"""Frames embedded by LRProp and by what its paper compares it with: TCN, TCC and CARL (SCL).

Run: `python -m reproduce.table_lrprop --data-root DATA`; or set DKVA_DATA. Writes
results/table_lrprop_SET.csv and .json for each of `--sets`; with `--methods` or another number of seeds
nothing is stored.

A model is trained on the training videos of an activity, without labels, and measured on its test videos.
Features as they are stand beside it, on the synthetic sets the true alignment, too, which takes canonical
time for the embedded frames; an encoder that is not trained shows what it knows of time by the positions of
the frames alone. On One activity and Pouring LRProp is also trained without each of the three terms of its
loss. On the synthetic sets all models are small and are trained for seconds; on the others they have the
published settings.

Each row is a test video's part of the metrics, whose mean over videos is the published metric: Kendall's
tau-b, phase progression, DTW accuracy, phase classification by an SVM that is trained on the embedded frames
of 10, 50 and 100 % of the training videos, AP@5, 10 and 15 (see docs/method.md).

Intervals are bootstraps over videos, after the seeds of each were averaged.
"""

from __future__ import annotations

from dkva.experiments.experiment import merged
from reproduce.base.labels import LRPROP, LRPROP_PARTS, ON_ACTIVITY, RAW_FEATURES, TRUE_ALIGNMENT
from reproduce.collections.representations import LRPROP_SETS, RepresentationSet
from reproduce.tables.joint_runs import options_of, over_sets
from reproduce.tables.representation_runs import embedded, show_and_store, true_rows, videos_of
from reproduce.tables.representations import LRPROP_LINES, embedded_table

COMMAND = "python -m reproduce.table_lrprop --data-root DATA"

_SMOKE = (RAW_FEATURES, LRPROP)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = options_of(
        __doc__, arguments, LRPROP_SETS, (RAW_FEATURES, *LRPROP_LINES, TRUE_ALIGNMENT), _SMOKE
    )

    def run(given: RepresentationSet) -> None:
        lines = {name: line for name, line in LRPROP_LINES.items() if given.parts or name not in LRPROP_PARTS}
        found = [embedded(given, lines, ON_ACTIVITY, videos_of(given, options), options)]
        found += true_rows(given, options)
        show_and_store(embedded_table("table_lrprop", given, COMMAND), merged(found), given, options)

    return over_sets(options, LRPROP_SETS, run)


if __name__ == "__main__":
    raise SystemExit(main())
