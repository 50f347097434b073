"""One-hot tables: a column a class, a row a frame, 1 for the class of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dkva.datasets.annotations.forms import FrameLabels, listed, of_classes, plural
from dkva.datasets.annotations.frame_tables import check_counts
from dkva.datasets.annotations.tables import Column, Row, Table, column_of
from dkva.datasets.annotations.times import time_of
from dkva.datasets.errors import DataError
from dkva.datasets.reading import NO_LABEL, Note

__all__ = ["one_hot"]

_BITS = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True, "": False}


def one_hot(path: Path, table: Table) -> FrameLabels | None:
    """Labels of a one-hot table, or None if this is none.

    Raises:
        DataError: two classes in a row, classes without names, frames that do not count up by one.
    """
    header, *rows = table.rows
    if not rows or table.separator is None:
        return None
    names = header.cells
    if all(cell.lower() in _BITS for row in table.rows[:50] for cell in row.cells) and len(names) > 2:
        raise DataError(
            path, "looks like a one-hot table without names", "name its classes in a first line", header.line
        )
    columns = [column_of(name) for name in names]
    spans = ("label", "start", "end", "duration")
    named = [i for i, column in enumerate(columns) if column.kind in spans]
    # A class may have such a name, too: then its cells are 0 or 1, and never two in a row.
    if named and (any(names[i].lower().startswith("label") for i in named) or not _exclusive(rows, columns)):
        return None
    counting = [i for i, column in enumerate(columns) if column.kind in ("frame", "time", "video")]
    counting = [i for i in counting if not (i and _bits(rows, [i]) and names[i])]
    classes = [i for i in range(len(names)) if i not in counting and (names[i] or not _empty(rows, i))]
    if not classes or any(time_of(names[i]) is not None for i in classes) or not _bits(rows[:50], classes):
        return None
    return _labels(path, header, rows, classes, counting)


def _labels(
    path: Path, header: Row, rows: Sequence[Row], classes: Sequence[int], counting: Sequence[int]
) -> FrameLabels:
    names = header.cells
    labels = []
    for line, cells in rows:
        if len(cells) > len(names) or len(cells) <= max(classes):
            raise DataError(
                path,
                f"has {plural(len(cells), 'cell')}, line {header.line} has {len(names)}",
                "give each row a cell a class",
                line,
            )
        found = []
        for i in classes:
            bit = _BITS.get(cells[i].lower())
            if bit is None:
                raise DataError(
                    path,
                    f"{cells[i][:40]!r} in column {names[i]!r} is neither 0 nor 1",
                    "mark the class of the frame by 1",
                    line,
                )
            if bit:
                found.append(names[i])
        if len(found) > 1:
            raise DataError(
                path, f"has two labels: {listed(found)}", "give each frame one: remove or join columns", line
            )
        labels.append(found[0] if found else NO_LABEL)
    for i in counting:
        check_counts(path, names[i], [row.cells[i] for row in rows], [row.line for row in rows])
    used = [names[i] for i in classes]
    text = f"the labels are a one-hot table of {of_classes(len(used))}: {listed(used)}"
    note = Note("labels_read_as", text, {"form": "one-hot table", "classes": used})
    return FrameLabels(labels, [row.line for row in rows], (note,))


def _exclusive(rows: Sequence[Row], columns: Sequence[Column]) -> bool:
    """Whether all columns that do not count hold 0 or 1, and no row two of these."""
    places = [i for i, column in enumerate(columns) if column.kind not in ("frame", "time", "video")]
    if len(places) < 2 or not _bits(rows, places):
        return False
    return all(sum(_BITS[row.cells[i].lower()] for i in places if i < len(row.cells)) < 2 for row in rows)


def _bits(rows: Sequence[Row], columns: Sequence[int]) -> bool:
    return all(row.cells[i].lower() in _BITS for row in rows for i in columns if i < len(row.cells))


def _empty(rows: Sequence[Row], i: int) -> bool:
    return all(i >= len(row.cells) or not row.cells[i] for row in rows)
