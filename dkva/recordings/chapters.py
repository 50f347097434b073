"""A recording's segments as chapters within a copy of its file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dkva.recordings.containers import open_container
from dkva.recordings.copying import Copies, copied_suffix, packets_of, write_container
from dkva.recordings.errors import RecordingError

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["Chapter", "chaptered_suffix", "write_chaptered"]

# Chapters are kept in milliseconds: .mp4 has them as text with such a clock.
_UNIT = Fraction(1, 1000)

_DAMAGED = "damaged or cut short: what comes after is not copied"


class Chapter(NamedTuple):
    """A part of a recording that players find by its title.

    Attributes:
        start: in seconds as players count.
        end: likewise; it belongs to the next chapter.
        title: what players show.
    """

    start: float
    end: float
    title: str


def chaptered_suffix(path: str | Path) -> str:
    """The suffix of a copy with chapters: the file's own if its container holds them, else .mkv."""
    return copied_suffix(path)


def write_chaptered(path: str | Path, target: str | Path, chapters: Sequence[Chapter]) -> list[str]:
    """Copy a video file with chapters in it, in place of those that it has.

    All streams are copied as they are: pictures, sound, subtitles. The copy begins at 0 by its own clock, and
    each frame is shown when players show it in the original. Chapters are rounded to milliseconds; those
    of .mp4, .m4v and .mov have no gaps: the first begins at 0, and each lasts until the next begins.

    Args:
        path: the file.
        target: what is written, whole or not at all; its suffix as `chaptered_suffix` gives it, or .mkv.
        chapters: in order, none longer than until the next begins.

    Returns:
        Notes of what could not be copied.

    Raises:
        RecordingError: a folder of images; a file that cannot be read, or not be copied into such a file.
        OSError: the target cannot be written; it is named.
        ValueError: chapters out of order, or a target of another kind, or that is the file itself.
    """
    path, target = Path(path), Path(target)
    _check(chapters)
    if path.is_dir():
        raise RecordingError(path, "is a folder of images, which has no chapters", "give a video file")
    notes: list[str] = []
    with closing(open_container(path)) as source:

        def fill(container: OutputContainer) -> None:
            copies = Copies(path, source, container)
            container.set_chapters([_entry(number, chapter) for number, chapter in enumerate(chapters)])
            for packet in packets_of(source, damaged=lambda: notes.append(_DAMAGED)):
                copies.write(packet)
            notes[:0] = copies.notes

        write_container(target, path, fill)
    return notes


def _check(chapters: Sequence[Chapter]) -> None:
    for number, (start, end, _) in enumerate(chapters, 1):
        if not (math.isfinite(end) and 0 <= start < end):
            raise ValueError(f"chapter {number} is from {start} s to {end} s: give a start before its end")
    for number, (one, other) in enumerate(pairwise(chapters), 2):
        if one.end > other.start:
            raise ValueError(f"chapter {number} begins before the one before it ends: give them in order")


def _entry(number: int, chapter: Chapter) -> Any:
    return {
        "id": number,
        "start": round(chapter.start / _UNIT),
        "end": round(chapter.end / _UNIT),
        "time_base": _UNIT,
        "metadata": {"title": chapter.title},
    }
