"""What a segment is called in every file, its times, and these in whole steps of a clock."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

__all__ = ["Cue", "cues", "one_line", "seconds", "segment_name", "wrong_times"]

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


def wrong_times(runs: Iterable[Mapping]) -> str | None:
    """What is said of the first segment whose times are no finite numbers, or go backwards; None without one.

    Times may be missing, and may be equal: they are rounded.

    Args:
        runs: segments of a document.
    """
    most = sys.float_info.max
    last = -most
    for number, run in enumerate(runs, 1):
        for time in (run.get("start_time"), run.get("end_time")):
            if time is None:
                continue
            if type(time) not in (int, float) or not last <= time <= most:
                return f"segment {number} has times that are no numbers or go backwards"
            last = time
    return None


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
