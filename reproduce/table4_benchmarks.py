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

from dkva.experiments.experiment import Method
from reproduce.base.labels import INITIAL
from reproduce.base.methods import EPOCHS, add_methods, method, select_methods
from reproduce.base.options import compute
from reproduce.collections.benchmarks import open_all, options_of, request_of, smoothing_of
from reproduce.tables.benchmark_tables import (
    COLUMNS,
    BenchmarkTable,
    publish_part,
    show_needs,
    show_scores,
    with_stored,
)
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.table4_benchmarks"
TABLE = BenchmarkTable("table4", "Table 4", COMMAND, "average number of actions")


def methods(smoothing: float, epochs: int) -> dict[str, Method]:
    """The table's lines for one data set, by what `--methods` calls them."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return {
        "uniform": method("uniform"),
        "kmeans": method("kmeans", {"n_init": 1}),
        "kernel_change_points": method("kernel_change_points"),
        "tw_finch": method("tw_finch"),
        "abd": method("abd"),
        "sam": method("sam"),
        "dkva_initial": method("dkva", settings | {"epochs": 0}, label=INITIAL, seeded=False),
        "dkva": method("dkva", settings),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    cli = options_of(__doc__, seeds=1)
    add_methods(cli)
    options = cli.parse_args(arguments)
    request, epochs = request_of(options), 1 if options.smoke else EPOCHS
    fresh = {}
    for opened in open_all(request):
        lines = methods(smoothing_of(opened.source), epochs)
        outcome = compute(select_methods(lines, options.methods), opened.tasks, options)
        fresh[opened.source.key] = publish_part(TABLE, opened, with_columns(outcome, COLUMNS), request)
    parts = with_stored(TABLE, fresh, request)
    show_scores(TABLE, parts)
    show_needs(TABLE, parts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
