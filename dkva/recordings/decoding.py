"""A video file's frames, decoded as a stream: those that are taken by time, in RGB, and the times of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from dkva.recordings.containers import (
    LEADS,
    Clock,
    choose_stream,
    decoded_frames,
    is_indexed,
    notes_of,
    open_container,
    stated_end,
)
from dkva.recordings.errors import RecordingError
from dkva.recordings.grid import Grid, GridBuilder
from dkva.recordings.images import OpenedImages
from dkva.recordings.opened import Opened, Sample, Size
from dkva.recordings.pictures import scaled, to_rgb, turn_of

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["OpenedVideo", "open_recording"]

# Pictures that end this long before the stated end, in seconds, are told of; sound may go on a little.
_CUT_SHORT = 1.0

# Pictures further apart than this many seconds, and than this many times their usual distance, are told of;
# so many of these gaps, the longest (our choices).
_GAP, _GAP_DISTANCES, _GAPS_TOLD = 2.0, 10.0, 3

# As many seconds if they come steadily: this share of the distances is the usual one, but for a tenth of it.
_STEADY_GAP, _STEADY = 0.5, 0.95


def open_recording(path: str | Path) -> Opened:
    """Open a video file, or a folder of images, and read what it states of itself.

    Nothing but these files is read, whatever they refer to.

    Raises:
        RecordingError: it is not there, no video, a still image, holds sound alone, or no frame of it can be
            decoded; or PyAV is not installed.
    """
    path = Path(path)
    return OpenedImages(path) if path.is_dir() else OpenedVideo(path)


class OpenedVideo:
    """A video file; see `Opened` for attributes and methods.

    Raises:
        RecordingError: as `open_recording` does.
    """

    def __init__(self, path: Path):
        self.path = path
        self._builder: GridBuilder | None = None
        with closing(open_container(path)) as container:
            stream = choose_stream(path, container)
            self.container = container.format.name
            self.codec = stream.codec_context.name
            self.n_frames = stream.frames or None
            rate = stream.average_rate or stream.guessed_rate
            self.average_rate = float(rate) if rate else None
            # Of frames that come as they change the average says little; pauses must not thin out the rest.
            self._most = max(float(each or 0) for each in (rate, stream.guessed_rate))
            self.duration = stated_end(container, stream)
            self._clock = Clock(container, stream)
            frame = next(decoded_frames(container, stream, lambda: None), None)
            if frame is None:
                raise RecordingError(
                    path, "holds no frame that can be decoded", "check it in a player, and export it again"
                )
            self._turn = turn_of(frame)
            self.rotation = self._turn.rotation
            self.height, self.width = frame.height, frame.width
            if self._turn.exchanged:
                self.height, self.width = self.width, self.height
            self._stated = notes_of(container, stream, frame)
        self.notes = list(self._stated)

    def sampling_rate(self, fps: float | None) -> float:
        """Samples a second: `fps`, or the file's own rate if that is lower. Raises RecordingError."""
        if fps is None or not 0 < fps < np.inf:
            raise RecordingError(self.path, f"is not sampled at {fps} frames a second", "give a rate above 0")
        return min(float(fps), self._most or float(fps))

    def samples(
        self,
        fps: float | None,
        *,
        size: Size = None,
        skip: int = 0,
        resume: Float64[np.ndarray, " frames"] | None = None,
    ) -> Iterator[Sample]:
        """Decode with all cores, and convert what is taken alone; see `Opened.samples`."""
        from av.video.reformatter import VideoReformatter

        rate = self.sampling_rate(fps)
        target = scaled(size, self.height, self.width)
        self._scaler = VideoReformatter()
        self.notes[:] = self._stated
        if resume is not None and self._can_be_found(resume):
            known = self._new_builder(rate, resume)
            wanted = known.shown(skip)
            with closing(open_container(self.path)) as container:
                stream = choose_stream(self.path, container)
                for lead in LEADS:
                    container.seek(self._clock.stamp(resume[wanted] - lead), stream=stream)
                    frames = self._frames(container, stream)
                    last = self._find(frames, resume, wanted)
                    if last is not None:
                        known = self._new_builder(rate, resume[: wanted + 1])
                        yield from self._pass(frames, last, known, skip, target)
                        return
        with closing(open_container(self.path)) as container:
            frames = self._frames(container, choose_stream(self.path, container))
            yield from self._pass(frames, None, self._new_builder(rate), skip, target)

    def times(self, first: int = 0) -> Float64[np.ndarray, " frames"]:
        """See `Opened.times`."""
        return np.empty(0) if self._builder is None else self._builder.times(first)

    def grid(self) -> Grid:
        """See `Opened.grid`. Raises ValueError: no pass has begun, or it is not over."""
        if self._builder is None:
            raise ValueError(f"{self.path}: no frames were taken yet")
        return self._builder.grid()

    def _new_builder(self, rate: float, times: Iterable[float] = ()) -> GridBuilder:
        period = 1 / self.average_rate if self.average_rate else 0.0
        return GridBuilder(rate, tick=float(self._clock.unit), period=period, times=times)

    def _pass(
        self,
        frames: Iterator[VideoFrame],
        last: VideoFrame | None,
        builder: GridBuilder,
        skip: int,
        size: tuple[int, int],
    ) -> Iterator[Sample]:
        """Go on with `frames` after `last`, which the builder has, and tell of damage in the end."""
        self._builder = builder
        for frame in frames:
            decided = builder.add(self._time(frame))
            if last is not None:
                yield from self._take(builder, last, decided, skip, size)
            last = frame
        if last is None:
            raise RecordingError(self.path, "holds no frame that can be decoded", "check it in a player")
        decided = builder.finish(float(last.duration * self._clock.unit))
        yield from self._take(builder, last, decided, skip, size)
        self._tell(builder)

    def _take(
        self, builder: GridBuilder, frame: VideoFrame, intervals: range, skip: int, size: tuple[int, int]
    ) -> Iterator[Sample]:
        """Samples of the intervals that show the frame; the first `skip` of all are left out."""
        wanted = intervals[max(0, skip - intervals.start) :]
        if wanted:
            number = builder.shown(wanted[0])
            image, time = to_rgb(frame, size, self._turn, self._scaler), builder.time_of(number)
            for interval in wanted:
                yield Sample(image, interval, number, time)

    def _time(self, frame: VideoFrame) -> float | None:
        """When a frame is shown, in seconds as players count, by the file's clock."""
        return None if frame.pts is None else self._clock.time(frame.pts)

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Frames from here on; how far they had come when something could not be decoded is kept."""
        self._damage: list[int] = []
        return decoded_frames(container, stream, lambda: self._damage.append(len(self._builder or ())))

    def _can_be_found(self, times: Float64[np.ndarray, " frames"]) -> bool:
        """Whether each frame's time is its own, in a file with an index."""
        return is_indexed(self.container) and len(times) > 0 and bool((np.diff(times) > 0).all())

    def _find(
        self, frames: Iterator[VideoFrame], times: Float64[np.ndarray, " frames"], wanted: int
    ) -> VideoFrame | None:
        """Frame number `wanted`, if all from a key frame before it on have the times they had."""
        number = None
        for frame in frames:
            if number is None and frame.key_frame:  # what comes before it may lack what it was made of
                number = int(np.searchsorted(times, self._time(frame) or 0.0))
            if number is None:
                continue
            if number > wanted or self._time(frame) != times[number] or self._damage:
                return None
            if number == wanted:
                return frame
            number += 1
        return None

    def _tell(self, builder: GridBuilder) -> None:
        """Note what a pass found out: damage, and clocks that went wrong."""
        end = builder.time_of(-1)
        inner = [frames for frames in self._damage if frames < len(builder)]
        if inner:
            first = builder.time_of(max(0, inner[0] - 1))
            self.notes.append(
                f"damaged in places, the first after {first:.1f} s: what cannot be decoded is left out"
            )
        self.notes += _told_gaps(builder.times())
        if self.duration is not None and end < self.duration - _CUT_SHORT:
            self.notes.append(
                f"no pictures after {end:.1f} s of {self.duration:.1f} s: the file is damaged or "
                "cut short there, or goes on with sound alone"
            )
        elif len(inner) < len(self._damage):
            self.notes.append(f"damaged at its end: nothing after {end:.1f} s can be decoded")
        if builder.held:
            self.notes.append(
                f"times run back or astray at {builder.held} frames: they are held at the time before"
            )
        if builder.leaps:
            places = ", ".join(f"{time:.1f} s" for time in builder.leaps[:3])
            more = f" and {len(builder.leaps) - 3} more" if len(builder.leaps) > 3 else ""
            self.notes.append(f"the clock is set anew after {places}{more}: frames go on from there")


def _told_gaps(times: Float64[np.ndarray, " frames"]) -> list[str]:
    """A note of the longest times without a picture, if there are some.

    FFmpeg goes on behind some damage without an error; a recording of a screen that stood still is alike.
    """
    if len(times) < 2:
        return []
    distances = np.diff(times)
    usual = float(np.median(distances))
    steady = np.mean(np.abs(distances - usual) <= usual / 10) >= _STEADY
    gaps = np.flatnonzero(distances > max(_STEADY_GAP if steady else _GAP, _GAP_DISTANCES * usual))
    if not len(gaps):
        return []
    longest = np.sort(gaps[np.argsort(-distances[gaps], kind="stable")[:_GAPS_TOLD]])
    places = ", ".join(f"from {times[gap]:.1f} s to {times[gap + 1]:.1f} s" for gap in longest)
    more = f" and {len(gaps) - _GAPS_TOLD} shorter times" if len(gaps) > _GAPS_TOLD else ""
    return [f"no pictures {places}{more}: the one before stands there"]
