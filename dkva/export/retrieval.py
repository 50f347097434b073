"""Frames that were found for a frame, as a document and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from dkva.base.files import is_foreign_table, write_text
from dkva.export.marked import is_foreign_marked, read_marked

__all__ = [
    "FORMAT",
    "RETRIEVED",
    "is_foreign_retrieval",
    "is_foreign_retrieved",
    "read_retrieval",
    "retrieval_document",
    "write_retrieved",
]

#: Number of the format that is written, and of the newest that is read.
FORMAT = 1

#: How the name of a table of found frames ends.
RETRIEVED = ".retrieved.csv"

# The field that these documents have and no others.
_MARK = "retrieved"

_COLUMNS = ("video", "frame", "distance", "time")


def retrieval_document(
    query: Mapping, found: Sequence[tuple[str, int, float]], *, rate: float | None, **more: object
) -> dict:
    """The document of the frames that were found, ready for JSON.

    Args:
        query: the video that was asked with, and its `frame`.
        found: video, frame and distance of each, nearest first.
        rate: frames (rows of features) a second, for times; None leaves them out.
        more: what made it, such as `searched`, `method`, `model`, `settings` and `versions`.
    """
    rows: list[dict] = [
        {"video": video, "frame": frame, "distance": round(distance, 6)} for video, frame, distance in found
    ]
    timed = [_timed(row, rate) for row in rows]
    known = {} if rate is None else {"frames_per_second": rate}
    return {"format": FORMAT, "query": _timed(query, rate), **known, **more, _MARK: timed}


def _timed(row: Mapping, rate: float | None) -> dict:
    return dict(row) if rate is None else {**row, "time": round(row["frame"] / rate, 6)}


def write_retrieved(path: Path, doc: Mapping) -> None:
    """Write one row a frame that was found, nearest first; whole or not at all. Raises OSError."""
    columns = _COLUMNS if "frames_per_second" in doc else _COLUMNS[:3]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in doc[_MARK])
    write_text(path, text.getvalue())


def read_retrieval(path: Path) -> dict | None:
    """A document, or None if there is none that can be read. Raises NewerFormatError."""
    return read_marked(path, _MARK, FORMAT)


def is_foreign_retrieval(path: Path) -> bool:
    """Whether a file by the name of a document is there that is none of found frames."""
    return is_foreign_marked(path, _MARK)


def is_foreign_retrieved(path: Path) -> bool:
    """Whether a file by the name of a table of found frames is there that is none."""
    return is_foreign_table(path, (_COLUMNS, _COLUMNS[:3]))
