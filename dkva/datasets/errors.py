"""The errors of everything that is read from disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["BrokenDataError", "DataError", "DataWarning"]


class DataWarning(UserWarning):
    """What a reader did with a file, or met in it, that its user should know."""


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
        self.problem = problem
        self.remedy = remedy
        self.line = line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {problem}; {remedy}")

    def below(self, root: str | Path) -> str:
        """File below `root`, line and problem: for results, which hold no folders of this machine."""
        try:
            place = self.path.relative_to(root).as_posix()
        except ValueError:  # not below it
            place = self.path.name
        place = place if self.line is None else f"{place}, line {self.line}"
        return f"{place}: {self.problem}"


class BrokenDataError(ValueError):
    """Every problem of a data set at once, one a line.

    Args:
        problems: one or more errors.
        remedy: what to do about them all.
    """

    def __init__(self, problems: Sequence[DataError], remedy: str):
        self.problems = tuple(problems)
        count = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
        super().__init__("\n".join([f"{count} in the data; {remedy}", *map(str, problems)]))
