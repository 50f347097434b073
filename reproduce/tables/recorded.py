"""What scores lose if frames come from a recording: rows in, paired changes and cells out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reproduce.base.effects import effect, paired
from reproduce.base.labels import RAW_FRAMES
from reproduce.base.show import LABELS, percent

__all__ = ["recorded_cells", "recorded_changes"]

_MEASURES = ("mof", "iou", "f1")


def recorded_changes(rows: Sequence[Mapping]) -> list[dict]:
    """A record a method, kind of recording and measure: the change from the raw frames, paired by video.

    Records have the columns `method`, `value`, `measure`, `change`, `low` and `high`, as shares; `low` and
    `high` are None with fewer than two videos.
    """
    found = []
    for name in dict.fromkeys(str(row["method"]) for row in rows):
        mine = [row for row in rows if row["method"] == name]
        for value in dict.fromkeys(str(row["value"]) for row in mine if row["value"] != RAW_FRAMES):
            for measure in _MEASURES:
                numbers = effect(paired(mine, {"value": value}, {"value": RAW_FRAMES}, measure))[:3]
                change, low, high = (None if x != x else round(x, 6) for x in numbers)
                record = {"method": name, "value": value, "measure": measure}
                found.append(record | {"change": change, "low": low, "high": high})
    return found


def recorded_cells(records: Sequence[Mapping]) -> tuple[list[str], list[list[str]]]:
    """Columns and lines, in percentage points."""
    lines: dict[tuple[str, str], list[str]] = {}
    for record in records:
        cell = percent(record["change"], sign=True)
        if record["low"] is not None:
            cell += f" [{percent(record['low'], sign=True)}, {percent(record['high'], sign=True)}]"
        lines.setdefault((record["method"], record["value"]), []).append(cell)
    columns = ["method", "read from", *(LABELS[measure] for measure in _MEASURES)]
    return columns, [[*names, *cells] for names, cells in lines.items()]
