"""What a run of `dkva segment` writes, and where."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.further_files import FRAME_LABELS

if TYPE_CHECKING:
    from dkva.cli.segmenting.find import Found
    from dkva.datasets import VideoFile

__all__ = ["Output", "leave_out_long_names"]


@dataclass(frozen=True)
class Output:
    """What is written of a run; see the options of `dkva segment`.

    Attributes:
        folder: where.
        form: "json", "csv" or "both".
        plot: whether a time line of each video is drawn.
        ignore: true labels that are left out of the scores.
        rate: frames (rows of features) a second, for times; None without them.
        tolerance: frames by which a boundary may be off; None means a share of the video.
        levels: whether levels are made.
        suggestion: whether numbers of segments are suggested.
        frame_labels: "txt" or "npy" for a file with a label a frame beside each document; None for none.
        exported: what is made for people and other programs.
    """

    folder: Path
    form: str = "both"
    plot: bool = False
    ignore: tuple[str, ...] = ()
    rate: float | None = None
    tolerance: int | None = None
    levels: bool = False
    suggestion: bool = False
    frame_labels: str | None = None
    exported: Exported = Exported()  # noqa: RUF009 (it is frozen)

    @property
    def csv(self) -> Path | None:
        """The table of all segments, if one is asked for."""
        return None if self.form == "json" else self.folder / "segments.csv"

    def document(self, name: str) -> Path:
        """Where the document of a video is."""
        return self.folder / f"{name}.json"

    def beside(self, name: str, *, written: bool = False) -> list[Path]:
        """Files that may stand beside a document; with `written` those that this run writes."""
        kinds = {
            "png": self.plot,
            "levels.png": self.plot and self.levels,
            "suggestion.png": self.plot and self.suggestion,
        }
        kinds |= {f"labels.{kind}": self.frame_labels == kind for kind in FRAME_LABELS}
        found = {self.folder / f"{name}.{kind}": now for kind, now in kinds.items()}
        found |= self.exported.beside(self.folder, name)
        return [path for path, now in found.items() if now or not written]

    def written(self, video: VideoFile) -> list[Path]:
        """All that this run writes of a video alone."""
        documents = [] if self.form == "csv" else [self.document(video.name)]
        copies = self.exported.copies(self.folder, video)
        return [*documents, *self.beside(video.name, written=True), *copies]


def leave_out_long_names(found: Found, output: Output) -> None:
    """Make a problem of each video whose results would have longer names than files can have."""
    folder = output.folder.absolute()
    place = next(each for each in (folder, *folder.parents) if each.exists())
    for video in [*found.videos]:
        if any(_is_too_long(place / path.name) for path in output.written(video)):
            found.videos.remove(video)
            found.problems.append(
                f"{video.path}: the name is too long for those of its results, which are longer; shorten it"
            )


def _is_too_long(path: Path) -> bool:
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False
