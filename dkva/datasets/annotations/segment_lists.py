"""Lists of start, end and label: tables with or without a header, and lines such as "1-75 pour"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dkva.datasets.annotations.forms import SegmentList, listed
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.tables import Column, Row, Table, column_of
from dkva.datasets.annotations.times import NUMBER, Time, time_of
from dkva.datasets.annotations.units import FORM, as_list
from dkva.datasets.annotations.videos import rows_of_video
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading

__all__ = ["named_list", "plain_list", "ranged_list", "worded_list"]

_NAME_THEM = "name the columns in a first line: start, end, label"

_START, _END = (rf"(?P<{name}>{NUMBER})" for name in ("start", "end"))
_RANGE = rf"{_START}\s*(?P<dash>-|–|—|\.\.|\bto\b)\s*{_END}"
_BRACKETS = rf"[\[(]\s*{_START}\s*[,;]\s*{_END}\s*(?P<close>[\])])"
# Lines of text, a segment each; labels may hold blanks.
_LINES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_RANGE}\s*(?:[\s:=,;|]|->)\s*(?P<label>\S.*)$",
        rf"(?P<label>\S.*?)\s*[\s:=,;|]\s*{_RANGE}$",
        rf"{_BRACKETS}\s*[\s:=,;|]\s*(?P<label>\S.*)$",
        rf"{_START}\s+{_END}\s+(?P<label>\S.*)$",
        rf"(?P<label>\S.*?)\s+{_START}\s+{_END}$",
    )
)


def named_list(path: Path, table: Table, reading: LabelReading, video: str) -> SegmentList | None:
    """Segments of a table whose first rows name columns of starts, and of ends or durations; None if none do.

    Raises:
        DataError: cells that are no times, rows without a label, several tiers.
    """
    for place, row in enumerate(table.rows[:40]):
        columns = [column_of(cell) if cell else Column("frame") for cell in row.cells]
        kinds = {column.kind for column in columns}
        if "start" in kinds and kinds & {"end", "duration"} and len(columns) > 2:
            return _of_columns(path, row, columns, table.rows[place + 1 :], reading, video)
    return None


def _of_columns(
    path: Path, header: Row, columns: Sequence[Column], rows: Sequence[Row], reading: LabelReading, video: str
) -> SegmentList:
    if not {"label", "other"} & {column.kind for column in columns}:  # "Clip" may be what an action is called
        columns = [Column("label") if column.kind == "video" else column for column in columns]
    for row in rows:
        if len(row.cells) > len(columns) and any(row.cells[len(columns) :]):
            problem = f"has {len(row.cells)} cells, line {header.line} has {len(columns)}"
            raise DataError(path, problem, "put labels with commas in quotes", row.line)
    full = [Row(row.line, row.cells + [""] * (len(columns) - len(row.cells))) for row in rows]
    full, other = rows_of_video(path, columns, full, video)
    start, end, lasts = _chosen(path, header, columns, full, reading)
    labels = _label_columns(path, header, columns, full, reading)
    lanes = [i for i, column in enumerate(columns) if column.kind == "lane"]
    found = []
    for line, cells in full:
        beginning = _time(path, cells[start], line)
        label = next((cells[i] for i in labels if cells[i]), "")
        if not label and len(labels) < sum(column.kind == "other" for column in columns):
            continue  # a segment of another tier
        ending = _time(path, cells[end], line)
        length = None if lasts is None else time_of(cells[lasts])
        lane = next((cells[i] for i in lanes if cells[i]), "")
        found.append(Laned(beginning, ending, label, line, lane, length))
    unit = columns[start].unit
    said: dict[str, object] = {} if other is None else {"video": other}
    return as_list(
        path,
        found,
        unit=unit,
        ends="exclusive" if columns[end].kind == "duration" else columns[end].ends,
        lasts=columns[end].kind == "duration",
        tier=None if len(labels) == 1 and header.cells[labels[0]] == reading.tier else reading.tier,
        said=said,
    )


def _chosen(
    path: Path, header: Row, columns: Sequence[Column], rows: Sequence[Row], reading: LabelReading
) -> tuple[int, int, int | None]:
    """Columns of starts, of ends or durations, and of durations beside ends, all of one unit."""
    order = (None, "frames", "seconds", "ms") if reading.fps is None else ("seconds", "ms", None, "frames")

    def full(kind: str, unit: str | None) -> list[int]:
        return [
            i
            for i, column in enumerate(columns)
            if column.kind == kind and column.unit == unit and all(row.cells[i] for row in rows)
        ]

    for unit in order:
        starts, ends, lasts = (full(kind, unit) for kind in ("start", "end", "duration"))
        if starts and ends:
            return starts[0], ends[0], lasts[0] if lasts else None
        if starts and lasts:
            return starts[0], lasts[0], None
    # Units that differ, or cells that are empty: the first of each kind, so that the cell is named.
    first = {
        kind: next((i for i, c in enumerate(columns) if c.kind == kind), None)
        for kind in ("start", "end", "duration")
    }
    start, end = first["start"], first["end"] if first["end"] is not None else first["duration"]
    units = {columns[i].unit for i in (start, end) if i is not None} - {None}
    if start is None or end is None or len(units) > 1:
        raise DataError(path, "has starts and ends in different units", "give both in one", header.line)
    return start, end, None


def _label_columns(
    path: Path, header: Row, columns: Sequence[Column], rows: Sequence[Row], reading: LabelReading
) -> list[int]:
    """Columns that hold labels: one, or those of tiers."""
    named = [i for i, column in enumerate(columns) if column.kind == "label"]
    if named:
        return [min(named, key=lambda i: columns[i].rank)]
    other = [
        i for i, column in enumerate(columns) if column.kind == "other" and any(row.cells[i] for row in rows)
    ]
    names = [header.cells[i] for i in other]
    if reading.tier in names:
        return [other[names.index(reading.tier)]]
    if len(other) > 1:
        remedy = f"name that of the labels label, or choose one: --tier {names[0]!r}"
        raise DataError(path, f"has columns {listed(names)}: which holds the labels?", remedy, header.line)
    if not other:
        raise DataError(path, "has no column of labels", "name it label", header.line)
    return other


def _time(path: Path, cell: str, line: int) -> Time:
    time = time_of(cell, comma=True)
    if time is None:
        shown = f"{cell[:40]!r} is no time or frame" if cell else "has no start or no end"
        raise DataError(path, shown, "give numbers, or times such as 0:01:02.5", line)
    if time.value < 0:
        raise DataError(path, f"{cell[:40]} lies before the video", "count from its first frame", line)
    return time


def plain_list(path: Path, table: Table, reading: LabelReading) -> SegmentList | None:
    """Segments of a table without names of columns, Audacity's and ELAN's among them; None if this is none.

    Raises:
        DataError: rows that can be understood in two ways, or a row unlike the others.
    """
    if table.separator is None:
        return None
    sample = [
        row
        for row in table.rows
        if sum(time_of(c, comma=table.separator != ",") is not None for c in row.cells) > 1
    ]
    if 2 * len(sample) < len(table.rows) or max(len(row.cells) for row in sample) < 3:
        return None
    width = max(len(row.cells) for row in sample)
    usual = {row.line for row in sample}
    for row in table.rows:
        if row.line not in usual or len(row.cells) != width:
            raise _unlike(path, row, sample[0] if row is not sample[0] else sample[-1])
    comma = table.separator != ","
    cells = [[row.cells[i] for row in table.rows] for i in range(width)]
    timed = {
        i: [time for cell in column if (time := time_of(cell, comma=comma))] for i, column in enumerate(cells)
    }
    columns = {i: column for i, column in timed.items() if len(column) == len(table.rows)}
    numeric = list(columns)
    texts = [i for i in range(width) if i not in columns and any(cells[i])]
    if not texts:
        return _numbers_alone(path, table.rows, list(columns.values()), reading)
    if len(numeric) < 2:
        return None
    elan = texts[0] < numeric[0] and texts[-1] > numeric[-1]
    start, end, last = _pair(path, columns, table.rows[0].line)
    label = texts[-1] if texts[-1] > numeric[-1] else texts[0]
    between = [i for i in texts if i not in (label, texts[0] if elan else label)]
    if any(i > numeric[0] for i in between):
        problem = "has text in several columns: which holds the labels?"
        raise DataError(path, problem, _NAME_THEM, table.rows[0].line)
    lengths = [None] * len(table.rows) if last is None else columns[last]
    found = [
        Laned(beginning, ending, row.cells[label], row.line, row.cells[texts[0]] if elan else "", length)
        for row, beginning, ending, length in zip(
            table.rows, columns[start], columns[end], lengths, strict=True
        )
    ]
    form = "an ELAN export" if elan else FORM
    return as_list(path, found, form=form, tier=reading.tier, whole="whole" if elan else "frames", one=elan)


def _pair(path: Path, columns: Mapping[int, Sequence[Time]], line: int) -> tuple[int, int, int | None]:
    """Columns of starts, ends and durations among those of numbers: ELAN gives each in up to three forms."""
    numeric = list(columns)

    def column(i: int) -> list[float]:
        return [time.value for time in columns[i]]

    def are_spans(a: int, b: int) -> bool:
        return all(x <= y for x, y in zip(column(a), column(b), strict=True))

    def are_lengths(a: int, b: int, c: int) -> bool:
        values = zip(column(a), column(b), column(c), strict=True)
        return all(min(abs(y - x - z), abs(y - x + 1 - z)) <= 0.0015 for x, y, z in values)

    if len(numeric) == 2:
        return numeric[0], numeric[1], None
    if len(numeric) == 3:
        a, b, c = numeric
        if are_lengths(a, b, c):
            return a, b, c
        counts = [y - x for x, y in zip(column(a), column(a)[1:], strict=False)]
        if len(counts) and set(counts) == {1.0} and column(a)[0] in (0, 1) and are_spans(b, c):
            return b, c, None
    for forms in (2, 3):
        if len(numeric) in (2 * forms, 3 * forms):
            kinds = [{time.kind for time in columns[i]} for i in numeric]
            best = next((k for k in range(forms) if kinds[k] == {"decimal"}), None)
            best = next((k for k in range(forms) if kinds[k] == {"seconds"}), best) if best is None else best
            if best is not None and are_spans(numeric[best], numeric[forms + best]):
                return numeric[best], numeric[forms + best], None
    problem = f"has {len(numeric)} columns of numbers: which are starts and ends?"
    raise DataError(path, problem, _NAME_THEM, line)


def _numbers_alone(
    path: Path, rows: Sequence[Row], columns: Sequence[Sequence[Time]], reading: LabelReading
) -> SegmentList | None:
    """Three numbers a row: start, end and the class's number, or the number first."""
    if len(columns) != 3:
        return None
    orders = ((0, 1, 2), (1, 2, 0))
    fits = [places for places in orders if _follow(*(columns[place] for place in places))]
    if len(fits) != 1:
        problem = "holds three numbers a row: which are start and end, which is the label?"
        raise DataError(path, problem, _NAME_THEM, rows[0].line)
    start, end, label = fits[0]
    found = [
        Laned(beginning, ending, row.cells[label], row.line)
        for row, beginning, ending in zip(rows, columns[start], columns[end], strict=True)
    ]
    return as_list(path, found, tier=reading.tier)


