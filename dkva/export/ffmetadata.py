"""Chapters as FFmpeg reads and writes them beside a recording (FFmetadata)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dkva.base.segment_names import cues

__all__ = ["ffmetadata"]

# As fine as the times of a document.
_PER_SECOND = 1_000_000


def ffmetadata(doc: Mapping) -> str:
    r"""The segments of a document as chapters of FFmpeg's metadata file.

    `ffmpeg -i recording.mp4 -i NAME.ffmetadata.txt -map_chapters 1 -codec copy chapters.mp4` puts them into a
    copy of a recording. = ; # and \ of names are escaped, as its documentation asks; a name that
    ends in \ has a space after it, without which FFmpeg would read on.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.

    Raises:
        ValueError: the document has no times.
    """
    parts = [
        f"\n[CHAPTER]\nTIMEBASE=1/{_PER_SECOND}\nSTART={cue.start}\nEND={cue.end}\n"
        f"title={_escaped(cue.text)}\n"
        for cue in cues(doc, _PER_SECOND)
    ]
    return "".join([";FFMETADATA1\n", *parts])


def _escaped(text: str) -> str:
    # FFmpeg takes the line's end for escaped after a \, though that is escaped itself.
    return re.sub(r"([=;#\\])", r"\\\1", text) + " " * text.endswith("\\")
