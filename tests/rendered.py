"""Recordings that tests render, and frames that show their own number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["EXACT", "numbered", "render", "rendered_once", "shown_number", "times_of"]

#: A codec whose frames come back bit for bit (into .mkv or .avi).
EXACT = {"codec": "ffv1", "pix_fmt": "bgr0"}

_ROWS, _COLUMNS = 3, 4  # bits of a number, as light and dark fields
_DARK, _LIGHT = 40, 215


def numbered(n: int, height: int = 48, width: int = 64, *, first: int = 0) -> np.ndarray:
    """Frames [n, height, width, 3], each of which shows its number, from `first` on and below 4096.

    The number stands in 3 × 4 light and dark fields, which survive lossy codecs and other sizes.
    """
    bits = (first + np.arange(n))[:, None] >> np.arange(_ROWS * _COLUMNS) & 1
    fields = np.where(bits, _LIGHT, _DARK).astype(np.uint8).reshape(n, _ROWS, _COLUMNS)
    rows, columns = np.arange(height) * _ROWS // height, np.arange(width) * _COLUMNS // width
    return np.repeat(fields[:, rows][:, :, columns, None], 3, axis=3)


def shown_number(image: np.ndarray) -> int:
    """The number that a frame [h, w, 3] of `numbered` shows, upright, in whatever size."""
    height, width, _ = image.shape
    rows = ((np.arange(_ROWS) + 0.5) * height / _ROWS).astype(int)
    columns = ((np.arange(_COLUMNS) + 0.5) * width / _COLUMNS).astype(int)
    light = image.mean(axis=2)[np.ix_(rows, columns)].ravel() > (_DARK + _LIGHT) / 2
    return int(light @ (1 << np.arange(_ROWS * _COLUMNS)))


def render(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    rate: int | Fraction = 30,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    container_format: str | None = None,
    container_options: dict[str, str] | None = None,
    sound: bool = False,
    pictures: int = 1,
) -> Path:
    """Write frames [h, w, 3] (RGB) or [h, w, 4] (with alpha) as a recording, and give its path.

    Args:
        path: its suffix says the container, unless `container_format` does.
        frames: an array [n, h, w, c] or anything that yields arrays; even sides if `pix_fmt` halves colours.
        rate: frames a second.
        codec: name of an FFmpeg encoder.
        pix_fmt: how pixels are kept.
        pts: when each frame is shown, in units of `time_base`; at even distances if left out.
        time_base: unit of `pts` in seconds; 1/rate if left out.
        rotation: degrees, counterclockwise, that players turn the picture by (mp4, mov).
        options: the encoder's options: {"g": "12", "bf": "2", "crf": "18"} …
        container_format: FFmpeg's name of the container.
        container_options: the container's options: {"movflags": "faststart"} …
        sound: add a second of silence, as a stream of its own.
        pictures: number of streams of pictures; all show the same.
    """
    import av

    unit = time_base or 1 / Fraction(rate)
    with av.open(str(path), "w", format=container_format, options=container_options or {}) as container:
        streams = [container.add_stream(codec, rate=rate, options=options or {}) for _ in range(pictures)]
        voice = container.add_stream("pcm_s16le" if path.suffix != ".mp4" else "aac", 8000) if sound else None
        for index, image in enumerate(frames):
            if not index:
                for stream in streams:
                    stream.height, stream.width = image.shape[:2]
                    stream.pix_fmt = pix_fmt
                    stream.codec_context.time_base = unit
                    if rotation:
                        stream.set_display_rotation(rotation)
            pixels = np.ascontiguousarray(image)
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(pixels, format="rgba" if image.shape[2] == 4 else "rgb24")
                frame.pts, frame.time_base = (index if pts is None else pts[index]), unit
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
        if voice is not None:
            _silence(container, voice)
    return path


def times_of(path: Path) -> np.ndarray:
    """When each frame of a recording is shown, and the end of the last one [n + 1]."""
    from dkva.recordings.decoding import open_recording

    opened = open_recording(path)
    list(opened.samples(5, size=(2, 2)))
    times = opened.grid().times
    assert times is not None
    return times


def rendered_once(
    folder: Path, n: int, kinds: Mapping[str, Mapping[str, Any]]
) -> Callable[[str], tuple[Path, np.ndarray]]:
    """What gives the path of a recording of n numbered frames, and its times, by its name among `kinds`.

    Each is rendered when it is first asked for, as `kinds` say.
    """
    known: dict[str, tuple[Path, np.ndarray]] = {}

    def recording(name: str) -> tuple[Path, np.ndarray]:
        if name not in known:
            path = render(folder / name, numbered(n), **kinds[name])
            known[name] = path, times_of(path)
        return known[name]

    return recording


def _silence(container, stream):
    import av

    silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
    silence.sample_rate, silence.pts, silence.time_base = 8000, 0, Fraction(1, 8000)
    resampler = av.AudioResampler(stream.format.name, stream.layout.name, stream.rate)
    for frame in resampler.resample(silence):
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
