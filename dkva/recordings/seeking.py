"""Frames of a video file found again by their number, without decoding the whole."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
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
    open_container,
)
from dkva.recordings.copying import packets_of

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["counted_frames", "found_frames"]

# Times that were rounded to microseconds are still those of their frames.
_ROUNDED = 1e-6

# So many frames on end are decoded rather than to seek, if nothing is known of key frames (our choice).
_REACH = 60


def found_frames(
    path: Path, numbers: Iterable[int], times: Float64[np.ndarray, " n_times"] | None
) -> Iterator[tuple[int, VideoFrame]]:
    """Own frames by their numbers, in their order, each once, as a pass over the whole file gives them.

    A frame is searched for by its time, from a key frame before it on, and taken if all frames on the way
    there have the times that they should have. If that fails anywhere, as in files without an index, with a
    damaged part, or whose clock was set anew, the rest is found by counting from the file's first frame. A
    frame that is not there then is left out.

    Args:
        path: the file.
        numbers: of frames, from 0 on.
        times: when each own frame is shown, as `Recording.times` has it; without it frames are counted.

    Raises:
        RecordingError: the file cannot be opened.
    """
    left = {number for number in numbers if number >= 0}
    if times is not None and (np.diff(times[:-1]) > 0).all():
        left = {number for number in left if number < len(times) - 1}
        with closing(open_container(path)) as container:
            stream = choose_stream(path, container)
            if left and _is_searchable(path, container):
                for number, frame in _Search(container, stream, times).frames(sorted(left)):
                    yield number, frame
                    left.discard(number)
    if left:
        last = max(left)
        for number, frame in enumerate(counted_frames(path)):
            if number in left:
                yield number, frame
            if number >= last:
                return


def counted_frames(path: Path) -> Generator[VideoFrame, None, None]:
    """All frames that can be decoded, in order: a recording's own frames, from number 0 on."""
    with closing(open_container(path)) as container:
        yield from decoded_frames(container, choose_stream(path, container), lambda: None)


def _is_searchable(path: Path, container: InputContainer) -> bool:
    """Whether a time leads to one place: not so if a camera was stopped and started within the file."""
    if is_indexed(container.format.name):
        return True
    with closing(open_container(path)) as again:
        stamps = [packet.pts for packet in packets_of(again, choose_stream(path, again))]
    return None not in stamps and len(set(stamps)) == len(stamps)


class _Search:
    """Frames searched for by their times."""

    def __init__(self, container: InputContainer, stream: VideoStream, times: Float64[np.ndarray, " n"]):
        self._container, self._stream, self._times = container, stream, times
        self._clock = Clock(container, stream)
        self._damaged = False
        self._reach = _REACH

    def frames(self, wanted: list[int]) -> Iterator[tuple[int, VideoFrame]]:
        """The wanted frames in order, up to the first that is not found."""
        run: Iterator[tuple[int, VideoFrame]] = iter(())
        last = None
        for number in wanted:
            frame = None
            if last is not None and number - last <= self._reach:
                frame = _taken(run, number)
            for lead in LEADS:
                if frame is None:
                    run = self._run(number, lead)
                    frame = _taken(run, number)
            if frame is None:
                return
            yield number, frame
            last = number

    def _run(self, number: int, lead: float) -> Iterator[tuple[int, VideoFrame]]:
        """Frames with their numbers from a key frame on that is not after `number`, while times are right."""
        from av.error import FFmpegError

        self._damaged = False
        try:
            self._container.seek(self._clock.stamp(self._times[number] - lead), stream=self._stream)
        except FFmpegError:
            return
        current = None
        for frame in decoded_frames(self._container, self._stream, self._note_damage):
            if current is None:
                if not frame.key_frame:  # it may lack what it was made of
                    continue
                current = self._number(frame)
                if current is not None:
                    self._reach = max(self._reach, number - current)
            if current is None or current > number or self._damaged or self._number(frame) != current:
                return
            yield current, frame
            current += 1
            number = max(number, current)

    def _number(self, frame: VideoFrame) -> int | None:
        """The frame's number by its time."""
        if frame.pts is None:
            return None
        time = self._clock.time(frame.pts)
        number = int(np.searchsorted(self._times[:-1], time - _ROUNDED))
        if number < len(self._times) - 1 and abs(self._times[number] - time) <= _ROUNDED:
            return number
        return None

    def _note_damage(self) -> None:
        self._damaged = True


def _taken(run: Iterator[tuple[int, VideoFrame]], wanted: int) -> VideoFrame | None:
    """The wanted frame of a run, which then goes on after it."""
    return next((frame for number, frame in run if number == wanted), None)
