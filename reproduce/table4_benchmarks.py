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

from collections.abc import Sequence
from dataclasses import replace

from dkva.baselines import kernel_change_points, kmeans, tw_finch, uniform
from dkva.experiment import Method, Outcome
from dkva.segmentation import segment_video
from reproduce.benchmarks import SOURCES, Source, needs, open_all, options_of, smoothing_of
from reproduce.options import compute, console, select_methods
from reproduce.paper import number
from reproduce.show import lines, with_interval
from reproduce.store import Table, publish, read_facts, summarise

COMMAND = "python -m reproduce.table4_benchmarks"
MEASURES = ("mof", "iou", "f1")
EPOCHS = 100

#: Columns of the stored rows.
KEPT = ("dataset", "draw", "video", "method", "seed", "n_segments", "n_frames", "found", *MEASURES)


def table(source: Source) -> Table:
    """Where a data set's part of the table is stored."""
    return Table(
        f"table4_{source.key}",
        f"Table 4: {source.title}, average number of actions",
        f"{COMMAND} --datasets {source.key}",
        by=("dataset", "method"),
        paper="table4",
    )


def methods(smoothing: float, epochs: int = EPOCHS) -> list[Method]:
    """The table's rows for one data set."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return [
        Method("uniform split", uniform),
        Method("k-means", kmeans, {"n_init": 1}),
        Method("kernel change points", kernel_change_points),
        Method("TW-FINCH", tw_finch),
        Method("initial, kernel", segment_video, settings | {"epochs": 0}, seeded=False),
        Method("learned, kernel", segment_video, settings),
    ]


def kept(outcome: Outcome) -> Outcome:
    """An outcome with the columns that are stored."""
    rows = [{name: row[name] for name in KEPT if name in row} for row in outcome.rows]
    return replace(outcome, rows=rows)


def show(title: str, parts: Sequence[tuple[Source, list[dict] | None]], paper: str, command: str) -> None:
    """Print every data set's lines: the paper's numbers beside ours, or what is missing."""
    out = lines(
        title,
        ["data set", "method", *(f"{m} {w}" for m in ("MoF", "IoU", "F1") for w in ("paper", "ours"))],
        2,
    )
    for source, records in parts:
        if records is None:
            out.add_row(source.title, "needs data", *[""] * 6)
            continue
        named = str(records[0]["dataset"])
        for method in dict.fromkeys(record["method"] for record in records):
            cells = []
            for record in (r for r in records if r["method"] == method and r["measure"] in MEASURES):
                theirs = number(paper, record, record["measure"])
                cells += ["–" if theirs is None else f"{theirs:.1f}", with_interval(record)]
            out.add_row(named, method, *cells)
            named = ""
    console().print(out)
    absent = [source for source, records in parts if records is None]
    if absent:
        console().print(needs(absent, command))


def stored(name: str) -> list[dict] | None:
    """Summary of a stored part of a table; None where there is none."""
    try:
        return read_facts(name)["table"]
    except FileNotFoundError:
        return None


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    cli = options_of(__doc__, seeds=1)
    cli.add_argument("--methods", nargs="+", metavar="NAME", help="rows to compute; then nothing is stored")
    options = cli.parse_args(arguments)
    fresh: dict[str, list[dict]] = {}
    for opened in open_all(options):
        rows = methods(smoothing_of(opened.source), 1 if options.smoke else EPOCHS)
        outcome = kept(compute(select_methods(rows, options.methods), opened.tasks, options))
        part = table(opened.source)
        if not (options.smoke or options.videos or options.methods):
            settings = {"clusters": options.clusters, "skipped": opened.skipped}
            publish(part, outcome, settings)
        fresh[opened.source.key] = summarise(outcome.rows, part.by, part.measures)
    chosen = [source for source in SOURCES if not options.datasets or source.key in options.datasets]
    parts = [(source, fresh.get(source.key) or stored(table(source).name)) for source in chosen]
    show("Table 4, in %: mean [95 % interval over videos]", parts, "table4", COMMAND)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
