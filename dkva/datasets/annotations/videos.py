"""Tables of several videos: the rows of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from dkva.datasets.annotations.forms import listed
from dkva.datasets.annotations.tables import Column, Row
from dkva.datasets.errors import DataError

__all__ = ["is_named", "rows_of_video"]


def rows_of_video(
    path: Path, columns: Sequence[Column], rows: Sequence[Row], video: str
) -> tuple[list[Row], str | None]:
    """The rows of a video, and what the table calls it if its name is another.

    All rows are taken if there is no column of videos, or if it names one video alone.

    Raises:
        DataError: rows of several videos, and of none by this name.
    """
    several: list[str] | None = None
    places = [i for i, column in enumerate(columns) if column.kind == "video"]
    for place in places:
        names = [row.cells[place] if place < len(row.cells) else "" for row in rows]
        if not any(names):
            continue
        wanted = [row for row, name in zip(rows, names, strict=True) if video and is_named(name, video)]
        if wanted:
            return wanted, None
        if len(set(names)) > 1 and several is None:
            several = sorted(set(names))
        elif several is None:
            break  # one video, in several parts perhaps
    if several is not None:
        told = f"and none by the name {video!r} " if video else ""
        raise DataError(
            path,
            f"holds rows of several videos or observations ({listed(several)}) {told}".rstrip(),
            "give a file a video, or name them alike",
        )
    only = {row.cells[i] for i in places for row in rows if i < len(row.cells) and row.cells[i]}
    return list(rows), next(iter(only)) if len(only) == 1 else None


def is_named(cell: str, video: str) -> bool:
    """Whether a cell names the video: its name, with or without folder and suffix."""
    name, wanted = PurePosixPath(cell.replace("\\", "/")), PurePosixPath(video)
    return bool({name.as_posix(), name.name, name.stem} & {video, wanted.name})
