"""Tables of one row a frame: a column of labels, and columns that count."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from dkva.datasets.annotations.forms import FrameLabels, listed
from dkva.datasets.annotations.tables import Column, Row, Table, column_of
from dkva.datasets.annotations.times import time_of
from dkva.datasets.errors import DataError
from dkva.datasets.reading import Note

__all__ = ["check_counts", "named_frames", "numbered_frames"]

_SPANS = "give one row a frame, or a list of start, end and label"
# Times of frames may be rounded, so that their steps differ by so much of a step.
_UNEVEN = 0.3


def named_frames(path: Path, table: Table, *, video: str = "") -> FrameLabels | None:
    """Labels of a table of one row a frame with names of columns, or None if this is none.

    Raises:
        DataError: no column that is known to hold labels, or a column that does not count frames evenly.
    """
    first, *rest = table.rows
    columns = [column_of(name) for name in first.cells]
    labels = [i for i, column in enumerate(columns) if column.kind == "label"]
    if table.separator is None or table.width == 1 or not rest:
        return None
    if sum(time_of(cell) is not None for cell in first.cells) > 1:  # a segment, of a tier named "action", say
        return None
    if labels or (not first.cells[0] and len(first.cells) > 1):
        return _with_header(path, table, columns, labels, video)
    return None


def _with_header(
    path: Path, table: Table, columns: Sequence[Column], labels: Sequence[int], video: str
) -> FrameLabels:
    from dkva.datasets.annotations.videos import rows_of_video

    header, *rows = table.rows
    names = header.cells
    if labels:
        place = min(labels, key=lambda i: columns[i].rank)
    else:
        unknown = [i for i, column in enumerate(columns) if column.kind in ("other", "aside")]
        unknown = unknown or list(range(1, len(names)))  # pandas names a lone column 0
        if len(unknown) != 1:
            shown = listed([names[i] for i in unknown])
            raise DataError(
                path, f"has columns {shown}: which holds the labels?", "name it label", header.line
            )
        place = unknown[0]
    rows, _ = rows_of_video(path, columns, rows, video)
    for row in rows:
        if len(row.cells) <= place or len(row.cells) > len(names):
            raise DataError(
                path,
                f"has {len(row.cells)} cells, line {header.line} has {len(names)}",
                "put labels with commas in quotes",
                row.line,
            )
    _refuse_spans(path, header, columns, rows)
    lines = [row.line for row in rows]
    for i, column in enumerate(columns):
        if i != place and column.kind in ("frame", "time"):
            check_counts(path, names[i], [row.cells[i] if i < len(row.cells) else "" for row in rows], lines)
    left = [name for i, name in enumerate(names) if i != place and columns[i].kind != "frame"]
    text = f"the labels are column {names[place]!r}"
    if left:
        text += f", columns {listed(left)} are not used"
    note = Note("labels_read_as", text, {"form": "table", "column": names[place], "left_out": left})
    found = [row.cells[place] for row in rows]
    return FrameLabels(["" if label.lower() == "nan" else label for label in found], lines, (note,))


def _refuse_spans(path: Path, header: Row, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Refuse rows that look like segments, from one column to another, by names that are not known."""
    places = [i for i, column in enumerate(columns) if column.kind in ("other", "time", "frame")]
    for a, b in itertools.pairwise(places):
        times = [(time_of(row.cells[a]), time_of(row.cells[b])) for row in rows if len(row.cells) > b]
        spans = [(x.value, y.value) for x, y in times if x is not None and y is not None]
        touch = all(0 <= after[0] - before[1] <= 1 for before, after in itertools.pairwise(spans))
        if len(spans) == len(rows) > 1 and touch and all(x < y for x, y in spans):
            problem = f"columns {header.cells[a]!r} and {header.cells[b]!r} look like starts and ends"
            raise DataError(path, problem, "name them start and end", header.line)


def numbered_frames(path: Path, table: Table) -> FrameLabels | None:
    """Labels of a table without names of columns, frames counted in the first of two; None if this is none.

    Raises:
        DataError: the first column holds numbers that do not count frames.
    """
    if table.separator is None or any(len(row.cells) != 2 for row in table.rows):
        return None
    lines = [row.line for row in table.rows]
    counts = [row.cells[0] for row in table.rows]
    if len(counts) < 2 or any(time_of(count) is None for count in counts):
        return None
    check_counts(path, "1", counts, lines)
    note = Note(
        "labels_read_as",
        "the labels are column 2, beside column 1, which counts frames",
        {"form": "table", "column": 2, "left_out": []},
    )
    return FrameLabels([row.cells[1] for row in table.rows], lines, (note,))


def check_counts(path: Path, name: str, cells: Sequence[str], lines: Sequence[int]) -> None:
    """Check that a column counts frames, by one from 0 or 1, or holds times in even steps.

    Raises:
        DataError: it does not; the line is where it first fails.
    """
    what = f"column {name!r}" if name else "the column without a name"
    times = [time_of(cell) for cell in cells]
    values: list[float] = []
    for time, cell, line in zip(times, cells, lines, strict=True):
        if time is None:
            raise DataError(path, f"{cell[:40]!r} in {what} is no number", "number the frames", line)
        values.append(time.value)
    steps = [after - before for before, after in itertools.pairwise(values)]
    if column_of(name).kind != "time":
        place = next((i for i, step in enumerate(steps) if step != 1), None)
        if place is not None:
            problem = f"{what} goes from {values[place]:g} to {values[place + 1]:g}"
            raise DataError(path, problem, _SPANS, lines[place + 1])
        if values[0] not in (0, 1):
            problem = f"{what} begins with {values[0]:g}: are there rows for the frames before?"
            raise DataError(path, problem, "give a row for every frame, from 0 or 1", lines[0])
        return
    if not steps:
        return
    usual = sorted(steps)[len(steps) // 2]
    for place, step in enumerate(steps):
        if usual <= 0 or abs(step - usual) > _UNEVEN * usual:
            problem = f"{what} goes from {cells[place][:20]} to {cells[place + 1][:20]}, not in even steps"
            raise DataError(path, problem, _SPANS, lines[place + 1])
