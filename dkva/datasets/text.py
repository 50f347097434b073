"""Text in, table of numbers out: a frame a line, numbers between blanks, tabs, commas or semicolons."""

from __future__ import annotations

import functools
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dkva.datasets.clocks import may_be_epoch
from dkva.datasets.columns import may_count
from dkva.datasets.errors import DataError
from dkva.datasets.kinds import check_content
from dkva.datasets.reading import Note
from dkva.datasets.tables import MISSING_MARKS, Layout, Table, decode, is_missing, is_number, lay_out, split

__all__ = ["parse_text", "read_bytes", "unreadable"]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1 << 16
_HELD = 1 << 26
_AGAIN = "download or export the file again"
_LABELS = "give it as labels if it is a label file (--labels), and features beside it"

# Numbers that a spreadsheet quotes for their commas, and those with points.
_QUOTED = re.compile(rb'"([-+]?\d+),(\d+(?:[eE][-+]?\d+)?)"')
_THOUSANDS = re.compile(rb'"[-+]?[1-9]\d{0,2},\d{3}"')
_POINTED = re.compile(rb'(?m)(?:^|[,"])[ \t]*[-+]?\d*\.\d+(?:[eE][-+]?\d+)?[ \t]*(?=[,"\r\n]|\Z)')


def read_bytes(path: Path) -> bytes:
    """Content of a file, unpacked where its name ends in .gz.

    Raises:
        DataError: a file that cannot be read or unpacked.
    """
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix.lower() == ".gz" else data
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(path, f"is no complete gzip file ({error})", _AGAIN) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataError:
    """The error for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return DataError(path, "not found", "check the path")
    return DataError(
        path, f"cannot be read ({error.strerror or error})", "check the path and its permissions"
    )


def parse_text(path: Path) -> Table:
    """Table of a text file, one frame a line; unpacked first if the name ends in .gz.

    Lines before the numbers are left out, and name the columns if they are names: one line as spreadsheets
    write, several as DeepLabCut does, a comment (#, %) as numpy does. Commas between other separators are
    decimal commas, and so are those of quoted numbers between commas. Columns of text stand apart, values
    that are missing are NaN.

    Polars reads the numbers: of the libraries measured (`benchmarks/text_reading.py`) the fastest. It takes
    files with one separator; what it turns down is read again line by line, which is slow, allows runs of
    blanks and comments between the lines, and finds the line to blame.

    Raises:
        DataError: an unreadable or empty file, an HTML page, a pointer of Git LFS, lines of unequal length,
            text among numbers, quoted commas of decimals or of thousands, an infinite number, no rows, no
            numbers, or a single column.
    """
    layout, data = _look(path)
    notes: tuple[Note, ...] = ()
    if layout is not None and layout.separator == "," and data is not None:
        data, notes = _pointed(path, data)
        layout = lay_out(_lines(path, io.BytesIO(data))) if notes else layout
    if layout is None:
        raise DataError(path, "is empty", _AGAIN)
    _refuse_own(path, layout)
    if len(layout.cells) == 1:
        raise _single(path, layout.cells[0])
    table = _by_polars(path, data, layout) or _by_line(
        path, read_bytes(path) if data is None else data, layout
    )
    if len(table.values) == 1 and not any(map(is_number, layout.cells)):
        raise DataError(path, "has no rows, only a line of names", "export it again with its rows")
    if not table.values.shape[1]:
        raise DataError(path, "holds no column of numbers", _LABELS)
    return table._replace(notes=(*_header_notes(layout, table.names), *notes))


def _pointed(path: Path, data: bytes) -> tuple[bytes, tuple[Note, ...]]:
    """Text between commas whose quoted numbers have decimal points for their commas, and a note if some had.

    Numbers with points beside them show that the commas are something else.
    """
    found = _QUOTED.search(data)
    if found is None or _POINTED.search(data):
        return data, ()
    if all(map(_THOUSANDS.fullmatch, (each[0] for each in _QUOTED.finditer(data)))):
        whole, part = (group.decode() for group in found.groups())
        raise DataError(
            path,
            f"holds {decode(found[0])}, which may be {whole}.{part} or {whole}{part}",
            "save its numbers with decimal points and no marks of thousands",
            data.count(b"\n", 0, found.start()) + 1,
        )
    first = decode(found[0]).strip('"')
    text = f'quoted numbers are read with decimal commas, "{first}" as {first.replace(",", ".")}'
    return _QUOTED.sub(rb'"\1.\2"', data), (Note("decimal_commas", text, first),)


def _look(path: Path) -> tuple[Layout | None, bytes | None]:
    """Layout of a file, and its content in UTF-8 with usual ends of lines; None if it is read by name.

    Polars is faster with bytes than with a path, but large files are not held in memory beside their table.
    """
    try:
        if path.suffix.lower() != ".gz" and path.stat().st_size > _HELD:
            with path.open("rb") as file:
                head = file.read(_HEAD)
                file.seek(0)
                as_it_is = b"\r" not in head or b"\n" in head
                if not head.startswith(_UTF16) and as_it_is and not _QUOTED.search(head):
                    return lay_out(_lines(path, file)), None
    except OSError as error:
        raise unreadable(path, error) from error
    data = read_bytes(path)
    if data.startswith(_UTF16):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError as error:
            raise DataError(path, "is no complete text in UTF-16", _AGAIN) from error
    data = data if b"\n" in data else data.replace(b"\r", b"\n")  # as old Macs end lines
    return lay_out(_lines(path, io.BytesIO(data))), data


def _lines(path: Path, file: io.BufferedIOBase) -> Iterator[bytes]:
    """Lines, if the first is none of a page or of a binary file."""
    head = file.readline()
    check_content(path, head)
    if b"\0" in head:
        remedy = "give text in UTF-8, or name the file .npy, .npz or .txt.gz"
        raise DataError(path, "is a binary file", remedy)
    yield head
    yield from file


def _refuse_own(path: Path, layout: Layout) -> None:
    names = {cell.lower() for cell in layout.titles[0]} if layout.titles else set()
    if layout.titles and layout.titles[0][0].lower() == "video" and names & {"label", "segments", "from"}:
        remedy = "give the features that it was made from, and another folder for results (--out)"
        raise DataError(path, "is a table that dkva wrote, not features", remedy)


def _single(path: Path, cell: str) -> DataError:
    if is_number(cell) or is_missing(cell):
        return DataError(
            path, "has a single column", "give one row of features a frame (is it a label file?)"
        )
    return DataError(path, f"has a single column of text ({cell[:40]!r})", _LABELS)


def _header_notes(layout: Layout, names: Sequence[str] | None) -> tuple[Note, ...]:
    comments, lines = layout.comments[1], len(layout.titles)
    if not comments + lines:
        return ()
    shown = ", ".join(name or '""' for name in (names or ())[:4]) + (", ..." if len(names or ()) > 4 else "")
    what = f"the names of the columns ({shown})" if names else "a comment, which names no columns"
    count = comments + lines
    place = f"the first {count} lines are" if count > 1 else "the first line is"
    return (Note("header", f"{place} taken as {what}", {"lines": count}),)


def _names(path: Path, layout: Layout, width: int, last_empty: bool) -> tuple[str, ...] | None:
    """Names of all columns, from the lines before the numbers; None if there are none."""
    fitting = []
    for title in layout.titles:
        cells = title
        if len(cells) == width + 1 and not cells[-1]:
            cells = cells[:-1]
        if 1 < len(cells) == width - 1:  # R names rows in a column without a name
            cells = (*cells, "") if last_empty else ("", *cells)
        if len(cells) == width:
            fitting.append(cells)
        elif len(title) > 1 and layout.separator is not None and title is layout.titles[-1]:
            raise DataError(
                path,
                f"has {width} numbers, the line of names has {len(title)}",
                "give every column one name",
                layout.skipped + 1,
            )
    if not fitting and len(layout.comments[0]) == width:
        return layout.comments[0]
    if not fitting:
        return None
    # Levels that are the same throughout, such as the network of a pose tracker, name nothing.
    levels = [cells for cells in fitting if len(set(filter(None, cells[_is_level(cells[0]) :]))) > 1]
    names = ["_".join(filter(None, parts)) for parts in zip(*(levels or fitting[-1:]), strict=True)]
    if len(fitting) > 1 and _is_level(fitting[0][0]):
        names[0] = ""
    return tuple(names)


def _is_level(cell: str) -> bool:
    """Whether a line of names starts with the name of a level of names."""
    return cell.lower() in ("scorer", "individuals", "bodyparts", "coords", "")


class _Columns(NamedTuple):
    """Columns by index."""

    text: list[int]
    exact: list[int]


def _columns(names: Sequence[str] | None, layout: Layout) -> _Columns:
    cells = layout.cells
    text = [] if layout.plain else [i for i, c in enumerate(cells) if not is_missing(c) and not is_number(c)]
    exact = [i for i, name in enumerate(names or ()) if may_count(name)]
    epochs = may_be_epoch(np.array([float(c) if is_number(c) else np.nan for c in cells]))
    exact += [i for i in np.flatnonzero(epochs).tolist() if i not in exact]
    if 0 not in exact and _counts(cells[0], layout.second):
        exact.append(0)
    return _Columns(text, [i for i in exact if i not in text])


def _counts(cell: str, below: str | None) -> bool:
    if below is None or not is_number(cell) or not is_number(below):
        return False
    return float(cell).is_integer() and float(below) - float(cell) == 1


def _table(values, names, columns: _Columns, exact, text, lines) -> Table:
    """A table of the columns that are not text."""
    width = values.shape[1] + len(columns.text)
    kept = [i for i in range(width) if i not in columns.text] if columns.text else list(range(width))
    return Table(
        values,
        None if names is None else tuple(names[i] for i in kept),
        tuple(i + 1 for i in kept),
        {kept.index(i): array for i, array in exact.items()},
        tuple((i + 1, "" if names is None else names[i], seen) for i, seen in text.items()),
        lines,
    )


def _by_polars(path: Path, data: bytes | None, layout: Layout) -> Table | None:
    """Table as polars reads it; None if it does not, or may have read something else than there is."""
    import polars

    width = len(layout.cells) + (layout.trailing and layout.separator is None)
    last_empty = layout.trailing and layout.separator is not None
    names = _names(path, layout, len(layout.cells), last_empty)
    columns = _columns(names, layout)
    types: dict[str, type[polars.DataType]] = {f"c{i}": polars.Float32 for i in range(width)}
    types |= {f"c{i}": polars.Float64 for i in columns.exact} | {f"c{i}": polars.String for i in columns.text}
    if layout.start and data is None:
        data = read_bytes(path)
    source = path if data is None else memoryview(data)[layout.start :].tobytes() if layout.start else data
    settings: dict[str, Any] = {
        "separator": layout.separator or " ",
        "has_header": False,
        "quote_char": '"' if layout.quoted else None,
        "schema": types,
        "glob": False,
        "decimal_comma": layout.decimal_comma,
    }
    table = None
    for marks in (None, _marks()):
        try:
            table = polars.read_csv(source, null_values=marks, **settings)
            break
        except (polars.exceptions.PolarsError, OSError):
            continue
    if table is None:
        return None
    if layout.trailing and layout.separator is None:
        if table[f"c{width - 1}"].null_count() != len(table):
            return None
        table = table.drop(f"c{width - 1}")
        if any(table.null_count().row(0)):
            return None
    elif any(table.null_count().row(0)):
        rows = None if layout.quoted else _whole_rows(source, layout, len(table))
        if rows is None:
            return None
        table = table[:rows]
    text = {}
    for i in columns.text:
        column = table[f"c{i}"]
        if column.cast(polars.Float64, strict=False).is_not_nan().sum():
            return None  # numbers among text
        text[i] = tuple(str(cell) for cell in column.drop_nulls().unique(maintain_order=True).head(3))
    exact = {i: table[f"c{i}"].fill_null(float("nan")).to_numpy().copy() for i in columns.exact}
    if columns.text:
        table = table.drop([f"c{i}" for i in columns.text])
    if columns.exact:
        table = table.with_columns(polars.col(f"c{i}").cast(polars.Float32) for i in columns.exact)
    values = np.ascontiguousarray(table.to_numpy()) if table.width else np.empty((len(table), 0), np.float32)
    return _table(values, names, columns, exact, text, layout.skipped + 1)


@functools.cache
def _marks() -> list[str]:
    return sorted({form for mark in MISSING_MARKS for form in (mark, mark.upper(), mark.title())} | {"NaN"})


def _whole_rows(source: Path | bytes, layout: Layout, rows: int) -> int | None:
    """Rows without the blank lines at the end, if each has all its separators; else None.

    Polars fills short lines up, as if their cells were empty.
    """
    data = read_bytes(source) if isinstance(source, Path) else source
    mark = (layout.separator or " ").encode()
    body = data.rstrip(b"\r\n")
    rows -= max(data.count(b"\n", len(body)) - 1, 0)
    return rows if body.count(mark) == rows * (len(layout.cells) - 1) else None


def _by_line(path: Path, data: bytes, layout: Layout) -> Table:
    """Table as its lines say, one by one."""
    separator, width = layout.separator, len(layout.cells)
    rows: list[list[float]] = []
    places: list[int] = []
    words: dict[int, dict[str, int]] = {}  # by column: different cells of text and their first lines
    counts = np.zeros(width, int)  # cells of text
    blanks = " \r\n" if separator == "\t" else None  # cells between tabs may be empty
    body = data[layout.start :] if layout.start else data.removeprefix(b"\xef\xbb\xbf")
    body = body.rstrip(None if blanks is None else blanks.encode())
    for number, raw in enumerate(body.splitlines(), layout.skipped + 1 if layout.start else 1):
        line = decode(raw)
        bare = line.strip(blanks)
        if bare.startswith(("#", "%")) or number <= layout.skipped:
            continue
        if not bare:
            raise DataError(path, "is blank", "remove the line or put the frame's features there", number)
        cells = split(line, separator)
        if len(cells) != width:
            raise DataError(
                path,
                f"has {len(cells)} number{'s' * (len(cells) != 1)}, line {layout.skipped + 1} has {width}",
                "give every frame the same features",
                number,
            )
        try:
            if "_" in line:
                raise ValueError
            values = [float(cell) for cell in cells]
        except ValueError:
            values = [float(cell) if is_number(cell) else np.nan for cell in cells]
            for i, cell in enumerate(cells):
                if not is_missing(cell) and not is_number(cell):
                    counts[i] += 1
                    words.setdefault(i, {}).setdefault(cell, number)
        rows.append(values)
        places.append(number)
    wide = np.array(rows, np.float64).reshape(len(rows), width)
    for i, seen in words.items():
        if counts[i] <= np.count_nonzero(~np.isnan(wide[:, i])):
            word, number = next(iter(seen.items()))
            raise DataError(
                path,
                f"{word[:40]!r} in place {i + 1} is no number",
                "give one frame a line, numbers only",
                number,
            )
    last_empty = layout.trailing and bool(np.isnan(wide[:, -1]).all())
    names = _names(path, layout, width, last_empty)
    columns = _Columns(sorted(words), [])
    exact = [i for i in _columns(names, layout).exact if i not in words]
    with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is reported
        numbers = np.ascontiguousarray(np.delete(wide, columns.text, axis=1).astype(np.float32))
    text = {i: tuple(words[i])[:3] for i in columns.text}
    return _table(numbers, names, columns, {i: wide[:, i] for i in exact}, text, np.array(places))
