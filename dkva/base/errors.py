"""What goes wrong around a run of many videos; one video's own errors are plain ValueErrors."""

from __future__ import annotations

__all__ = ["ExperimentError", "NewerFormatError", "SchedulerError"]


class ExperimentError(RuntimeError):
    """Some rows could not be computed; the others are in the cache."""


class SchedulerError(ExperimentError):
    """Work could not be sent where it was to be done, or nothing there can do it."""


class NewerFormatError(ValueError):
    """A file of a format that only a newer dkva knows; it is neither read nor written over."""
