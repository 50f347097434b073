"""The errors of everything that is read from disk."""

from __future__ import annotations

from collections.abc import Sequence

from dkva.base.errors import DataError

__all__ = ["BrokenDataError", "DataError", "DataWarning"]


class DataWarning(UserWarning):
    """What a reader did with a file, or met in it, that its user should know."""


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
