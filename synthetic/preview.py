"""Pictures of a split's videos: a contact sheet and an animation."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from synthetic.recordings import write_recording

__all__ = ["Split", "contact_sheet", "write_preview"]

_ZOOM = 2
_GAP = 4
_SHEET_VIDEOS = 10
_SHEET_COLUMNS = 24
_FILM_VIDEOS = 6
_FRAME_RATE = 15
_PAPER = 255


class Split(Protocol):
    """Videos that pictures are drawn of."""

    def __len__(self) -> int:
        """Number of videos."""
        ...

    def video(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """RGB frames [n, h, w, 3] and labels [n] of one video."""
        ...


def contact_sheet(split: Split) -> np.ndarray:
    """The first videos, a row each, in frames at an even stride [height, width, 3]."""
    rows = []
    for index in range(min(_SHEET_VIDEOS, len(split))):
        frames, _ = split.video(index)
        rows.append(frames[np.linspace(0, len(frames) - 1, _SHEET_COLUMNS).round().astype(int)])
    return _grid(np.stack(rows))


def _grid(cells: np.ndarray) -> np.ndarray:
    """Cells [rows, columns, h, w, 3] side by side on white, enlarged."""
    cells = cells.repeat(_ZOOM, axis=2).repeat(_ZOOM, axis=3)
    padded = np.pad(cells, ((0, 0), (0, 0), (0, _GAP), (0, _GAP), (0, 0)), constant_values=_PAPER)
    rows, columns, height, width, _ = padded.shape
    return padded.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, 3)


def _film(split: Split) -> np.ndarray:
    """The first videos side by side [frames, height, width, 3]; one that is over stays on its last frame."""
    videos = [split.video(index)[0] for index in range(min(_FILM_VIDEOS, len(split)))]
    longest = max(map(len, videos))
    held = np.stack([video[np.minimum(np.arange(longest), len(video) - 1)] for video in videos])
    return np.stack([_grid(held[None, :, frame]) for frame in range(longest)])


def write_preview(split: Split, folder: Path, form: str = "gif") -> list[Path]:
    """Write contact_sheet.png and preview.gif, or preview.mp4.

    Args:
        split: its first videos are shown.
        folder: where to.
        form: "gif" or "mp4"; the latter needs PyAV.

    Raises:
        ImportError: PyAV is not installed.
    """
    sheet, film = folder / "contact_sheet.png", folder / f"preview.{form}"
    Image.fromarray(contact_sheet(split)).save(sheet)
    frames = _film(split)
    if form == "mp4":
        try:
            write_recording(film, frames, rate=_FRAME_RATE, crf=23)
        except ImportError as error:
            raise ImportError(f"{error}, or choose --preview gif") from error
    else:
        first, *others = (Image.fromarray(frame) for frame in frames)
        first.save(film, save_all=True, append_images=others, duration=1000 // _FRAME_RATE, loop=0)
    return [sheet, film]
