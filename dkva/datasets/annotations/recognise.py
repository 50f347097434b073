"""A label file of any kind, as what it holds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dkva.datasets.annotations.forms import FrameLabels, SegmentList
from dkva.datasets.annotations.kinds import check_kind, decoded
from dkva.datasets.annotations.tables import Table, between_blanks, column_of, table_of
from dkva.datasets.annotations.times import NUMBER, time_of
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading, Note

__all__ = ["read_annotation"]

_NAME_IT = "name the columns in a first line, that of the labels label"
_BARE_RANGE = re.compile(rf"(?P<number>{NUMBER})\s*(?:-|–|—|\.\.|\s)\s*(?:{NUMBER})$")
# A list of starts, or of ends, without the other.
_HALF = (
    re.compile(rf"(?P<number>{NUMBER})\s+\S.*$"),
    re.compile(rf"\S.*?\s(?P<number>{NUMBER})$"),
)
_DECIMAL_AT_END = re.compile(r"\S.*[\s,;]\d*\.\d+$")


def read_annotation(path: Path, reading: LabelReading, video: str = "") -> FrameLabels | SegmentList:
    """What a label file holds.

    Args:
        path: text (also .gz), .eaf, .boris, .vtt, .srt, .npy or .npz, or a document of dkva (.json).
        reading: its `tier` chooses among several, its `fps` between columns in frames and in seconds.
        video: the rows of it that are taken, if the file names videos.

    Raises:
        DataError: a file that cannot be read, or understood in one way alone.
    """
    if path.is_dir():
        raise DataError(path, "is a folder", "give a label file")
    if path.suffix.lower() in (".npy", ".npz"):
        from dkva.datasets.annotations.arrays import array_labels

        return array_labels(path)
    text = decoded(path)
    own = _of_program(path, text, reading, video)
    if own is not None:
        return own
    check_kind(path, text)
    if text.lstrip()[:1] == "<":
        from dkva.datasets.annotations.elan import elan

        return elan(path, text, reading)
    lines = list(map(str.strip, text.rstrip().splitlines()))
    distinct = set(lines)
    if _are_plain(lines, distinct):
        return _labels(path, lines)
    return _table(path, text, lines, reading, video)


def _of_program(path: Path, text: str, reading: LabelReading, video: str) -> FrameLabels | SegmentList | None:
    """Labels of a document of dkva, a project of BORIS or subtitles; None if a file is none of them."""
    if text.lstrip()[:1] == "{":
        import json

        from dkva.datasets.annotations.boris_projects import boris_project, is_project
        from dkva.datasets.annotations.documents import document, is_document

        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if is_document(found):
            return document(path, found, reading, video)
        return boris_project(path, found, reading, video) if is_project(found) else None
    from dkva.datasets.annotations.subtitles import are_subtitles, subtitles

    return subtitles(path, text, reading) if are_subtitles(text) else None


def _are_plain(lines: Sequence[str], distinct: set[str]) -> bool:
    """Whether these are words, one a line: nothing that could separate cells."""
    if any(mark in line for line in distinct for mark in '\t,; "') or any(map(_has_range, distinct)):
        return False
    return not (lines[0].startswith("#") or _BARE_RANGE.match(lines[0]))


def _has_range(line: str) -> bool:
    return re.search(r"\d\s*(-|–|—|\.\.|:)\s*\d.*[:=|]|[:=|].*\d(-|–|—|\.\.|:)\d", line) is not None


def _labels(path: Path, labels: Sequence[str], lines: Sequence[int] | None = None) -> FrameLabels:
    """Labels of a single column, the first of which may be its name."""
    spreadsheet = path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    known = column_of(labels[0]).kind == "label"
    if len(labels) == 1 or labels[0] in labels[1:] or not (spreadsheet or known):
        return FrameLabels(labels, lines)
    return FrameLabels(labels, lines, header=labels[0], named=spreadsheet and known)


def _table(
    path: Path, text: str, lines: Sequence[str], reading: LabelReading, video: str
) -> FrameLabels | SegmentList:
    # Most files are plain: the readers of the others are imported if they are needed.
    from dkva.datasets.annotations.boris import aggregated_events, events
    from dkva.datasets.annotations.frame_tables import named_frames, numbered_frames
    from dkva.datasets.annotations.one_hot import one_hot
    from dkva.datasets.annotations.segment_lists import named_list, plain_list, ranged_list, worded_list

    table = table_of(path, text)
    table = between_blanks(table) or table
    for read in (events, aggregated_events, named_list):
        found = read(path, table, reading, video)
        if found is not None:
            return found
    ranged = ranged_list(path, table)
    if ranged is not None:
        return ranged
    framed = one_hot(path, table) or named_frames(path, table, video=video)
    if framed is not None:
        return framed
    listed = plain_list(path, table, reading) or worded_list(path, lines)
    if listed is not None:
        return listed
    numbered = numbered_frames(path, table)
    if numbered is not None:
        return numbered
    if table.separator is None or table.width == 1:
        return _single(path, table, lines)
    return _of_words(path, table, lines)


def _single(path: Path, table: Table, lines: Sequence[str]) -> FrameLabels:
    """A single column, with a header or without; or lines of a number and a name between blanks."""
    cells = [row.cells[0] for row in table.rows]
    numbers = [row.line for row in table.rows]
    counted = _counted(path, lines)
    if counted is not None:
        return counted
    if all(_DECIMAL_AT_END.match(line) for line in set(lines) if line):
        raise DataError(path, "holds a decimal number after each label", "give labels alone, or a table", 1)
    _refuse_halves(path, cells, numbers[0])
    if numbers[0] == 1 and not any(line[:1] == '"' for line in lines):
        return _labels(path, lines)
    filled = range(numbers[0], len(lines) + 1)
    by_line = dict(zip(numbers, cells, strict=True))
    found = _labels(path, [by_line.get(number, "") for number in filled], filled)
    if numbers[0] == 1:
        return found
    text = (
        "the first line is a comment" if numbers[0] == 2 else f"the first {numbers[0] - 1} lines are comments"
    )
    return replace(found, notes=(Note("labels_read_as", text, {"form": "text", "comments": numbers[0] - 1}),))


def _refuse_halves(path: Path, cells: Sequence[str], line: int) -> None:
    """Refuse lists that lack labels, starts or ends: numbers that grow from line to line, not by one."""
    for pattern in (_BARE_RANGE, *_HALF):
        matches = [pattern.match(cell) for cell in cells]
        times = [time_of(match["number"]) for match in matches if match is not None]
        values = [time.value for time in times if time is not None]
        if len(cells) < 2 or len(values) < len(cells):
            continue
        steps = [after - before for before, after in itertools.pairwise(values)]
        if min(steps) > 0 and max(steps) != 1:
            lacks = "labels" if pattern is _BARE_RANGE else "both a start and an end a line"
            raise DataError(
                path, f"is a list without {lacks}", "give start, end and label of each action", line
            )


def _counted(path: Path, lines: Sequence[str]) -> FrameLabels | None:
    """Lines "0 pour", "1 pour"...: the number of the frame before its label."""
    pairs = [line.split(maxsplit=1) for line in lines]
    if len(pairs) < 2 or not all(len(pair) == 2 and pair[0].isdecimal() for pair in pairs):
        return None
    counts = [int(pair[0]) for pair in pairs]
    if counts[1] != counts[0] + 1:  # numbers that are part of labels, such as "2 cups"
        return None
    from dkva.datasets.annotations.frame_tables import check_counts

    check_counts(path, "1", [pair[0] for pair in pairs], range(1, len(lines) + 1))
    value = {"form": "table", "column": 2, "left_out": []}
    note = Note("labels_read_as", "the labels follow the number of each frame", value)
    return FrameLabels([pair[1] for pair in pairs], None, (note,))


def _of_words(path: Path, table: Table, lines: Sequence[str]) -> FrameLabels:
    """Several cells a row and no header that says which are labels: lines of words may have commas."""
    widths = {len(row.cells) for row in table.rows}
    numbers = [
        i
        for i in range(min(widths))
        if all(time_of(row.cells[i]) is not None for row in table.rows[1:] or table.rows)
    ]
    if len(numbers) == max(widths) > 1:
        problem = f"holds {len(numbers)} numbers a row and no labels: are these features?"
        raise DataError(
            path, problem, "give one label a frame, or starts, ends and labels", table.rows[0].line
        )
    spreadsheet = path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    if len(widths) == 1 and (spreadsheet or numbers or table.separator == "\t"):
        names = ", ".join(cell[:20] for cell in table.rows[0].cells[:6])
        problem = f"has {table.width} columns ({names}): which holds the labels?"
        raise DataError(path, problem, _NAME_IT, table.rows[0].line)
    if spreadsheet or table.separator == "\t":
        row = next(row for row in table.rows if len(row.cells) != len(table.rows[0].cells))
        problem = f"has {len(row.cells)} cells, line {table.rows[0].line} has {len(table.rows[0].cells)}"
        raise DataError(path, problem, "put labels with commas in quotes", row.line)
    return FrameLabels(lines)
