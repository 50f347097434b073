"""Parts of a video file encoded anew, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from dkva.recordings.clip_sound import Sound, SoundEncoder
from dkva.recordings.containers import choose_stream, open_container, start_of
from dkva.recordings.copying import write_container
from dkva.recordings.errors import RecordingError
from dkva.recordings.pictures import Turn, load_av, turn_of
from dkva.recordings.seeking import counted_frames

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["ClipEncoder"]

# The clock of encoded frames, MPEG's: times are right to 6 microseconds.
_CLOCK = 90_000

# Near to the original (our choice). Without B-frames the last packet is the last frame's, whose length the
# file then keeps.
_OPTIONS = {"crf": "18", "preset": "veryfast", "bf": "0"}

# FFmpeg's numbers: for a matrix of colours that are red, green and blue, and for their range in films.
_RGB, _LIMITED = 0, 1


class ClipEncoder:
    """Writes parts of a file, one after the other, in one pass over it.

    Args:
        path: the file.
        times: when each own frame is shown, and the end of the last.

    Raises:
        RecordingError: the file cannot be opened, or PyAV has no encoder of H.264.
    """

    def __init__(self, path: Path, times: Float64[np.ndarray, " n_times"]):
        av = load_av(path)
        if "libx264" not in av.codecs_available:
            raise RecordingError(
                path, "cannot be encoded anew: PyAV is without x264", "pip install av, or copy the clips"
            )
        self._path, self._times, self._next = path, times, 0
        with closing(open_container(path)) as container:
            stream = choose_stream(path, container)
            self._pixel = stream.sample_aspect_ratio or Fraction(1)
            self._rate = stream.average_rate or stream.guessed_rate or Fraction(30)
            start = start_of(container, stream)
        self._stack = ExitStack()
        self._frames = self._stack.enter_context(closing(counted_frames(path)))
        self._sound = self._stack.enter_context(closing(Sound(path, start)))

    def close(self) -> None:
        """Close the file."""
        self._stack.close()

    def write(
        self, target: Path, start: int, end: int, tell: Callable[[float], object]
    ) -> tuple[float, float]:
        """Write frames, and say from when to when they are shown.

        Args:
            target: the clip.
            start: the first frame, which is not before those of the clips that were written.
            end: the first frame after them.
            tell: called with how many seconds of them are done.

        Raises:
            RecordingError: these frames are not in the file any more.
            OSError: the target cannot be written.
        """
        begin, stop = float(self._times[start]), float(self._times[end])

        def fill(container: OutputContainer) -> None:
            first = self._frame(start)
            pictures = _Pictures(container, first, self._pixel, self._rate)
            sound = SoundEncoder(container, self._sound, begin, stop)
            for number in range(start, end):
                frame = first if number == start else self._frame(number)
                time, after = float(self._times[number]), float(self._times[number + 1])
                pictures.add(frame, time - begin, after - begin)
                sound.advance(after)
                tell(after - begin)
            pictures.finish()
            sound.finish()

        write_container(target, self._path, fill)
        return begin, stop

    def _frame(self, number: int) -> VideoFrame:
        """An own frame, which is not before those that were taken."""
        for frame in self._frames:
            self._next += 1
            if self._next > number:
                return frame
        raise RecordingError(self._path, f"has no frame {number} any more", "run again if it was changed")


class _Pictures:
    """A stream of H.264, upright, of even sides."""

    def __init__(self, container: OutputContainer, first: VideoFrame, pixel: Fraction, rate: Fraction):
        self._container = container
        self._turn = turn_of(first)
        self._width, self._height = first.width, first.height
        self._graph: Any = None
        width, height = (length + length % 2 for length in (first.width, first.height))
        if self._turn != Turn() or (width, height) != (first.width, first.height):
            self._graph = _graph(first.width, first.height, self._turn)
        if self._turn.exchanged:
            width, height, pixel = height, width, 1 / pixel
        stream: VideoStream = container.add_stream("libx264", rate=rate, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        codec = stream.codec_context
        codec.time_base, codec.sample_aspect_ratio = Fraction(1, _CLOCK), pixel
        if first.colorspace != _RGB:
            codec.colorspace, codec.color_range = first.colorspace, _LIMITED
            codec.color_primaries, codec.color_trc = first.color_primaries, first.color_trc
        self._stream = stream
        self._last = -1
        self._ends: dict[int, int] = {}

    def add(self, frame: VideoFrame, time: float, end: float) -> None:
        """Encode a frame that is shown from one time to another, in seconds of the clip."""
        picture = frame.reformat(
            self._width,
            self._height,
            format="yuv420p",
            src_color_range=frame.color_range or None,
            dst_color_range=_LIMITED,
        )
        if self._graph is not None:
            self._graph.vpush(picture)
            picture = self._graph.vpull()
        picture.pts = max(self._last + 1, round(time * _CLOCK))  # x264 takes none twice
        picture.time_base = Fraction(1, _CLOCK)
        picture.pict_type = 0  # as x264 likes
        self._last = picture.pts
        self._ends[picture.pts] = max(self._last + 1, round(end * _CLOCK))
        self._write(picture)

    def finish(self) -> None:
        """Write what is still on its way."""
        self._write(None)

    def _write(self, picture: VideoFrame | None) -> None:
        for packet in self._stream.encode(picture):
            if packet.pts is not None:
                packet.duration = self._ends.pop(packet.pts) - packet.pts
            self._container.mux_one(packet)


def _graph(width: int, height: int, turn: Turn) -> Any:
    """Filters that turn pictures upright, and border odd sides."""
    from av.filter import Graph
    from av.video.format import VideoFormat

    graph = Graph()
    nodes = [
        graph.add_buffer(width=width, height=height, format=VideoFormat("yuv420p"), time_base=Fraction(1))
    ]
    nodes.append(graph.add("pad", "ceil(iw/2)*2:ceil(ih/2)*2"))
    if turn.exchanged:
        nodes.append(graph.add("transpose", "cclock_flip"))
    if turn.upside_down:
        nodes.append(graph.add("vflip"))
    if turn.mirrored:
        nodes.append(graph.add("hflip"))
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph
