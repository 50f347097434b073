"""Decoded frames as upright RGB images of the wanted size."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from dkva.recordings.errors import RecordingError
from dkva.recordings.opened import Size

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.reformatter import VideoReformatter

__all__ = ["Turn", "load_av", "scaled", "to_rgb", "turn_of"]


def load_av(path: Path) -> ModuleType:
    """PyAV. Raises RecordingError: it is not installed."""
    try:
        import av
    except ImportError as error:
        raise RecordingError(
            path, f"is read by PyAV, which is missing ({error})", "pip install 'dkva[video]'"
        ) from error
    return av


class Turn(NamedTuple):
    """How a picture becomes upright: its axes are exchanged first, then each is reversed or not."""

    exchanged: bool = False
    upside_down: bool = False
    mirrored: bool = False

    @property
    def rotation(self) -> int:
        """Degrees, clockwise, less the mirroring that is left then."""
        if self.exchanged:
            return 90 if self.mirrored else 270
        return 180 if self.upside_down else 0


def turn_of(frame: VideoFrame) -> Turn:
    """How a frame is to be turned by its display matrix, as phones write it, to the nearest right angle."""
    try:
        data: Any = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV knows none of what else is said of the frame
        return _RIGHT_ANGLES[round(frame.rotation / 90) % 4]
    if data is None:
        return Turn()
    # Pixel x, y is shown at a·x + c·y, b·x + d·y.
    a, b, _, c, d, *_ = np.frombuffer(bytes(data), np.int32).tolist()
    if abs(a) >= abs(b):
        return Turn(False, upside_down=d < 0, mirrored=a < 0)
    return Turn(True, upside_down=b < 0, mirrored=c < 0)


# Counterclockwise by 0, 90, 180 and 270 degrees.
_RIGHT_ANGLES = (Turn(), Turn(True, True, False), Turn(False, True, True), Turn(True, False, True))


def scaled(size: Size, height: int, width: int) -> tuple[int, int]:
    """Height and width, at least 1 each, of a frame of this height and width."""
    if size is None:
        return height, width
    if isinstance(size, int):
        share = min(1.0, size / max(height, width))
        return max(1, round(height * share)), max(1, round(width * share))
    return size


def to_rgb(
    frame: VideoFrame, size: tuple[int, int], turn: Turn, scaler: VideoReformatter | None = None
) -> UInt8[np.ndarray, "h w 3"]:
    """The frame upright, as RGB, stretched to this height and width; transparency is left out.

    Args:
        frame: as it was decoded.
        size: height and width, upright.
        turn: how it becomes upright.
        scaler: of the frames before: a new one takes longer to begin than to scale a frame.
    """
    height, width = size[::-1] if turn.exchanged else size
    # Scaled straight to interleaved RGB, a frame would keep only every other column's colour.
    if scaler is None:
        rgb = frame.reformat(width, height, format="gbrp", interpolation="AREA")
    else:
        rgb = scaler.reformat(frame, width, height, format="gbrp", interpolation="AREA")
    image = rgb.to_ndarray()
    if turn.exchanged:
        image = image.transpose(1, 0, 2)
    if turn.upside_down:
        image = image[::-1]
    if turn.mirrored:
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
