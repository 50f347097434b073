"""Subtitles: a document in, text of WebVTT or SubRip out; a cue a segment, with its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

__all__ = ["srt", "webvtt"]

_MS = 1000
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class _Cue(NamedTuple):
    """What is shown, and from when to when in milliseconds."""

    start: int
    end: int
    text: str


def webvtt(doc: Mapping) -> str:
    """The segments of a document as WebVTT, for the `track` of a web page and most players.

    A segment without a name is "Action" and its label, the number that JSON and CSV have.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.

    Raises:
        ValueError: the document has no times.
    """
    cues = [
        f"{number}\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{cue.text.translate(_VTT_ESCAPES)}\n"
        for number, cue in enumerate(_cues(doc), 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def srt(doc: Mapping) -> str:
    """The segments of a document as SubRip (.srt), which players show that know no WebVTT.

    The format has no escapes. What players would take for a tag or a time has another sign in its place:
    ‹ for a < that opens a tag, → for an arrow of times.

    Args:
        doc: as for `webvtt`.

    Raises:
        ValueError: the document has no times.
    """
    cues = [
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_without_tags(cue.text)}\n"
        for number, cue in enumerate(_cues(doc), 1)
    ]
    return "\n".join(cues)


def _cues(doc: Mapping) -> Iterator[_Cue]:
    """Cues that neither overlap nor are empty, however short a segment is."""
    last = 0
    for run in doc["segments"]:
        if run.get("start_time") is None or run.get("end_time") is None:
            raise ValueError(f"{doc['video']}: has no times, which subtitles need: give --fps")
        start = max(round(run["start_time"] * _MS), last)
        last = max(round(run["end_time"] * _MS), start + 1)
        yield _Cue(start, last, _text(run))


def _text(run: Mapping) -> str:
    """One line, since an empty one would end the cue."""
    name = run.get("name")  # of a true label that is a number, it is one too
    return " ".join(str("" if name is None else name).split()) or f"Action {run['label']}"


def _clock(milliseconds: int, point: str) -> str:
    seconds, milliseconds = divmod(milliseconds, _MS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"


def _without_tags(text: str) -> str:
    text = re.sub(r"<(?=[a-zA-Z/])", "‹", text.replace("-->", "→"))
    return re.sub(r"\{(?=\\)", "(", text)  # {\an8} and the like move a line