def _follow(starts: Sequence[Time], ends: Sequence[Time], labels: Sequence[Time]) -> bool:
    """Whether these are segments one after the other, with whole numbers as labels."""
    spans = sorted((start.value, end.value) for start, end in zip(starts, ends, strict=True))
    ordered = all(a <= b for a, b in spans) and all(x[1] <= y[0] for x, y in itertools.pairwise(spans))
    return ordered and all(label.kind == "whole" for label in labels)


def ranged_list(path: Path, table: Table) -> SegmentList | None:
    """Segments of a table with a column of labels and one of ranges such as "1-75"; None if this is none."""
    header, *rows = table.rows
    columns = [column_of(name) for name in header.cells]
    labels = [i for i, column in enumerate(columns) if column.kind == "label"]
    if table.separator is None or not labels or not rows:
        return None
    label = min(labels, key=lambda i: columns[i].rank)
    for i in range(len(columns)):
        matches = [re.fullmatch(_RANGE, row.cells[i]) if i < len(row.cells) else None for row in rows]
        if i != label and all(matches) and all(label < len(row.cells) for row in rows):
            found = [
                Laned(_time(path, match["start"], line), _time(path, match["end"], line), cells[label], line)
                for (line, cells), match in zip(rows, matches, strict=True)
                if match is not None
            ]
            return as_list(path, found, unit=columns[i].unit, ends="usually inclusive")
    return None


