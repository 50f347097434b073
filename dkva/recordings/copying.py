"""Streams of a recording copied into another file as they are, without encoding them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dkva.base.files import write_atomically
from dkva.recordings.containers import choose_stream, start_of
from dkva.recordings.errors import RecordingError
from dkva.recordings.pictures import load_av

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

__all__ = ["Copies", "copied_suffix", "packets_of", "write_container"]

# FFmpeg's names of the containers that are written; each holds chapters.
_CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}

# Those that take what only some do: pictures that are attached to a file, and stay so; other attachments.
_TAKEN = {"attached picture": {"mp4"}, "attachment": {"matroska"}, "data": set[str]()}

# Those with times before 0, which players hide, such as the first of AAC sound.
_NEGATIVE = {"mp4", "mov"}

# The most frames that are decoded before one that is shown before them, in H.264 and H.265.
_REORDERED = 16

# What a muxer writes of its own.
_FORMAT_TAGS = {"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "vendor_id"}

_CONVERT = "convert it first, for instance to H.264 in .mp4"


def copied_suffix(path: str | Path) -> str:
    """The suffix, in small letters, of what is copied from a file: its own, or .mkv, which holds most."""
    suffix = Path(path).suffix.lower()
    return suffix if suffix in _CONTAINERS else ".mkv"


def write_container(target: Path, source: Path, fill: Callable[[OutputContainer], object]) -> None:
    """Write a video file, whole or not at all.

    Args:
        target: its suffix says the container: .mp4, .m4v, .mov, .mkv or .webm.
        source: what is told of if FFmpeg refuses.
        fill: adds streams to the file that it is given, and their packets.

    Raises:
        OSError: the file cannot be written; it is named.
        RecordingError: FFmpeg cannot write this into such a file.
        ValueError: another suffix, or the target is the source.
    """
    av = load_av(source)
    format_ = _CONTAINERS.get(target.suffix.lower())
    if format_ is None:
        raise ValueError(f"{target}: give a name that ends in one of {', '.join(_CONTAINERS)}")
    if target.exists() and source.exists() and target.samefile(source):
        raise ValueError(f"{target}: is the recording itself: give another name")
    sink = _Sink()

    def write(file: IO[bytes]) -> None:
        sink.file = file
        with av.open(sink, "w", format=format_) as container:
            fill(container)
        if sink.error is not None:
            raise sink.error

    try:
        write_atomically(target, write)
    except av.error.FFmpegError as error:
        if sink.error is not None:
            raise _named(sink.error, target) from error
        what = f"cannot be written as {target.suffix}: {error.strerror}"
        raise RecordingError(source, what, _CONVERT) from error
    except OSError as error:
        raise _named(error, target) from error


def _named(error: OSError, target: Path) -> OSError:
    return OSError(error.errno, error.strerror, str(target))


class _Sink:
    """What FFmpeg writes to. It closes a file by itself, and may go on after one is full."""

    file: IO[bytes]
    error: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._kept(lambda: self.file.write(data))

    def seek(self, offset: int, whence: int) -> int:
        return self._kept(lambda: self.file.seek(offset, whence))

    def tell(self) -> int:
        return self.file.tell()

    def _kept(self, call: Callable[[], int]) -> int:
        try:
            return call()
        except OSError as error:
            self.error = error
            raise


class Copies:
    """The streams of a file that another one holds as well: pictures, sound, subtitles, attachments.

    What is said of the file and its streams is kept, rotation too. Times are those that players count: the
    recording begins at 0. Matroska (.mkv, .webm) rounds them to milliseconds, and has no sound before 0, as
    other containers do, whose players hide it.

    Args:
        path: the file.
        source: it, opened.
        target: opened to be written.
        covers: copy pictures that are attached to the file.

    Attributes:
        pictures: the stream of pictures that players show, of the source.
        start: the time in the source's clock, in seconds, that players call 0.
        notes: what cannot be copied.

    Raises:
        RecordingError: its pictures cannot be copied.
    """

    def __init__(self, path: Path, source: InputContainer, target: OutputContainer, *, covers: bool = True):
        self.pictures: VideoStream = choose_stream(path, source)
        if source.format.name == "avi" and self.pictures.codec_context.has_b_frames:
            raise RecordingError(path, "is an AVI whose frames have no times of their own", _CONVERT)
        self.start = start_of(source, self.pictures)
        self.notes: list[str] = []
        self._path, self._target, self._covers = path, target, covers
        self._negative = target.format.name in _NEGATIVE
        self._streams: dict[int, Stream] = {}
        self._unstated: dict[int, tuple[int, int]] = {}
        target.metadata.update(_kept_tags(source.metadata))
        for stream in source.streams:
            self._add(stream)

    def write(self, packet: Packet, offset: float | Fraction = 0) -> None:
        """Copy a packet, `offset` seconds earlier than it is in the source; one of another stream is not."""
        stream = self._streams.get(packet.stream.index)
        if stream is None or packet.time_base is None:
            return
        shift = round((self.start + Fraction(offset)) / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = self._early(packet) if packet.dts is None else packet.dts - shift
        if not self._negative and packet.pts is not None and packet.pts < 0:
            if stream.type == "video":
                what = "begins with pictures that players hide, which Matroska does not know"
                raise RecordingError(self._path, what, _CONVERT)
            return  # all would be late otherwise
        packet.stream = stream
        self._target.mux_one(packet)

    def _early(self, packet: Packet) -> int | None:
        """When a packet is decoded that does not say so, as Matroska's first ones: before it is shown."""
        if packet.pts is None:
            return None
        first, count = self._unstated.get(packet.stream.index, (packet.pts, 0))
        self._unstated[packet.stream.index] = first, count + 1
        return first - _REORDERED + count if count < _REORDERED else None

    def _add(self, stream: Stream) -> None:
        from av.error import FFmpegError
        from av.stream import Discard, Disposition

        if stream.discard == Discard.all:  # titles of the file's own chapters, which FFmpeg has read
            return
        name = self._target.format.name
        attached = bool(stream.disposition & Disposition.attached_pic)
        kind = "attached picture" if attached else stream.type
        if attached and not self._covers:
            return
        if name not in _TAKEN.get(kind, (name,)):
            self.notes.append(f"{kind} is left out: {name} does not take it")
            return
        try:
            copy = self._target.add_stream_from_template(stream, opaque=True)
        except (ValueError, FFmpegError) as error:
            codec = stream.codec_context.name if stream.codec_context else "unknown"
            if stream == self.pictures:
                raise RecordingError(
                    self._path, f"holds {codec}, which {name} does not take", _CONVERT
                ) from error
            self.notes.append(f"{kind} ({codec}) is left out: {name} does not take it")
            return
        copy.metadata.update(_kept_tags(stream.metadata))
        copy.disposition = stream.disposition.value  # type: ignore[assignment]  # PyAV takes the number
        if stream.type != "attachment":
            self._streams[stream.index] = copy


def packets_of(
    source: InputContainer, *streams: Stream, damaged: Callable[[], object] = lambda: None
) -> Iterator[Packet]:
    """Packets in the order of the file, up to damage behind which nothing can be read.

    Args:
        source: the opened file.
        streams: whose packets; all if none is given.
        damaged: called if there is such damage.
    """
    from av.error import FFmpegError

    try:
        for packet in source.demux(*streams):
            if packet.size:
                yield packet
    except FFmpegError:
        damaged()


def _kept_tags(tags: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in tags.items() if name.lower() not in _FORMAT_TAGS}
