"""What goes wrong with a recording."""

from __future__ import annotations

from dkva.base.errors import DataError

__all__ = ["RecordingError"]


class RecordingError(DataError):
    """A recording, or an image, that cannot be used, named with the remedy in one line of text."""
