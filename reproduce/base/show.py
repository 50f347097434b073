"""Tables on the terminal and in Markdown: summaries in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.markup import escape
from rich.table import Table as Lines

from reproduce.base.store import Table, summarise

__all__ = ["LABELS", "counted", "lines", "percent", "plural", "summary_table", "with_interval"]

#: What measures are called in tables.
LABELS = {
    "mof": "MoF",
    "iou": "IoU",
    "miou": "mIoU",
    "f1": "F1",
    "f1_expected": "F1, expected",
    "boundary_accuracy": "bound. accuracy",
    "boundary_precision": "bound. precision",
    "boundary_f1": "bound. F1",
    "repeats_joined": "repeats joined",
    "tau": "Kendall's tau",
    "progression": "progression, R²",
    "accuracy_10": "accuracy, 10 %",
    "accuracy_50": "accuracy, 50 %",
    "accuracy_100": "accuracy, 100 %",
    "ap_5": "AP@5",
    "ap_10": "AP@10",
    "ap_15": "AP@15",
    "dtw_accuracy": "DTW accuracy",
    "clips": "clips",
    "same_activity": "same activity",
    "matched": "matched",
    "matched_balanced": "matched (balanced)",
    "path": "right, along the path",
    "nearest": "right, by the nearest frame",
    "most": "right at most",
    "unused": "unused",
    "accuracy": "accuracy",
    "edit": "Edit",
    "boundary_error": "boundary error, s",
    "f1_10": "F1@10",
    "f1_25": "F1@25",
    "f1_50": "F1@50",
    "false_segments": "false segments / true ones",
    "segments_per_true": "segments / true ones (a number)",
    "pieces_per_asked": "pieces / asked (a number)",
}


def counted(number: int, unit: str) -> str:
    """Such as "12 videos" or "10 activities"."""
    return f"{number} {plural(unit)}"


def plural(unit: str) -> str:
    """What several units are called."""
    return f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"


def percent(value: float | None, sign: bool = False) -> str:
    """A share in %, or a dash if there is none."""
    if value is None or value != value:
        return "–"
    return f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"


def with_interval(record: Mapping, shares: bool = True) -> str:
    """Mean [low, high] of a record of `summarise`, shares in %, or as it is."""
    mean, low, high = (
        percent(record[key]) if shares or record[key] is None else f"{record[key]:.3g}"
        for key in ("mean", "low", "high")
    )
    return mean if record["low"] is None else f"{mean} [{low}, {high}]"


def lines(title: str, columns: Sequence[str], left: int = 1) -> Lines:
    """An empty table whose first `left` columns are names."""
    out = Lines(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        out.add_column(column, justify="left" if index < left else "right", no_wrap=index >= left)
    return out


def summary_table(table: Table, rows: Iterable[Mapping]) -> Lines:
    """Mean and 95 % interval of each measure, a line a method."""
    records = summarise(rows, table.by, table.measures, table.unit)
    videos = max(record["videos"] for record in records)
    unit = ", in %" if table.percent else ""
    title = f"{table.title}: mean [95 % interval over {counted(videos, table.unit)}]{unit}"
    out = lines(title, [*table.by, *(LABELS.get(m, m) for m in table.measures)], len(table.by))
    cells: dict[tuple, list[str]] = {}
    for record in records:
        cells.setdefault(tuple(str(record[column]) for column in table.by), []).append(
            with_interval(record, table.percent and record["measure"] not in table.counts)
        )
    for names, values in cells.items():
        out.add_row(*(escape(name.replace("_", " ")) for name in names), *values)
    return out
