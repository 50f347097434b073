"""What is known of a recording once it was opened, and the frames that are taken from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64, UInt8

from dkva.recordings.grid import Grid

__all__ = ["Opened", "Sample", "Size"]

#: What frames are scaled to: height and width, or the most that the longer side may have; None leaves them.
Size = tuple[int, int] | int | None


class Sample(NamedTuple):
    """A frame that was taken.

    Attributes:
        image: upright, RGB.
        interval: number of the sample.
        frame: which of the recording's own frames it is; in a gap the one before it, again.
        time: when that frame is first shown, in seconds as players count; None if nobody knows.
    """

    image: UInt8[np.ndarray, "h w 3"]
    interval: int
    frame: int
    time: float | None


@runtime_checkable
class Opened(Protocol):
    """A recording: a video file, or a folder of images.

    Attributes:
        path: the file or folder.
        width: of a frame as it is shown, in pixels.
        height: likewise.
        rotation: degrees, clockwise, that frames are turned by to be upright: 0, 90, 180 or 270.
        average_rate: frames a second as the file states them, or None.
        duration: when its pictures end as the file states it, in seconds as players count, or None.
        container: name of the file's format.
        codec: name of what its frames are compressed by.
        n_frames: number of frames as the file states it, or None.
        notes: what its user should know: what was passed over, damage. A pass may add to them.
    """

    path: Path
    width: int
    height: int
    rotation: int
    average_rate: float | None
    duration: float | None
    container: str
    codec: str
    n_frames: int | None
    notes: list[str]

    def sampling_rate(self, fps: float | None) -> float | None:
        """Samples a second that `samples(fps)` takes."""
        ...

    def samples(
        self,
        fps: float | None,
        *,
        size: Size = None,
        skip: int = 0,
        resume: Float64[np.ndarray, " frames"] | None = None,
    ) -> Iterator[Sample]:
        """Decode the recording once, and give the frames that are taken.

        Args:
            fps: samples a second; None, for a folder of images alone, if it has no times.
            size: what they are scaled to.
            skip: number of samples that are left out at the start, since they are known.
            resume: what `times()` was when the pass was interrupted that gave them, or earlier: with it the
                frames before are, if that is safe, not even decoded. The rest is the same bit for bit.

        Raises:
            RecordingError: a file cannot be read, or not as before.
        """
        ...

    def times(self, first: int = 0) -> Float64[np.ndarray, " frames"]:
        """When the own frames that this pass has met are shown, from number `first` on; also during it."""
        ...

    def grid(self) -> Grid:
        """Which own frames each sample stands for, once a pass is over."""
        ...
