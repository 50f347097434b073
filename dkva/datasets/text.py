"""Text in, matrix of numbers out: a frame a line, numbers between blanks, tabs, commas or semicolons."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from dkva.datasets.errors import DataError

__all__ = ["parse_text", "read_bytes"]

_BOM = b"\xef\xbb\xbf"
_AGAIN = "download or export the file again"


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


def parse_text(path: Path) -> Float32[np.ndarray, "n d"]:
    """Numbers of a text file [n, d], one frame a line; unpacked first where the name ends in .gz.

    A first line of names, as spreadsheets write, is left out of files named .csv or .tsv; commas between
    other separators are decimal commas.

    Polars reads the numbers: of the libraries measured (`benchmarks/text_reading.py`) the fastest. It takes
    files with one separator between plain numbers; what it turns down is read again line by line, which is
    slow, allows runs of blanks, quotes and decimal commas, and finds the line to blame.

    Raises:
        DataError: an unreadable or empty file, an HTML page, lines of unequal length, something that is no
            finite number, or a single column.
    """
    import polars

    packed = path.suffix.lower() == ".gz"
    data = read_bytes(path) if packed else None
    first = _first_line(path, data)
    separator = _separator(first)
    width = len(_fields(first, separator))
    matrix, skipped = None, 0
    if width > 1:
        try:
            table = polars.read_csv(
                path if data is None else data,
                separator=(separator or b" ").decode(),
                has_header=False,
                quote_char=None,
                schema={f"c{column}": polars.Float32 for column in range(width)},
                glob=False,
            )
            if not any(column.null_count() for column in table.iter_columns()):
                matrix = np.ascontiguousarray(table.to_numpy())
        except (polars.exceptions.PolarsError, OSError):
            matrix = None
    if matrix is None:
        matrix, skipped = _parse_lines(path, read_bytes(path) if data is None else data, separator)
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(
            path,
            f"number {column + 1} is {matrix[row, column]}",
            "features must be finite float32 numbers: repair or leave out the frame",
            line=int(row) + 1 + skipped,
        )
    return matrix


def _first_line(path: Path, data: bytes | None) -> bytes:
    if data is None:
        try:
            with path.open("rb") as file:
                head = file.readline()
        except OSError as error:
            raise unreadable(path, error) from error
    else:
        head = data.split(b"\n", 1)[0]
    head = head.removeprefix(_BOM)
    if head.lstrip()[:1] == b"<":
        raise DataError(path, "is an HTML or XML page", _AGAIN)
    if b"\0" in head:
        raise DataError(path, "is a binary file", "give text, or name the file .npy, .npz or .txt.gz")
    return head


def _separator(line: bytes) -> bytes | None:
    """The line's separator; None stands for any run of blanks."""
    return next((mark for mark in (b";", b"\t", b",") if mark in line.strip()), None)


def _fields(line: bytes, separator: bytes | None) -> list[bytes]:
    return line.split() if separator is None else line.strip().split(separator)


def _parse_lines(path: Path, data: bytes, separator: bytes | None) -> tuple[Float32[np.ndarray, "n d"], int]:
    """Numbers, and how many lines of names stand before them."""
    lines = data.removeprefix(_BOM).rstrip().splitlines()
    if not lines:
        raise DataError(path, "is empty", _AGAIN)
    width = len(_fields(lines[0], separator))
    header = len(lines) > 1 and path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    header = header and not any(_is_number(_cell(field, separator)) for field in _fields(lines[0], separator))
    lines = lines[1:] if header else lines
    rows = np.empty((len(lines), width), np.float32)
    for number, line in enumerate(lines, 1 + header):
        fields = _fields(line, separator)
        if not fields:
            raise DataError(path, "is blank", "remove the line or put the frame's features there", number)
        fields = [_cell(field, separator) for field in fields]
        try:
            values = [float(field) for field in fields]
        except ValueError:
            place, word = next((i, field) for i, field in enumerate(fields, 1) if not _is_number(field))
            shown = repr(word.decode(errors="replace")[:40]) if word else "nothing"
            remedy = "give one frame a line, numbers only"
            raise DataError(path, f"{shown} in place {place} is no number", remedy, number) from None
        if len(values) != width:
            raise DataError(
                path,
                f"has {len(values)} number{'s' * (len(values) != 1)}, line 1 has {width}",
                "give every frame the same features",
                number,
            )
        with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is reported
            rows[number - 1 - header] = values
    if width == 1:
        raise DataError(path, "has a single column", "give one row of features a frame (is it a label file?)")
    return rows, int(header)


def _cell(field: bytes, separator: bytes | None) -> bytes:
    """A field without quotes, with a decimal point for a decimal comma."""
    if separator is None:
        return field
    bare = field.strip(b' "')
    return bare if separator == b"," else bare.replace(b",", b".")


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
