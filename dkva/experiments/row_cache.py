"""Rows of results by key in a file, kept as they come and found again by later runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from dkva.base.errors import ExperimentError

__all__ = ["RowCache"]

_LOCK_SECONDS = 120
_QUERY = 500


class RowCache:
    """Rows by key in one SQLite file, which many processes may read and write.

    What is put is there after the process is killed, whole or not at all.

    Args:
        path: the file; folders are made as needed. Deleting it costs time, nothing else.

    Raises:
        ExperimentError: a file that is no such cache, or cannot be written.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.execute("CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, facts TEXT NOT NULL)")
                database.execute(
                    "CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, run TEXT NOT NULL, "
                    "seconds REAL NOT NULL, row TEXT NOT NULL)"
                )
        except (sqlite3.Error, OSError) as error:
            raise ExperimentError(
                f"{path}: cannot be used as a cache of rows ({error}); delete it, or free its folder"
            ) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_LOCK_SECONDS)) as database, database:
            yield database

    def get(self, keys: Iterable[str]) -> dict[str, tuple[dict, str, float]]:
        """(row, id of its run, seconds) of each key that is there."""
        found = {}
        wanted = list(keys)
        with self._open() as database:
            for start in range(0, len(wanted), _QUERY):
                part = wanted[start : start + _QUERY]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, row, run, seconds FROM rows WHERE key IN ({marks})"
                for key, row, run_id, seconds in database.execute(query, part):
                    found[key] = json.loads(row), run_id, seconds
        return found

    def put(self, rows: Mapping[str, tuple[dict, float]], run_id: str, facts: Mapping) -> None:
        """Keep rows of one run by key, each with the seconds it took; a row that is there is replaced."""
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?)", (run_id, json.dumps(facts)))
            database.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
                [(key, run_id, seconds, json.dumps(row)) for key, (row, seconds) in rows.items()],
            )

    def runs(self) -> dict[str, dict]:
        """Facts of every run by id."""
        with self._open() as database:
            return {run_id: json.loads(facts) for run_id, facts in database.execute("SELECT * FROM runs")}
