"""Video files as FFmpeg opens them: the stream of pictures, its clock, and its frames past any damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from dkva.recordings.errors import RecordingError
from dkva.recordings.pictures import load_av

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = [
    "LEADS",
    "Clock",
    "check_opens",
    "choose_stream",
    "decoded_frames",
    "is_indexed",
    "notes_of",
    "open_container",
    "start_of",
    "stated_end",
]

# FFmpeg's names of formats that are no recordings themselves.
_LISTS = {"concat", "dash", "hls", "imf", "rtsp", "sap", "sdp"}
_TEXT = {"lavfi", "tty"}

# Containers with an index, in which a time leads to one place.
_INDEXED = {"mov", "matroska", "avi"}

#: How long before a wanted frame the search for a key frame starts, in seconds: demuxers may miss.
LEADS = (0.0, 2.0, 10.0)

_AGAIN = "check it in a player, and export or download it again"
_FORMATS = "give a recording such as .mp4, .mov, .mkv, .avi or .webm"


def open_container(path: Path) -> InputContainer:
    """Open a video file; nothing else is read, and no network asked, whatever the file refers to.

    Raises:
        RecordingError: PyAV is not installed, or the file is not there, empty, no video, a still image, or
            a list of other files.
    """
    av = load_av(path)
    if not path.exists():
        raise RecordingError(path, "not found", "check the path")
    if not path.is_file():
        raise RecordingError(path, "is no file", _FORMATS)
    try:
        if not path.stat().st_size:
            raise RecordingError(path, "is empty", "export or download it again")
        container: InputContainer = av.open(
            str(path.absolute()), options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise RecordingError(
            path, "is no video that FFmpeg can read, or was cut off before its index was written", _AGAIN
        ) from error
    except (av.error.FFmpegError, OSError) as error:
        raise RecordingError(path, f"cannot be read: {error.strerror or error}", _AGAIN) from error
    try:
        _check_format(path, container.format.name)
    except RecordingError:
        container.close()
        raise
    return container


def check_opens(path: Path) -> None:
    """Raise RecordingError if a file holds no stream of pictures that FFmpeg can read, whatever its name."""
    with open_container(path) as container:
        choose_stream(path, container)


def _check_format(path: Path, name: str) -> None:
    names = set(name.split(","))
    if names & _LISTS:
        raise RecordingError(path, "is a list of other files", "give the recording itself")
    if names & _TEXT:
        raise RecordingError(path, "is no video", _FORMATS)
    if name.endswith("_pipe") or name == "image2":
        raise RecordingError(path, "is a still image", "give a video, or a folder of two or more images")


def choose_stream(path: Path, container: InputContainer) -> VideoStream:
    """The stream of pictures that players show; all cores are to decode it.

    Raises:
        RecordingError: there is none, or FFmpeg has no decoder for it.
    """
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        what = "holds sound alone, no video stream" if container.streams.audio else "holds no video stream"
        raise RecordingError(path, what, _FORMATS)
    best = container.streams.best("video")
    stream = next((stream for stream in streams if stream == best), streams[0])
    if stream.codec_context is None:
        raise RecordingError(
            path,
            "holds a video stream that FFmpeg here has no decoder for",
            "convert it, for instance to H.264 in .mp4",
        )
    stream.thread_type = "AUTO"
    return stream


def _is_cover(stream: VideoStream) -> bool:
    """Whether a stream is a picture that is attached, as covers are."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def start_of(container: InputContainer, stream: VideoStream) -> Fraction:
    """The time in the file's own clock, in seconds, that players call 0."""
    if container.start_time is None:
        return Fraction(0)
    start = Fraction(container.start_time, 1_000_000)
    if stream.start_time is not None and stream.time_base is not None:
        exact = stream.start_time * stream.time_base
        if abs(exact - start) < Fraction(1, 1_000_000):  # rounded to microseconds
            return exact
    return start


class Clock:
    """Times of a file's frames and packets, in seconds as players count.

    Args:
        container: the opened file.
        stream: its stream of pictures.
    """

    def __init__(self, container: InputContainer, stream: VideoStream):
        self.unit = stream.time_base or Fraction(1, 1000)
        self.start = start_of(container, stream)

    def time(self, stamp: int) -> float:
        """When what the stream stamps so is shown."""
        return float(stamp * self.unit - self.start)

    def stamp(self, time: float) -> int:
        """How the stream stamps a time, rounded to its unit."""
        return round((Fraction(time) + self.start) / self.unit)


def is_indexed(container: str) -> bool:
    """Whether a container, by FFmpeg's name of its format, has an index: a time leads to one place in it."""
    return not _INDEXED.isdisjoint(container.split(","))


def stated_end(container: InputContainer, stream: VideoStream) -> float | None:
    """When the pictures end, or else the whole file, in seconds as players count, if the file states it."""
    if container.format.name == "avi" and stream.frames and stream.average_rate:
        return float(stream.frames / stream.average_rate)  # FFmpeg shortens it for files that were cut off
    start = start_of(container, stream)
    if stream.duration and stream.time_base:
        first = start if stream.start_time is None else stream.start_time * stream.time_base
        return float(max(first - start, Fraction(0)) + stream.duration * stream.time_base)
    if not container.duration:
        return None
    # Matroska states its end by its own clock, whose 0 is not the first picture's time.
    before = max(start, Fraction(0)) if "matroska" in container.format.name.split(",") else 0
    return float(Fraction(container.duration, 1_000_000) - before)


def notes_of(container: InputContainer, stream: VideoStream, frame: VideoFrame) -> list[str]:
    """What is passed over in a file, and how its first frame is kept, if its user should know."""
    notes = []
    others = [other for other in container.streams.video if other != stream]
    if covers := sum(map(_is_cover, others)):
        notes.append(f"attached pictures are passed over: {covers}")
    if rest := len(others) - covers:
        notes.append(f"other video streams are passed over: {rest}")
    if frame.interlaced_frame:
        notes.append("interlaced: both fields of a frame are taken as one picture")
    return notes


def decoded_frames(
    container: InputContainer, stream: VideoStream, damaged: Callable[[], object]
) -> Iterator[VideoFrame]:
    """Frames from here on in order of presentation, past what cannot be decoded.

    Args:
        container: the opened file.
        stream: one of its streams of pictures.
        damaged: called whenever something could not be decoded.
    """
    from av.error import EOFError as EndError
    from av.error import FFmpegError

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:  # no more can be read
            damaged()
            packet = None
        try:
            # Without a packet the frames that are still on their way come out; an end may have done so.
            yield from stream.decode(packet)
        except EndError:
            return
        except FFmpegError:
            damaged()
        if packet is None:
            return
