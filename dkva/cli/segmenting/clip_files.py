"""A folder of clips of a recording, a file for each segment of its cut, and a table of them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import numpy as np

    from dkva.cli.segmenting.recording import RecordingFile

__all__ = ["clips_folder", "clips_in", "is_clips_folder", "is_foreign_folder", "write_clip_files"]

# How the folder's name ends, and the name of the table in it.
_CLIPS, _TABLE = ".clips", "clips.csv"

_COLUMNS = ("file", "clip_start_time", "clip_end_time", "start", "end", "name", "cut", "recording")

# Clips that begin this much early, in seconds, are told of: less is a matter of rounding.
_EARLY = 0.001


def clips_folder(folder: Path, name: str) -> Path:
    """Where the clips of a video are."""
    return folder / f"{name}{_CLIPS}"


def is_clips_folder(place: Path) -> bool:
    """Whether this is a folder of clips of an earlier run."""
    return place.suffix == _CLIPS and _is_table(place / _TABLE)


def clips_in(place: Path) -> list[Path]:
    """The clips of an earlier run in such a folder, and their table."""
    rows = _rows_of(place / _TABLE)
    return [*(place / row[0] for row in rows), place / _TABLE] if is_clips_folder(place) else []


def is_foreign_folder(place: Path) -> bool:
    """Whether something by the name of such a folder is there that is none, and not empty."""
    if place.is_dir():
        return not is_clips_folder(place) and any(place.iterdir())
    return place.exists()


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

    place = clips_folder(folder, doc["video"])
    table = place / _TABLE
    spans = [Span(run["start"], run["end"], segment_name(run)) for run in doc["segments"]]
    cut = "frames" if reencode else "key frames"
    of = str(recording_source(video)["blake2b"])
    wanted = [[str(span.start), str(span.end), span.name, cut, of] for span in spans]
    old = _rows_of(table)
    kept = all((place / row[0]).is_file() for row in old)
    if not kept or [row[3:] for row in old] != wanted:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=".", suffix=".part") as part:
            times = cast("np.ndarray", video.read().times)  # files of video have times
            with shown(video.name) as progress:
                made = write_clips(video.path, Path(part), spans, times, reencode=reencode, progress=progress)
            for row in old:
                (place / row[0]).unlink(missing_ok=True)
            for clip in made:
                (Path(part) / clip.file).replace(place / clip.file)
        old = [
            [clip.file, f"{clip.start:.6f}", f"{clip.end:.6f}", *asked]
            for clip, asked in zip(made, wanted, strict=True)
        ]
        _write_table(table, old)
    early = [run["start_time"] - float(row[1]) for run, row in zip(doc["segments"], old, strict=True)]
    if reencode or max(early) <= _EARLY:
        return []
    return [
        f"{place.name}: clips begin at key frames, up to {max(early):.1f} s before their segments; "
        "--reencode cuts to the very frame"
    ]


def _is_table(path: Path) -> bool:
    from dkva.base.files import is_foreign_table

    return path.is_file() and not is_foreign_table(path, [_COLUMNS])


def _rows_of(path: Path) -> list[list[str]]:
    """Rows of the table of an earlier run that name a file of its folder; none if there is no such table."""
    if not _is_table(path):
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [row for row in rows if len(row) == len(_COLUMNS) and Path(row[0]).name == row[0]]


def _write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    from dkva.base.files import write_text

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *rows])
    write_text(path, text.getvalue())
