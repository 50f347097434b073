"""A folder of clips of a recording, a file for each segment of its cut, and a table of them.

Clips are made in a hidden folder beside it. Before they are moved into place the table names them, and the
earlier ones, too: wherever a run is killed, the next one knows what is dkva's.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import numpy as np

    from dkva.cli.segmenting.recording import RecordingFile
    from dkva.recordings.clips import Clip

__all__ = [
    "clips_folder",
    "clips_in",
    "is_clips_folder",
    "is_foreign_folder",
    "unfinished_clips",
    "write_clip_files",
]

# How the folder's name ends, and the name of the table in it.
_CLIPS, _TABLE = ".clips", "clips.csv"

_COLUMNS = ("file", "clip_start_time", "clip_end_time", "start", "end", "name", "cut", "recording")

# What dkva, killed while it makes or writes a file, leaves in the folder.
_LEFTOVER = re.compile(r"\.[a-z0-9_]{8}\.part")

# Clips that begin this much early, in seconds, are told of: less is a matter of rounding.
_EARLY = 0.001


def clips_folder(folder: Path, name: str) -> Path:
    """Where the clips of a video are."""
    return folder / f"{name}{_CLIPS}"


def unfinished_clips(folder: Path, name: str) -> Path:
    """Where the clips of a video are until they are complete; what is there is of a killed run."""
    place = clips_folder(folder, name)
    return place.with_name(f".{place.name}.part")


def is_clips_folder(place: Path) -> bool:
    """Whether this is a folder of clips of an earlier run."""
    return place.suffix == _CLIPS and _is_table(place / _TABLE)


def clips_in(place: Path) -> list[Path]:
    """The clips of an earlier run in such a folder, and at last their table."""
    rows = _rows_of(place / _TABLE)
    return [*(place / row[0] for row in rows), place / _TABLE] if is_clips_folder(place) else []


def is_foreign_folder(place: Path) -> bool:
    """Whether something by the name of such a folder is there that is none, and holds more than leftovers."""
    if os.path.isdir(place):
        return not is_clips_folder(place) and not {*place.iterdir()} <= {*_leftovers(place)}
    return os.path.exists(place)


def write_clip_files(folder: Path, doc: Mapping, video: RecordingFile, *, reencode: bool) -> list[str]:
    """Write a clip of each segment, and the table; clips of an earlier run go, and others' files stay.

    Args:
        folder: of the results.
        doc: of the video.
        video: a recording.
        reencode: cut to the very frame, by compressing anew.

    Returns:
        What a user should know, one line each.

    Raises:
        OSError: a file that cannot be written.
        ValueError: a recording that cannot be cut.
    """
    from dkva.base.segment_names import segment_name
    from dkva.cli.segmenting.recording import recording_source, shown
    from dkva.recordings.clips import Span, write_clips

    place, part = clips_folder(folder, doc["video"]), unfinished_clips(folder, doc["video"])
    for leftover in [part, *_leftovers(place)]:
        _remove(leftover)
    spans = [Span(run["start"], run["end"], segment_name(run)) for run in doc["segments"]]
    cut = "frames" if reencode else "key frames"
    of = str(recording_source(video)["blake2b"])
    wanted = [[str(span.start), str(span.end), span.name, cut, of] for span in spans]
    old = _rows_of(place / _TABLE)
    kept = all((place / row[0]).is_file() for row in old)
    if not kept or [row[3:] for row in old] != wanted:
        part.mkdir(parents=True)
        try:
            times = cast("np.ndarray", video.read().times)  # files of video have times
            with shown(video.name) as progress:
                made = write_clips(video.path, part, spans, times, reencode=reencode, progress=progress)
            old = _moved(part, place, old, made, wanted)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    early = [run["start_time"] - float(row[1]) for run, row in zip(doc["segments"], old, strict=True)]
    if reencode or max(early) <= _EARLY:
        return []
    return [
        f"{place.name}: clips begin at key frames, up to {max(early):.1f} s before their segments; "
        "--reencode cuts to the very frame"
    ]


def _moved(
    part: Path, place: Path, old: Sequence[list[str]], made: Sequence[Clip], asked: Sequence[list[str]]
) -> list[list[str]]:
    """Put clips in the place of those of earlier rows; the rows of the table that is there then."""
    rows = [
        [clip.file, f"{clip.start:.6f}", f"{clip.end:.6f}", *of] for clip, of in zip(made, asked, strict=True)
    ]
    place.mkdir(exist_ok=True)
    _write_table(part, place, [*old, *rows])
    for row in old:
        (place / row[0]).unlink(missing_ok=True)
    for clip in made:
        (part / clip.file).replace(place / clip.file)
    if old:
        _write_table(part, place, rows)
    return rows


def _leftovers(place: Path) -> list[Path]:
    """What a killed run left in a folder of clips."""
    there = place.iterdir() if os.path.isdir(place) else ()
    return [path for path in there if _LEFTOVER.fullmatch(path.name)]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_table(path: Path) -> bool:
    from dkva.base.files import is_foreign_table

    return os.path.isfile(path) and not is_foreign_table(path, [_COLUMNS])


def _rows_of(path: Path) -> list[list[str]]:
    """Rows of the table of an earlier run that name a file of its folder; none if there is no such table."""
    if not _is_table(path):
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [row for row in rows if len(row) == len(_COLUMNS) and Path(row[0]).name == row[0]]


def _write_table(part: Path, place: Path, rows: Sequence[Sequence[str]]) -> None:
    from dkva.base.files import write_text

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *rows])
    write_text(part / _TABLE, text.getvalue())
    (part / _TABLE).replace(place / _TABLE)
