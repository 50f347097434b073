"""Subtitles: a document in, text of WebVTT or SubRip out; a cue a segment, with its name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dkva.base.segment_names import cues

__all__ = ["srt", "webvtt"]

_MS = 1000
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def webvtt(doc: Mapping) -> str:
    """The segments of a document as WebVTT, for the `track` of a web page and most players.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.

    Raises:
        ValueError: the document has no times.
    """
    parts = [
        f"{number}\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{cue.text.translate(_VTT_ESCAPES)}\n"
        for number, cue in enumerate(cues(doc), 1)
    ]
    return "\n".join(["WEBVTT\n", *parts])


def srt(doc: Mapping) -> str:
    """The segments of a document as SubRip (.srt), which players show that know no WebVTT.

    The format has no escapes. What players would take for a tag or a time has another sign in its place:
    ‹ for a < that opens a tag, → for an arrow of times.

    Args:
        doc: as for `webvtt`.

    Raises:
        ValueError: the document has no times.
    """
    parts = [
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_without_tags(cue.text)}\n"
        for number, cue in enumerate(cues(doc), 1)
    ]
    return "\n".join(parts)


def _clock(milliseconds: int, point: str) -> str:
    seconds, milliseconds = divmod(milliseconds, _MS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"


def _without_tags(text: str) -> str:
    text = re.sub(r"<(?=[a-zA-Z/])", "‹", text.replace("-->", "→"))
    return re.sub(r"\{(?=\\)", "(", text)  # {\an8} and the like move a line
