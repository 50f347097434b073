"""A recording's segments as files of their own."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from dkva.recordings.clip_copying import ClipCopier
from dkva.recordings.clip_encoding import ClipEncoder
from dkva.recordings.copying import copied_suffix
from dkva.recordings.errors import RecordingError

__all__ = ["Clip", "Span", "write_clips"]

# What some system refuses in names of files; spaces and dots at an end are refused, too.
_REFUSED = re.compile(r'[/\\:*?"<>|\s]+')

# The most that a name may take of a file's name, in bytes: systems take 255 in all (our choice).
_NAME_BYTES = 150


class Span(NamedTuple):
    """A part of a recording.

    Attributes:
        start: the first of its own frames.
        end: the first frame after it.
        name: what stands in the name of its file.
    """

    start: int
    end: int
    name: str


class Clip(NamedTuple):
    """A file of a part of a recording.

    Attributes:
        file: its name.
        start: when what it shows begins in the recording, in seconds as players count.
        end: when it ends.
    """

    file: str
    start: float
    end: float


def write_clips(
    path: str | Path,
    folder: str | Path,
    spans: Sequence[Span],
    times: Float64[np.ndarray, " n_times"],
    *,
    reencode: bool = False,
    progress: Callable[[float, float], object] | None = None,
) -> list[Clip]:
    """Write each of some parts of a video file into a file of its own.

    As a rule a clip is copied as it is: it begins with the key frame at or before its span, and ends with it
    or up to a few frames later, if frames refer to such. Sound and subtitles are those packets that begin
    within the clip; covers are left out. Encoded anew, a clip has exactly the frames of its span, at their
    own times (to 6 microseconds), upright, with a border of one pixel if a side is odd; sound is what players
    choose of the file's, cut at the sample, in stereo at most; nothing else is kept.

    A file is named by its number, when its span begins and the span's name, "0001 00-01-02.345 Name.mp4". It
    is written whole or not at all, and takes the place of one of that name.

    Args:
        path: the file.
        folder: what they are written into; it is made if needed.
        spans: in order, none overlapping.
        times: [F + 1], as `Recording.times` has them.
        reencode: encode pictures anew by H.264 (x264, crf 18, 8 bits, 4:2:0; .mp4), sound by AAC.
        progress: called with how many seconds of the spans are done, and how many there are.

    Returns:
        A clip for each span.

    Raises:
        RecordingError: a folder of images; a file that cannot be read, was changed, or cannot be copied.
        OSError: a clip cannot be written; it is named.
        ValueError: spans out of order, overlapping, or not of the recording.
    """
    path, folder = Path(path), Path(folder)
    if path.is_dir():
        raise RecordingError(path, "is a folder of images, which is not cut into clips", "give a video file")
    _check(spans, len(times) - 1)
    suffix = ".mp4" if reencode else copied_suffix(path)
    if not spans:
        return []
    lengths = np.array([times[span.end] - times[span.start] for span in spans])
    ends = lengths.cumsum()
    clips = []
    with closing(ClipEncoder(path, times) if reencode else ClipCopier(path, times)) as writer:
        for number, span in enumerate(spans):

            def tell(seconds: float, before: float = float(ends[number] - lengths[number])) -> None:
                if progress is not None:
                    progress(before + seconds, float(ends[-1]))

            file = _file_name(number, len(spans), float(times[span.start]), span.name) + suffix
            start, end = writer.write(folder / file, span.start, span.end, tell)
            clips.append(Clip(file, start, end))
    return clips


def _check(spans: Sequence[Span], n_frames: int) -> None:
    for number, (start, end, _) in enumerate(spans, 1):
        if not 0 <= start < end <= n_frames:
            raise ValueError(
                f"span {number} is frames {start} to {end}, the recording has {n_frames}: give frames of it"
            )
    for number, (one, other) in enumerate(pairwise(spans), 2):
        if one.end > other.start:
            raise ValueError(f"span {number} begins before the one before it ends: give them in order")


def _file_name(number: int, count: int, time: float, name: str) -> str:
    """Name of a clip's file, without its suffix, that every system takes."""
    thousandths = math.floor(time * 1000 + 0.5)
    seconds, thousandths = divmod(thousandths, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    digits = max(4, len(str(count)))
    clock = f"{hours:02}-{minutes:02}-{seconds:02}.{thousandths:03}"
    return f"{number + 1:0{digits}} {clock} {_safe(name)}".rstrip()


def _safe(name: str) -> str:
    """A name less what some system refuses in names of files."""
    shown = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} else letter
        for letter in unicodedata.normalize("NFC", name)
    )
    kept = _REFUSED.sub(" ", shown).strip(" .").encode()[:_NAME_BYTES].decode(errors="ignore")
    return kept.strip(" .")