def worded_list(path: Path, lines: Sequence[str]) -> SegmentList | None:
    """Segments of lines of text, such as "1-75 pour", "0 75 pour milk" or "pour milk: 0:01-0:05".

    Args:
        path: the file, for errors.
        lines: its lines, without blanks around them.

    Raises:
        DataError: a line unlike the others, or numbers that can be understood in two ways.
    """
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not numbered or not any(character.isdigit() for character in numbered[-1][1]):
        return None
    rows = [Row(number, line.split()) for number, line in numbered]
    if all(len(row.cells) == 3 for row in rows):
        columns = [[time for row in rows if (time := time_of(row.cells[i]))] for i in range(3)]
        if all(len(column) == len(rows) for column in columns):
            return _numbers_alone(path, rows, columns, LabelReading())
    best: list[tuple[int, re.Match[str] | None]] = []
    count = 0
    for pattern in _LINES:
        made = [(number, pattern.match(line)) for number, line in numbered]
        matched = sum(match is not None for _, match in made)
        if matched > count:
            best, count = made, matched
    if count * 2 < len(numbered) or not count:
        return None
    if count < len(numbered):
        example = next(number for number, match in best if match)
        number, line = next((n, line) for (n, line), (_, m) in zip(numbered, best, strict=True) if m is None)
        raise _unlike(path, Row(number, [line]), Row(example, []))
    found = [
        Laned(
            _time(path, match["start"], number),
            _time(path, match["end"], number),
            match["label"].strip(" \"'"),
            number,
        )
        for number, match in best
        if match is not None
    ]
    marks = {match.groupdict().get("dash") or match.groupdict().get("close") for _, match in best if match}
    ends = {")": "exclusive", "]": "inclusive", None: None}.get(marks.pop(), "usually inclusive")
    return as_list(path, found, ends=ends if not marks else None)


def _unlike(path: Path, row: Row, other: Row) -> DataError:
    shown = " ".join(row.cells)[:40]
    problem = f"{shown!r} is no start, end and label, as line {other.line} is"
    if row.line < other.line:
        return DataError(
            path, problem, "name the columns start, end and label there, or remove the line", row.line
        )
    return DataError(path, problem, "give every line a start, an end and a label", row.line)
