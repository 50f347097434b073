"""Segments as LosslessCut imports them: CSV of seconds and names."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from dkva.base.segment_names import cues

__all__ = ["losslesscut"]

# As fine as the times of a document.
_PER_SECOND = 1_000_000


def losslesscut(doc: Mapping) -> str:
    """A row start, end, name of each segment of a document, without a line of columns.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.

    Raises:
        ValueError: the document has no times.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((_decimal(cue.start), _decimal(cue.end), cue.text) for cue in cues(doc, _PER_SECOND))
    return text.getvalue()


def _decimal(steps: int) -> str:
    seconds, steps = divmod(steps, _PER_SECOND)
    return f"{seconds}.{steps:06}"
