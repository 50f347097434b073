"""What a segment is called in every file, and its times in whole steps of a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

__all__ = ["Cue", "cues", "one_line", "seconds", "segment_name"]

# What no XML holds, and text files of most programs neither.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Cue(NamedTuple):
    """What is shown, and from when to when in steps of a clock."""

    start: int
    end: int
    text: str


def one_line(text: str) -> str:
    """Text without line breaks; control characters become the sign for an unknown one."""
    return _NO_CHARACTER.sub("\ufffd", " ".join(text.split()))


def segment_name(run: Mapping) -> str:
    """The name of a segment on one line, or "Action" and its label, the number that JSON and CSV have.

    Args:
        run: a segment of a document.
    """
    name = run.get("name")  # of a true label that is a number, it is one too
    return one_line("" if name is None else str(name)) or f"Action {run['label']}"


def seconds(doc: Mapping) -> list[tuple[float, float]]:
    """Start and end of each segment of a document.

    Raises:
        ValueError: the document has no times.
    """
    times = [(run.get("start_time"), run.get("end_time")) for run in doc["segments"]]
    if any(None in pair for pair in times):
        raise ValueError(f"{doc['video']}: has no times, which files for other programs need: give --fps")
    return times


def cues(doc: Mapping, per_second: int = 1000) -> Iterator[Cue]:
    """A cue for each segment; they neither overlap nor are empty, however short a segment is.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.
        per_second: steps of the clock: milliseconds, if nothing else is said.

    Raises:
        ValueError: the document has no times.
    """
    last = 0
    for run, (begins, ends) in zip(doc["segments"], seconds(doc), strict=True):
        start = max(round(begins * per_second), last)
        last = max(round(ends * per_second), start + 1)
        yield Cue(start, last, segment_name(run))
