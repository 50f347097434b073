"""What goes wrong around a run of many videos; one video's own errors are plain ValueErrors."""

from __future__ import annotations

__all__ = ["DamagedError", "ExperimentError", "NewerFormatError", "ResultsError", "SchedulerError"]


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
