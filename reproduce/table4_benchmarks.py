"""Table 4: the benchmarks with the average number of actions (paper section 4.3).

Run: `python -m reproduce.table4_benchmarks --data-root DATA`, DATA holding the data sets' folders as
released; or set DKVA_DATA. `--datasets`, `--methods`, `--seeds` and `--videos` run less; what is computed is
kept and not computed again. Writes results/table4_NAME.csv and .json for each data set that is there; the
table that is printed shows stored results for the others, or what they need. Rivals run on the same frames,
in the same program. Every file is read and checked before anything is computed.

Without the data the same code runs on three stand-ins, marked as what they are: three real Breakfast videos,
real label sequences of 1460 Breakfast videos with synthetic features, and joined real sensor readings. The
stand-ins take about ten minutes on two cores with one seed.
"""

from __future__ import annotations

from functools import partial

from dkva.approximation.segmenter import segment_video
from dkva.baselines import kernel_change_points, kmeans, tw_finch, uniform
from dkva.experiments.experiment import Method, Outcome
from reproduce.base.methods import method
from reproduce.base.options import compute, select_methods
from reproduce.collections.benchmarks import Opened, options_of, smoothing_of
from reproduce.tables.benchmark_tables import BenchmarkTable, kept, run, show_scores

COMMAND = "python -m reproduce.table4_benchmarks"
TABLE = BenchmarkTable("table4", "Table 4", COMMAND, "average number of actions")
EPOCHS = 100


def methods(smoothing: float, epochs: int = EPOCHS) -> list[Method]:
    """The table's rows for one data set."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return [
        method("uniform split", uniform),
        method("k-means", kmeans, {"n_init": 1}),
        method("kernel change points", kernel_change_points),
        method("TW-FINCH", tw_finch),
        method("initial, kernel", segment_video, settings | {"epochs": 0}, seeded=False),
        method("learned, kernel", segment_video, settings),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    options = options_of(__doc__, seeds=1, methods=True).parse_args(arguments)

    def scores(opened: Opened) -> Outcome:
        rows = methods(smoothing_of(opened.source), 1 if options.smoke else EPOCHS)
        return kept(compute(select_methods(rows, options.methods), opened.tasks, options))

    return run(TABLE, options, scores, partial(show_scores, TABLE))


if __name__ == "__main__":
    raise SystemExit(main())
