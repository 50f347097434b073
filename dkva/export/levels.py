"""Levels of videos, cuts into several numbers of segments, as a table beside that of the segments."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dkva.base.errors import DamagedError
from dkva.base.files import is_foreign_table, write_text

__all__ = ["LEVELS_CSV", "digest_of_levels", "is_foreign_levels", "read_levels", "write_levels"]

#: Name of the table.
LEVELS_CSV = "levels.csv"

_COLUMNS = (
    "video", "level", "start", "end", "start_time", "end_time", "label", "cost", "switches", "nesting",
)  # fmt: skip
_TIMES = ("start_time", "end_time")
_OF_HIERARCHIES = ("cost", "nesting")


def write_levels(path: Path, docs: Iterable[Mapping]) -> None:
    """Write one row a segment of each level of each document; whole or not at all. Raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for doc in docs:
        writer.writerows([doc["video"], *row] for row in _rows(doc.get("levels", ())))
    write_text(path, text.getvalue())


def _rows(levels: Iterable[Mapping]) -> list[list[str]]:
    return [
        [
            str(level["n_segments"]),
            *("" if run.get(name) is None else str(run[name]) for name in _COLUMNS[2:7]),
            *("" if level.get(name) is None else str(level[name]) for name in _COLUMNS[7:]),
        ]
        for level in levels
        for run in level["segments"]
    ]


def digest_of_levels(levels: Sequence[Mapping]) -> str:
    """Digest of a document's rows, by which changed ones are known."""
    return hashlib.blake2b(json.dumps(_rows(levels)).encode(), digest_size=12).hexdigest()


def read_levels(path: Path) -> dict[str, list[dict]]:
    """The levels of each video, as documents have them; none if there is no table.

    Raises:
        DamagedError: a file that cannot be read, or is another table.
    """
    found: dict[str, dict[int, dict]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file)
            if tuple(table.fieldnames or ()) != _COLUMNS:
                raise ValueError("columns")
            for row in table:
                _add_row(found.setdefault(row["video"], {}), row)
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, csv.Error) as error:
        raise DamagedError(
            f"{path}: is no table of levels as dkva writes it; mend it, move it away, or give another folder "
            "for the results"
        ) from error
    except OSError as error:
        raise DamagedError(
            f"{path}: cannot be read ({error.strerror}); give another folder for the results"
        ) from error
    return {video: list(levels.values()) for video, levels in found.items()}


def _add_row(levels: dict[int, dict], row: Mapping[str, str]) -> None:
    number = int(row["level"])
    about = {
        "n_segments": number,
        "switches": int(row["switches"]),
        **{name: float(row[name]) for name in _OF_HIERARCHIES if row[name]},
        "segments": [],
    }
    run: dict = {name: int(row[name]) for name in ("start", "end", "label")}
    run |= {name: float(row[name]) for name in _TIMES if row[name]}
    levels.setdefault(number, about)["segments"].append(run)


def is_foreign_levels(path: Path) -> bool:
    """Whether a file by the name of the table is there that is none."""
    return is_foreign_table(path, [_COLUMNS])
