"""The sound of a part of a recording, cut at the sample and encoded anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float32

from dkva.recordings.containers import open_container
from dkva.recordings.copying import packets_of

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

__all__ = ["Piece", "Sound", "SoundEncoder"]

# Samples a second that encoders of AAC take; of others there are made as many as the last says.
_RATES = (96000, 88200, 64000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350, 48000)

# Holes shorter than this many seconds are a clock's noise, and closed (our choice).
_SLACK = 0.02


class Piece(NamedTuple):
    """Samples on end, [channels, n], and when the first is heard, in seconds as players count."""

    time: float
    samples: Float32[np.ndarray, "channels n"]


class Sound:
    """A file's sound, read once from its beginning to its end.

    Args:
        path: the file.
        start: the time in its clock, in seconds, that players call 0.

    Attributes:
        rate: samples a second; 0 if there is no sound.
        layout: FFmpeg's name of its channels, mono or stereo.
    """

    def __init__(self, path: Path, start: Fraction):
        from av.audio.stream import AudioStream

        self._container = open_container(path)
        self._start = start
        self.rate, self.layout = 0, "mono"
        self._pieces: Iterator[Piece] = iter(())
        stream = self._container.streams.best("audio")
        if not isinstance(stream, AudioStream) or stream.codec_context is None or not stream.sample_rate:
            return
        own = stream.sample_rate
        self.rate = own if own in _RATES else _RATES[-1]
        self.layout = "mono" if stream.channels == 1 else "stereo"
        self._pieces = self._read(stream)
        self._rest: Piece | None = None

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def until(self, time: float) -> Iterator[Piece]:
        """All that comes up to a time and was not given yet."""
        while True:
            piece = self._rest or next(self._pieces, None)
            self._rest = None
            if piece is None:
                return
            count = max(0, round((time - piece.time) * self.rate))
            if count < piece.samples.shape[1]:
                self._rest = Piece(piece.time + count / self.rate, piece.samples[:, count:])
                if count:
                    yield Piece(piece.time, piece.samples[:, :count])
                return
            yield piece

    def _read(self, stream: AudioStream) -> Iterator[Piece]:
        end = 0.0
        for frame in self._resampled(stream):
            samples = frame.to_ndarray().astype(np.float32, copy=False)
            if frame.pts is not None and frame.time_base is not None:
                end = float(frame.pts * frame.time_base - self._start)
            yield Piece(end, samples)
            end += samples.shape[1] / self.rate

    def _resampled(self, stream: AudioStream) -> Iterator[AudioFrame]:
        """All frames, in the encoder's form; what they were in may change in between."""
        from av.audio.resampler import AudioResampler

        resampler, kind = None, None
        for frame in self._decoded(stream):
            own = frame.format.name, frame.layout.name, frame.sample_rate
            if resampler is None or own != kind:
                if resampler is not None:
                    yield from resampler.resample(None)
                resampler, kind = AudioResampler("fltp", self.layout, self.rate), own
            yield from resampler.resample(frame)
        if resampler is not None:
            yield from resampler.resample(None)

    def _decoded(self, stream: AudioStream) -> Iterator[AudioFrame]:
        from av.error import FFmpegError

        for packet in packets_of(self._container, stream):
            with suppress(FFmpegError):  # what is damaged becomes silence
                yield from stream.decode(packet)
        with suppress(FFmpegError):
            yield from stream.decode(None)


class SoundEncoder:
    """A stream of AAC in a clip, if the recording has sound; holes in it become silence.

    Args:
        container: the clip.
        sound: of the recording; what comes before the clip is passed over.
        begin: when the clip begins, in seconds as players count.
        end: when it ends.
    """

    def __init__(self, container: OutputContainer, sound: Sound, begin: float, end: float):
        self._container, self._sound, self._begin, self._end = container, sound, begin, end
        self._written = 0
        if sound.rate:
            self._stream = container.add_stream("aac", rate=sound.rate)
            self._stream.codec_context.layout = sound.layout
            for _ in sound.until(begin):
                pass

    def advance(self, time: float) -> None:
        """Write what is heard up to a time, in seconds as players count, or up to the clip's end."""
        if self._sound.rate:
            for piece in self._sound.until(min(time, self._end)):
                self._add(piece)

    def finish(self) -> None:
        """Write the rest."""
        self.advance(self._end)
        if self._sound.rate:
            self._container.mux(self._stream.encode(None))

    def _add(self, piece: Piece) -> None:
        place = round((piece.time - self._begin) * self._sound.rate)
        hole = place - self._written
        samples = piece.samples
        if hole > 0 and (not self._written or hole > _SLACK * self._sound.rate):
            self._encode(np.zeros((len(samples), hole), np.float32))
        elif hole < -_SLACK * self._sound.rate:
            samples = samples[:, -hole:]
        if samples.shape[1]:
            self._encode(samples)

    def _encode(self, samples: Float32[np.ndarray, "channels n"]) -> None:
        from av import AudioFrame

        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", self._sound.layout)
        frame.sample_rate, frame.time_base = self._sound.rate, Fraction(1, self._sound.rate)
        frame.pts = self._written
        self._written += samples.shape[1]
        self._container.mux(self._stream.encode(frame))
