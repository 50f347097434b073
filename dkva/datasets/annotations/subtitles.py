"""Subtitles, WebVTT and SubRip: a cue is a segment, what it shows is the label."""

from __future__ import annotations

import html
import re
from pathlib import Path

from dkva.datasets.annotations.forms import SegmentList
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.times import Time
from dkva.datasets.annotations.units import as_list
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LabelReading

__all__ = ["are_subtitles", "subtitles"]

_CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{2}[.,]\d{3})"
_TIMING = re.compile(rf"\s*{_CLOCK}\s+-->\s+{_CLOCK}(?:\s.*)?$")
# Such as <b>, <c.red>, <v Ann>, </v> and <00:01.000>; of SubRip {\an8}, too.
_TAG = r"</?[a-zA-Z][^>]*>|<[\d:.]+>"
_WEB_TAG, _TAG_OR_PLACE = re.compile(_TAG), re.compile(rf"{_TAG}|\{{\\[^}}]*\}}")


def are_subtitles(text: str) -> bool:
    """Whether a text begins as a file of subtitles does."""
    start = text.lstrip()[:200]
    return re.match(r"WEBVTT(\s|$)", start) is not None or (
        re.match(rf"\d+[ \t]*[\r\n]+\s*{_CLOCK}\s+-->\s", start) is not None
    )


def subtitles(path: Path, text: str, reading: LabelReading) -> SegmentList:
    """Segments of the cues of a file of subtitles, in seconds.

    Tags are left out; lines of a cue are put after one another. A cue begins with the line of its times,
    whatever stands before it, and ends with an empty line.

    Raises:
        DataError: a cue without a text, or none at all.
    """
    web = text.lstrip().startswith("WEBVTT")
    found: list[Laned] = []
    lines = re.split(r"\r\n|\r|\n", text)
    place = 0
    while place < len(lines):
        timing = _TIMING.match(lines[place])
        place += 1
        if timing is None:
            continue
        line = place
        shown = []
        while place < len(lines) and lines[place].strip():
            shown.append(lines[place])
            place += 1
        plain = (_WEB_TAG if web else _TAG_OR_PLACE).sub("", " ".join(shown))
        label = " ".join((html.unescape(plain) if web else plain).split())
        start, end = (_seconds(*timing.groups()[part : part + 3]) for part in (0, 3))
        found.append(Laned(start, end, label, line))
    if not found:
        raise DataError(path, "is a file of subtitles without any", "give the labels of this video")
    return as_list(
        path, found, form="a file of subtitles", unit="seconds", ends="exclusive", tier=reading.tier
    )


def _seconds(hours: str | None, minutes: str, seconds: str) -> Time:
    whole, part = seconds.replace(",", ".").split(".")
    milliseconds = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + int(part)
    return Time(milliseconds / 1000, "seconds")
