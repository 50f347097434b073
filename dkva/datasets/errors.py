"""The one error of everything that is read from disk."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DataError"]


class DataError(ValueError):
    """A file that cannot be used, named with the line and the remedy in one line of text.

    Args:
        path: the file or folder.
        problem: what is wrong with it.
        remedy: what to do about it.
        line: number of the line, from 1, where there is one.
    """

    def __init__(self, path: str | Path, problem: str, remedy: str, line: int | None = None):
        self.path = Path(path)
        self.line = line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {problem}; {remedy}")
