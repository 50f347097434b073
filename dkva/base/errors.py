"""What goes wrong with a file, and around a run of many videos; a video's other errors are ValueErrors."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "DIVERGED",
    "DamagedError",
    "DataError",
    "ExperimentError",
    "NewerFormatError",
    "ResultsError",
    "SchedulerError",
]

#: What to do about a training that diverges.
DIVERGED = "give a smaller learning rate, or features of usual size, such as standardised ones"


class ExperimentError(RuntimeError):
    """Some rows could not be computed; the others are in the cache."""


class SchedulerError(ExperimentError):
    """Work could not be sent where it was to be done, or nothing there can do it."""


class ResultsError(ValueError):
    """Results of an earlier run that are neither read nor written over."""


class DamagedError(ResultsError):
    """A file of results that was changed, or is another program's."""


class NewerFormatError(ResultsError):
    """A file of a format that only a newer dkva knows; it is neither read nor written over."""


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
