"""How a text table is laid out: its separator, the lines before its numbers, and the names of its columns."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int

from dkva.datasets.reading import Note

__all__ = ["MISSING_MARKS", "Layout", "Table", "is_missing", "is_number", "lay_out", "split"]

_BOM = b"\xef\xbb\xbf"
_MARKS = (";", "\t", ",", "|")
_FIELD = re.compile(r'"[^"]*"|\S+')
_COMMA_NUMBER = re.compile(r"[-+]?\d+(,\d+)?([eE][-+]?\d+)?")
_COMMENT = ("#", "%")

#: Cells that stand for a missing value, in lower case.
MISSING_MARKS = frozenset(
    (
        *("", "nan", "-nan", "+nan", "na", "n/a", "#n/a", "#na", "<na>", "null", "none", "missing"),
        *("-", "--", "?", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#ind", "#div/0!", "#value!"),
    )
)

# Lines looked at before the numbers must have begun.
_HEAD = 100


class Table(NamedTuple):
    """A table of numbers, a row a line, before it is known which columns are features.

    Attributes:
        values: columns of numbers [n, d] as float32, NaN if a value is missing.
        names: their names [d]; None if the table has none.
        places: their places in the file [d], from 1.
        exact: columns that may count, by index in `values`, as float64 [n].
        text: place, name and some of the different cells of each column of text.
        lines: the line of each row [n], or of the first if the others follow it; None without lines.
        notes: what was met so far.
    """

    values: Float32[np.ndarray, "n d"]
    names: tuple[str, ...] | None = None
    places: tuple[int, ...] = ()
    exact: dict[int, Float[np.ndarray, " n"]] = {}  # noqa: RUF012 (never written)
    text: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    lines: Int[np.ndarray, " n"] | int | None = None
    notes: tuple[Note, ...] = ()

    def line(self, row: int) -> int | None:
        """Number of a row's line, from 1."""
        return (
            self.lines
            if self.lines is None
            else int(self.lines + row if isinstance(self.lines, int) else self.lines[row])
        )

    def place(self, column: int) -> int:
        """A column's place in the file, from 1."""
        return self.places[column] if self.places else column + 1

    def called(self, column: int) -> str:
        """A column as messages name it."""
        return (
            f"column {self.names[column]!r}"
            if self.names and self.names[column]
            else f"column {self.place(column)}"
        )


class Layout(NamedTuple):
    """What the first lines of a text table show.

    Attributes:
        separator: of the cells; None for any run of blanks.
        cells: of the first line of numbers.
        second: first cell of the next line, if there is one.
        start: where that line starts, in bytes.
        skipped: lines before it.
        titles: the lines of names among them, as cells.
        comments: cells of the last line of comment before it, and how many such lines there are.
        trailing: whether the line ends in a separator.
        quoted: whether it has quotes.
        decimal_comma: whether its numbers have decimal commas.
        plain: whether it is the first line, and of numbers alone.
    """

    separator: str | None
    cells: tuple[str, ...]
    second: str | None
    start: int
    skipped: int
    titles: tuple[tuple[str, ...], ...]
    comments: tuple[tuple[str, ...], int]
    trailing: bool
    quoted: bool
    decimal_comma: bool
    plain: bool


class _Row(NamedTuple):
    """A line of the head: its text, its start in bytes, the lines before it, and its cells."""

    text: str
    start: int
    before: int
    separator: str | None
    cells: list[str]


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a missing value."""
    return cell.lower() in MISSING_MARKS


def is_number(cell: str) -> bool:
    """Whether a cell is a number, finite or infinite, and not a missing value."""
    try:
        value = float(cell)
        return value == value and "_" not in cell  # 1_000 is one to Python alone
    except ValueError:
        return False


def decode(line: bytes) -> str:
    """A line's text, in UTF-8 or else Latin-1."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def split(line: str, separator: str | None) -> list[str]:
    """Cells of a line, without quotes and the blanks around them, with decimal points for decimal commas."""
    line = line.rstrip("\r\n")
    quoted = '"' in line
    if separator is None:
        cells = _FIELD.findall(line) if quoted else line.split()
    elif quoted:
        cells = next(csv.reader([line.strip(" ")], delimiter=separator, skipinitialspace=True), [])
    else:
        cells = line.split(separator)
    if quoted or separator is not None:
        cells = [cell.strip(' "\t') for cell in cells]
    if separator != "," and "," in line:
        cells = [cell.replace(",", ".") if _COMMA_NUMBER.fullmatch(cell) else cell for cell in cells]
    return cells


def separator_of(line: str) -> str | None:
    """A line's separator; None stands for any run of blanks."""
    bare = (re.sub(r'"[^"]*"', "", line) if '"' in line else line).strip(" \r\n")
    found = next((mark for mark in _MARKS if mark in bare), None)
    if found == "\t" and bare.count("\t") == len(bare) - len(bare.lstrip("\t")):
        return None  # an indented line
    if found == ",":
        words = bare.split()
        if len(words) > 1 and all(map(_COMMA_NUMBER.fullmatch, words)):
            return None  # decimal commas between blanks
    return found


