"""Training-free methods on labelled sequences of several domains, like for like, with paired intervals.

Run: `python -m reproduce.table_real_sequences --data-root DATA`; or set DKVA_DATA. DATA holds the 21
sequences of the development half, real_sequences/ and breakfast_sample/. The other sets need no data:
BasicMotions, Moving5 and 40 Breakfast-like videos. Writes results/table_real_sequences_SET.csv and .json for
each of `--sets`; with `--methods` or other `--seeds` nothing is stored. `--sequences DIR` runs the same on
labelled sequences of one's own, as `dkva compare DIR` does for people.

Every method has its default settings, the same on all sets, and is told the true number of actions. Kernel
mean segments were developed on the development half: their lead on it is inflated. A mean counts every domain
the same; intervals are bootstraps over the sequences within domains.

ClaSP's package needs an environment of its own: after `make clasp`, `.venv-clasp/bin/python -m
reproduce.table_real_sequences --methods clasp` computes its rows, which are then found here. Where they are
not, the table is shown without them and is not stored.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.experiment import Method, Outcome, RowCache, Task, count_missing
from dkva.experiments.registry import find, lacking
from reproduce.base.labels import KERNEL_MEANS, PAPERS_METHOD
from reproduce.base.methods import EPOCHS, add_methods, method, select_methods
from reproduce.base.options import compute, console, parser
from reproduce.base.paths import ROWS, data_root
from reproduce.base.show import lines
from reproduce.base.store import Table, publish
from reproduce.collections.real_sequences import SETS, Group, sequences_in, tasks_of
from reproduce.tables.comparisons import comparison_cells
from reproduce.tables.studies import with_columns

COMMAND = "python -m reproduce.table_real_sequences"
COLUMNS = (
    "domain",
    "video",
    "method",
    "seed",
    "n_segments",
    "n_frames",
    "found",
    "mof",
    "iou",
    "f1",
    "f1_50",
)


def methods(epochs: int = EPOCHS) -> dict[str, Method]:
    """The table's lines by id."""
    plain = ("smoothed_kmeans", "tw_finch", "tw_finch_standardised", "kernel_change_points", "ward")
    further = ("abd", "sam", "asot_single", "sticky_hmm", "spectral", "kmeans", "uniform")
    return {
        "kms": method("kms", label=KERNEL_MEANS),
        "dkva": method("dkva", {"epochs": epochs}, label=PAPERS_METHOD),
        **{name: method(name) for name in (*plain, *further)},
        "clasp": method("clasp", seeded=False),  # minutes a sequence: one seed
    }


def table_of(group: Group) -> Table:
    """Where a set's rows are stored."""
    return Table(
        f"table_real_sequences_{group.key}",
        f"Methods without training on {group.title}",
        f"{COMMAND} --sets {group.key}",
        by=("domain", "method"),
        measures=("mof", "iou", "f1", "f1_50"),
        unit="video",
    )


def show(group: Group, rows: Sequence[Mapping]) -> None:
    """Print a set's table."""
    columns, cells = comparison_cells(
        rows, KERNEL_MEANS if any(row["method"] == KERNEL_MEANS for row in rows) else None
    )
    out = lines(f"{group.title}, in %: mean of domain means [95 % interval]", columns)
    for line in cells:
        out.add_row(*line)
    console().print(out)


def run_set(
    chosen: Sequence[Method], tasks: Sequence[Task], options: argparse.Namespace
) -> tuple[Outcome, list]:
    """Rows of the methods that can run here or are computed already, and the ids of the others."""
    absent = [each.id for each in chosen if _lacks(each, tasks, options)]
    return compute([each for each in chosen if each.id not in absent], tasks, options), absent


def _lacks(each: Method, tasks: Sequence[Task], options: argparse.Namespace) -> bool:
    if lacking(find(each.id)) is None:
        return False
    return options.smoke or options.force or count_missing([each], tasks, RowCache(ROWS)) > 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    cli = parser(__doc__, seeds=3)
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument(
        "--sequences", type=Path, help="a folder of labelled sequences instead of the sets; nothing is stored"
    )
    cli.add_argument("--sets", nargs="+", choices=SETS, help="only these")
    add_methods(cli)
    return cli.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the sets that are there, store and print; 2 if a set that was asked for is not there."""
    options = _options(arguments)
    root, status = data_root(options.data_root), 0
    chosen = select_methods(methods(1 if options.smoke else EPOCHS), options.methods)
    seeds = range(1 if options.smoke else options.seeds)
    named = options.sets or (["basic_motions"] if options.smoke else SETS)
    own = [Group("own", f"the sequences in {options.sequences}")] if options.sequences else []
    for group in own or [SETS[name] for name in named]:
        try:
            tasks = sequences_in(options.sequences, seeds) if own else tasks_of(group, root, seeds)
        except DataError as error:
            console().print(f"{group.title}: left out. {error}")
            status = 2 if options.sets or own else status
            continue
        outcome, absent = run_set(chosen, tasks[:1] if options.smoke else tasks, options)
        outcome = with_columns(outcome, COLUMNS)
        show(group, outcome.rows)
        whole = not (own or options.smoke or options.methods or absent or options.seeds != 3)
        if whole:
            publish(
                table_of(group), outcome, {"n_segments": "true number of actions", "sequences": len(tasks)}
            )
        elif absent:
            console().print(
                f"Not stored: {'; '.join(str(lacking(find(name))) for name in absent)}; see --help."
            )
    return status


if __name__ == "__main__":
    raise SystemExit(main())
