"""Tables of events: BORIS and its kind, a row at the start of each state and one at its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dkva.datasets.annotations.forms import SegmentList, plural
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.tables import Column, Row, Table, column_of
from dkva.datasets.annotations.times import Time, time_of
from dkva.datasets.annotations.units import as_list
from dkva.datasets.annotations.videos import rows_of_video
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading, Note

__all__ = ["aggregated_events", "events", "left_out"]

_KINDS = {
    **dict.fromkeys(("start", "state start", "begin", "on", "onset"), "start"),
    **dict.fromkeys(("stop", "state stop", "end", "off", "offset"), "stop"),
    **dict.fromkeys(("point", "state point", "point event"), "point"),
}
_BEHAVIOUR = ("behavior", "behaviour")


def events(path: Path, table: Table, reading: LabelReading, video: str) -> SegmentList | None:
    """Segments between the rows of START and STOP; None if this is no table of events.

    Raises:
        DataError: a start without a stop, a stop without a start, or no choice between videos.
    """
    for place, row in enumerate(table.rows[:60]):
        columns = [column_of(cell) for cell in row.cells]
        kinds = [column.kind for column in columns]
        if "label" in kinds and ("time" in kinds or "frame" in kinds) and "start" not in kinds:
            rows = table.rows[place + 1 :]
            types = [i for i in range(len(columns)) if _are_types(rows, i)]
            if types:
                return _paired(path, row, columns, rows, types[0], reading, video)
    return None


def _are_types(rows: Sequence[Row], i: int) -> bool:
    cells = [row.cells[i].lower() if i < len(row.cells) else "" for row in rows]
    return any(_KINDS.get(cell) in ("start", "stop") for cell in cells) and all(
        cell in _KINDS for cell in cells if cell
    )


def _paired(
    path: Path,
    header: Row,
    columns: Sequence[Column],
    rows: Sequence[Row],
    types: int,
    reading: LabelReading,
    video: str,
) -> SegmentList:
    full = [Row(row.line, row.cells + [""] * (len(columns) - len(row.cells))) for row in rows]
    full, other = rows_of_video(path, columns, full, video)
    named = [i for i, column in enumerate(columns) if column.kind == "label" and i != types]
    if not named:
        raise DataError(path, "has no column of behaviours", "name it Behavior", header.line)
    label = min(named, key=lambda i: columns[i].rank)
    clock = next((i for i, column in enumerate(columns) if column.kind == "time"), None)
    frames = next((i for i, column in enumerate(columns) if column.kind == "frame" and header.cells[i]), None)
    at = clock if clock is not None else frames
    lanes = [i for i, column in enumerate(columns) if column.kind == "lane"]
    started: dict[tuple[str, str], tuple[Time, int]] = {}
    found: list[Laned] = []
    points: list[str] = []
    for line, cells in full:
        kind = _KINDS.get(cells[types].lower())
        lane = next((cells[i] for i in lanes if cells[i]), "")
        if kind == "point":
            points.append(cells[label])
            continue
        time = time_of(cells[at], comma=True) if at is not None else None
        if kind is None or time is None or not cells[label]:
            problem = f"is no event: {' '.join(filter(None, cells))[:40]!r}"
            raise DataError(path, problem, "give a behaviour, START, STOP or POINT, and a time", line)
        key = (lane, cells[label])
        if kind == "start":
            if key in started:
                raise _unpaired(path, cells[label], "START", started[key][1])
            started[key] = (time, line)
        elif key not in started:
            raise _unpaired(path, cells[label], "STOP", line)
        else:
            beginning, begun = started.pop(key)
            found.append(Laned(beginning, time, cells[label], begun, lane))
    for (_, name), (_, line) in started.items():
        raise _unpaired(path, name, "START", line)
    if _points_alone(found, points):
        raise DataError(path, "holds point events alone", "code the actions as states, from START to STOP")
    found.sort(key=lambda each: each.line or 0)
    return as_list(
        path,
        found,
        form="a table of events",
        unit="frames" if clock is None else columns[at].unit or "seconds" if at is not None else None,
        ends="exclusive",
        tier=reading.tier,
        fps=_fps(columns, full),
        said={} if other is None else {"video": other},
        notes=left_out(points) + _modifiers(header, full),
    )


def _points_alone(found: Sequence[Laned], points: Sequence[str]) -> bool:
    """Whether there are events, and none of them lasts."""
    return bool(points) and not found


def _unpaired(path: Path, name: str, kind: str, line: int) -> DataError:
    other = "STOP" if kind == "START" else "START"
    return DataError(
        path, f"{kind} of {name[:40]!r} has no {other}", "complete the event in BORIS, and export again", line
    )


def aggregated_events(path: Path, table: Table, reading: LabelReading, video: str) -> SegmentList | None:
    """Segments of BORIS' aggregated events, a row a state; None if this is no such table.

    Raises:
        DataError: times that are none, or no choice between videos.
    """
    for place, header in enumerate(table.rows[:60]):
        names = [cell.lower() for cell in header.cells]
        if not any(name in names for name in _BEHAVIOUR):
            continue
        start, stop = (
            next((i for i, name in enumerate(names) if name in (word, f"{word} (s)")), None)
            for word in ("start", "stop")
        )
        if start is None or stop is None:
            continue
        columns = [column_of(cell) for cell in header.cells]
        rows = [
            Row(row.line, row.cells + [""] * (len(names) - len(row.cells))) for row in table.rows[place + 1 :]
        ]
        rows, other = rows_of_video(path, columns, rows, video)
        label = next(i for i, name in enumerate(names) if name in _BEHAVIOUR)
        types = next((i for i, name in enumerate(names) if name in ("behavior type", "behaviour type")), None)
        lanes = [i for i, column in enumerate(columns) if column.kind == "lane"]
        found, points = [], []
        for line, cells in rows:
            times = time_of(cells[start], comma=True), time_of(cells[stop], comma=True)
            point = types is not None and cells[types].lower() == "point"
            if point or (times[0] is not None and cells[stop].upper() in ("", "NA")):
                points.append(cells[label])
                continue
            if times[0] is None or times[1] is None:
                problem = f"{cells[start][:20]!r} to {cells[stop][:20]!r} are no times"
                raise DataError(path, problem, "give start and stop in seconds", line)
            lane = next((cells[i] for i in lanes if cells[i]), "")
            found.append(Laned(times[0], times[1], cells[label], line, lane))
        if _points_alone(found, points):
            raise DataError(
                path, "holds point events alone", "code the actions as states, from START to STOP"
            )
        seconds = "(s)" in names[start] or any(name.startswith("observation id") for name in names)
        return as_list(
            path,
            found,
            form="a table of events",
            unit="seconds" if seconds else None,
            ends="exclusive" if seconds else None,
            tier=reading.tier,
            fps=_fps(columns, rows),
            said={} if other is None else {"video": other},
            notes=left_out(points) + _modifiers(header, rows),
        )
    return None


def _fps(columns: Sequence[Column], rows: Sequence[Row]) -> float | None:
    """Frames a second as a column says, if all rows agree."""
    for i, column in enumerate(columns):
        if column.kind == "fps":
            times = {time_of(row.cells[i], comma=True) for row in rows if row.cells[i]}
            if len(times) == 1 and (time := times.pop()) is not None and time.value > 0:
                return time.value
    return None


def left_out(points: Sequence[str]) -> tuple[Note, ...]:
    """The note that point events, by the names of their behaviours, are no labels; none without any."""
    if not points:
        return ()
    names = sorted(set(points))
    were = "was" if len(points) == 1 else "were"
    text = f"{plural(len(points), 'point event')} {were} left out ({', '.join(names[:6])})"
    return (Note("labels_left_out", text, {"point_events": len(points), "behaviors": names}),)


def _modifiers(header: Row, rows: Sequence[Row]) -> tuple[Note, ...]:
    places = [i for i, cell in enumerate(header.cells) if cell.lower().startswith("modifier")]
    if not any(row.cells[i] and row.cells[i].lower() != "none" for row in rows for i in places):
        return ()
    names = [header.cells[i] for i in places]
    return (Note("modifiers_left_out", "modifiers of behaviours were left out", {"columns": names}),)
