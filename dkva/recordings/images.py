"""A folder of images, as a recording: each is a frame, and each is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from dkva.base.jumps import jumps_of
from dkva.recordings.errors import RecordingError
from dkva.recordings.grid import Grid
from dkva.recordings.kinds import image_files
from dkva.recordings.opened import Sample, Size
from dkva.recordings.pictures import load_av, scaled, to_rgb, turn_of

if TYPE_CHECKING:
    from av import VideoFrame

__all__ = ["OpenedImages"]


class OpenedImages:
    """A folder of images in the order of their names; see `Opened` for attributes and methods.

    Raises:
        RecordingError: there is no such folder, it holds fewer than two images, the first cannot be read,
            or PyAV is not installed.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            self._files = image_files(path)
        except OSError as error:
            raise RecordingError(path, f"cannot be read: {error.strerror}", "check the path") from error
        if len(self._files) < 2:
            what = "holds a single image" if self._files else "holds no images"
            raise RecordingError(path, what, "give a video file, or a folder of two or more images")
        first, self.codec = _read(self._files[0])
        turn = turn_of(first)
        self.rotation = turn.rotation
        self.height, self.width = first.height, first.width
        if turn.exchanged:
            self.height, self.width = self.width, self.height
        self.container = "images"
        self.n_frames: int | None = len(self._files)
        self.average_rate: float | None = None
        self.duration: float | None = None
        self._named = _told_names(self._files)
        self.notes = list(self._named)
        self._fps: float | None = None
        self._seen = 0

    def sampling_rate(self, fps: float | None) -> float | None:
        """Images a second, each of which is a sample; None if they have no times. Raises RecordingError."""
        if fps is not None and not 0 < fps < np.inf:
            raise RecordingError(self.path, f"has no {fps} images a second", "give a rate above 0")
        return fps

    def samples(
        self,
        fps: float | None,
        *,
        size: Size = None,
        skip: int = 0,
        resume: Float64[np.ndarray, " frames"] | None = None,
    ) -> Iterator[Sample]:
        """Read the images; see `Opened.samples`.

        All are stretched to the first one's size if `size` names no height and width. The first that is of
        another size is noted.

        Raises:
            RecordingError: an image cannot be read; or no size is given, and it is not of the first's.
        """
        self._fps, self._seen = self.sampling_rate(fps), skip
        self.notes[:] = self._named
        target = scaled(size, self.height, self.width)
        for index, file in enumerate(self._files[skip:], skip):
            frame, _ = _read(file)
            turn = turn_of(frame)
            shape = (frame.width, frame.height) if turn.exchanged else (frame.height, frame.width)
            if shape != (self.height, self.width):
                sizes = f"is {shape[1]} × {shape[0]} pixels, the first image {self.width} × {self.height}"
                if size is None:
                    remedy = "make all one size, or choose an encoder that scales them"
                    raise RecordingError(file, sizes, remedy)
                if len(self.notes) == len(self._named):
                    self.notes.append(f"{file.name} {sizes}: all are stretched to one size")
            self._seen = index + 1
            time = None if fps is None else index / fps
            yield Sample(to_rgb(frame, target, turn), index, index, time)

    def times(self, first: int = 0) -> Float64[np.ndarray, " frames"]:
        """See `Opened.times`; none if images have no times."""
        return np.empty(0) if self._fps is None else np.arange(first, self._seen) / self._fps

    def grid(self) -> Grid:
        """Each image is a sample of its own."""
        edges = np.arange(len(self._files) + 1)
        return Grid(edges, None if self._fps is None else edges / self._fps)


def _told_names(files: Sequence[Path]) -> list[str]:
    """What is said of images whose names end in numbers that rise, but not one by one."""
    parts = [re.fullmatch("(.*?)([0-9]+)", file.stem) for file in files]
    if not all(parts) or len({part[1].lower() for part in parts if part}) > 1:
        return []
    jumps = jumps_of([int(part[2]) for part in parts if part], 1)
    return [] if jumps is None else [jumps.told("the number in the images' names", "images")]


def _read(path: Path) -> tuple[VideoFrame, str]:
    """An image, or the first of several in a file, and its codec. Raises RecordingError."""
    av = load_av(path)
    remedy = "leave it out, or save it again as PNG or JPEG"
    try:
        # An open file is no pattern of names, as "100%.png" is one to FFmpeg, and leads to no other.
        with path.open("rb") as file, av.open(file) as container:
            stream = container.streams.video[0]
            return next(container.decode(stream)), stream.codec_context.name
    except (av.error.FFmpegError, IndexError, StopIteration) as error:
        raise RecordingError(path, "is no image that can be read", remedy) from error
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}", remedy) from error
