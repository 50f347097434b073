"""A copy of a recording with the segments of its cut as chapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["chaptered_copies", "chaptered_copy", "is_chaptered_copy", "write_copy"]

# What the name of a copy has before its suffix.
_CHAPTERS = ".chapters"


def is_chaptered_copy(path: Path) -> bool:
    """Whether this is a copy of an earlier run, by its name and a document beside it."""
    base = path.with_suffix("")
    return base.suffix == _CHAPTERS and base.with_suffix(".json").exists()


def chaptered_copies(base: Path) -> list[Path]:
    """Files by the name of a copy, of any container, for results NAME.json at `base`, NAME."""
    from dkva.recordings.kinds import is_recording

    begins = f"{base.name}{_CHAPTERS}."
    there = base.parent.iterdir() if base.parent.is_dir() else ()
    return sorted(path for path in there if path.name.startswith(begins) and is_recording(path))


def chaptered_copy(folder: Path, name: str, recording: Path) -> Path:
    """Where the copy of a video's recording is."""
    from dkva.recordings.chapters import chaptered_suffix

    return folder / f"{name}{_CHAPTERS}{chaptered_suffix(recording)}"


def write_copy(folder: Path, doc: Mapping, recording: Path) -> list[str]:
    """Write NAME.chapters.mp4, or as the recording's container is, and give notes.

    Raises:
        OSError: a file that cannot be written.
        ValueError: a recording that cannot be copied.
    """
    from dkva.base.segment_names import segment_name
    from dkva.recordings.chapters import Chapter, write_chaptered

    chapters = [Chapter(run["start_time"], run["end_time"], segment_name(run)) for run in doc["segments"]]
    target = chaptered_copy(folder, doc["video"], recording)
    target.parent.mkdir(parents=True, exist_ok=True)
    return [f"{target.name}: {note}" for note in write_chaptered(recording, target, chapters)]
