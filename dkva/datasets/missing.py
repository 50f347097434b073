"""Values that are missing or infinite: refused with their place, or interpolated over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from dkva.datasets.errors import DataError
from dkva.datasets.reading import Note
from dkva.datasets.tables import Table

__all__ = ["fill"]


def fill(
    path: Path, frames: Float32[np.ndarray, "n d"], table: Table, columns: list[int], missing: str
) -> tuple[Float32[np.ndarray, "n d"], list[Note]]:
    """Frames without gaps, and a note if values were interpolated.

    Args:
        path: the file, for errors.
        frames: [n, d], NaN if a value is missing.
        table: where they are from, for errors.
        columns: of the table, one for each of d.
        missing: "interpolate" takes a missing value from the nearest ones before and after it in its column,
            linearly in time; the first and last of a column stand for what is missing before and after them.

    Raises:
        DataError: an infinite value; a missing one unless `missing` is "interpolate"; a column without any.
    """
    infinite = np.isinf(frames)
    if infinite.any():
        row, column = (int(i) for i in np.argwhere(infinite)[0])
        raise DataError(
            path,
            f"{_place(table, row, columns[column])} is {frames[row, column]}",
            "features must be finite float32 numbers: repair the value",
            table.line(row),
        )
    gaps = np.isnan(frames)
    if not gaps.any():
        return frames, []
    lacking, values = int(gaps.any(1).sum()), int(gaps.sum())
    row, column = (int(i) for i in np.argwhere(gaps)[0])
    empty = np.flatnonzero(gaps.all(0))
    if len(empty):
        called = _name(table, columns[int(empty[0])])
        more = (
            f", and so {'is' if len(empty) == 2 else 'are'} {len(empty) - 1} more" if len(empty) > 1 else ""
        )
        drop = ",".join(_option(table, columns[int(i)]) for i in empty[:5])
        raise DataError(
            path, f"{called} is empty throughout{more}", f"leave out what is empty (--drop {drop})"
        )
    if missing == "error":
        raise DataError(
            path,
            f"{_place(table, row, columns[column])} is missing, {lacking} of {len(frames)} frames lack "
            f"values ({values} in all)",
            "interpolate them over time (--missing interpolate)",
            table.line(row),
        )
    filled = np.array(frames)
    time = np.arange(len(frames))
    for i in np.flatnonzero(gaps.any(0)):
        there = ~gaps[:, i]
        filled[:, i] = np.interp(time, time[there], frames[there, i])
    count = f"{values} missing value{'s are' if values > 1 else ' is'}"
    text = f"{count} interpolated over time, in {lacking} of {len(frames)} frames"
    return filled, [Note("interpolated", text, {"frames": lacking, "values": values})]


def _name(table: Table, column: int) -> str:
    if table.names is None and table.lines is None:
        return f"feature {table.places[column] - 1 if table.places else column} (from 0)"
    return table.called(column)


def _option(table: Table, column: int) -> str:
    place = str(table.places[column] if table.places else column + 1)
    return (table.names[column] if table.names else "") or place


def _place(table: Table, row: int, column: int) -> str:
    """Where a value stands; its line is named by the error."""
    if table.lines is None:
        return f"frame {row}, {_name(table, column)}"
    return f"number {table.places[column]}" if table.names is None else _name(table, column)