def lay_out(lines: Iterable[bytes]) -> Layout | None:
    """Layout of a table, by its first lines; None if there is nothing but blank lines and comments."""
    forced: str | None = None
    rows: list[_Row] = []
    comments: list[str] = []
    start = before = run = 0
    plain = False
    for raw in lines:
        text = decode(raw.removeprefix(_BOM) if start == 0 else raw)
        bare = text.strip()
        if not rows and bare.lower().startswith("sep=") and len(bare) <= 5:
            forced = bare[4:] or "\t"
        elif not rows and bare.startswith(_COMMENT):
            comments.append(bare.lstrip("#% \t"))
        elif bare or rows or "\t" in text:
            separator = forced or separator_of(text)
            plain = len(rows) == 1 and _plain(rows[0].cells)
            cells = (
                split("".join(text.split(separator, 1)[:1]), separator) if plain else split(text, separator)
            )
            rows.append(_Row(text, start, before, separator, cells))
            run = run + 1 if any(map(is_number, cells)) else 0
            if plain or run == 4 or len(rows) == _HEAD:
                break
        start, before = start + len(raw), before + 1
    if not rows:
        return None
    header, data = (0, 0) if plain else _header([row.cells for row in rows])
    separator = rows[data].separator  # a line without numbers may be one of blanks
    while header < data and split(rows[header].text, separator) in ([], [""]):
        header += 1
    first, *after = rows[header:]
    cells = first.cells if plain else split(first.text, separator)
    if not cells:
        return None
    *before_last, last = first.text.rstrip("\r\n").rsplit(separator or " ", 1)
    return Layout(
        separator=separator,
        cells=tuple(cells),
        second=after[0].cells[0] if after and after[0].cells else None,
        start=first.start,
        skipped=first.before,
        titles=tuple(tuple(split(row.text, separator)) for row in rows[:header]),
        comments=(tuple(split(comments[-1], separator)) if comments else (), len(comments)),
        trailing=bool(before_last) and not last.strip(),
        quoted='"' in first.text,
        decimal_comma=separator != "," and "," in first.text,
        plain=plain,
    )


def _plain(cells: Sequence[str]) -> bool:
    """Whether a first line is numbers alone, and no numbers of columns."""
    try:
        values = list(map(float, cells))  # faster than `is_number`
    except ValueError:
        return False
    return not _counted(cells) and not any(map(math.isnan, values)) and "_" not in "".join(cells)


def _counted(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, ... or 1, 2, 3, ... as programs name columns without names."""
    start = {"0": 0, "1": 1}.get(cells[0] if cells else "")
    return start is not None and all(cell == str(i) for i, cell in enumerate(cells, start))


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many lines are names or titles, and the first line that surely is none."""
    kinds = [[_kind(cell) for cell in row] for row in rows]
    # The first line that surely is data: it has numbers, and is no line of names that are numbers.
    for i, kind in enumerate(kinds):
        if "number" in kind and not _numbered_names(i, rows, kinds):
            data = i
            break
    else:
        return 0, 0
    count = 0
    for i in range(data):
        if "number" in kinds[i] or _names(kinds[i], kinds[data]):
            count = i + 1
    return count, data


def _kind(cell: str) -> str:
    return "missing" if is_missing(cell) else "number" if is_number(cell) else "text"


def _names(kind: Sequence[str], data: Sequence[str]) -> bool:
    """Whether a line without numbers names the columns: some text stands over what is no text."""
    if "text" not in kind:
        return False
    if len(kind) not in (len(data), len(data) - 1):
        return True  # a title, or too few names, which is reported
    shift = len(data) - len(kind)
    return any(a == "text" != b for a, b in zip(kind, data[shift:], strict=False))


def _numbered_names(i: int, rows: Sequence[Sequence[str]], kinds: Sequence[Sequence[str]]) -> bool:
    """Whether a line with numbers names the columns, as pandas does for arrays and levels of numbers."""
    if i + 1 == len(rows) or len(rows[i + 1]) not in (len(rows[i]), len(rows[i]) + 1):
        return False
    row, kind, below = rows[i], kinds[i], kinds[i + 1]
    if not all(cell.isdecimal() for cell, what in zip(row, kind, strict=True) if what == "number"):
        return False
    if kind[0] == "number" and 2 * kind.count("text") > len(kind) and kind.count("number") == 1:
        # Lines of names that were read as rows, and written with the numbers of rows.
        return any("number" in later[1:] for later in kinds[i + 1 : i + 4] if later.count("number") > 1)
    if "number" not in below:  # a level above names
        return "text" in kind and "text" in below
    lead = kind.index("number")
    if not _counted(row[lead:]):
        return False
    real = any(is_number(cell) and not cell.lstrip("-").isdecimal() for cell in rows[i + 1][lead:])
    many = len(row) - lead >= (3 if row[lead] == "0" else _MANY)
    if lead == 0 or "text" in below[:lead]:
        return real and many
    return below[0] != "missing"


# Columns numbered from 1 that are no chance.
_MANY = 8
