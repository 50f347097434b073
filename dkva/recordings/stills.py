"""Single frames of a recording as JPEGs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from dkva.recordings.containers import choose_stream, open_container
from dkva.recordings.errors import RecordingError
from dkva.recordings.images import OpenedImages
from dkva.recordings.pictures import load_av, scaled, to_rgb, turn_of
from dkva.recordings.seeking import found_frames

__all__ = ["stills"]


def stills(
    path: str | Path,
    frames: Sequence[int],
    times: Float64[np.ndarray, " n_times"] | None,
    *,
    longest: int = 320,
    quality: int = 4,
) -> dict[int, bytes]:
    """JPEGs of some of a recording's own frames, upright, in the order of their numbers.

    Frames of a video file are searched for by their times from the key frame before them on, and are the very
    frames that a pass over the whole gives; see `dkva.recordings.seeking.found_frames`. Pixels that are not
    square are stretched to the shape that players show.

    Args:
        path: a file of video, or a folder of images.
        frames: their numbers; one that is repeated is decoded once.
        times: [F + 1], as `Recording.times` has them; None if nobody knows, as for images without a rate.
        longest: the most that the longer side has, in pixels (our choice).
        quality: FFmpeg's scale of JPEGs, from 2, the best, to 31, the smallest (our choice).

    Returns:
        A JPEG by the frame's number; frames that are not there, or cannot be decoded, are left out.

    Raises:
        RecordingError: the recording cannot be opened.
        ValueError: `longest` is below 1, or `quality` not in its scale.
    """
    if longest < 1:
        raise ValueError(f"longest is {longest}: give pixels, at least 1")
    if not 2 <= quality <= 31:
        raise ValueError(f"quality is {quality}: give 2, the best, to 31, the smallest")
    path = Path(path)
    images = _of_images(path, frames, longest) if path.is_dir() else _of_video(path, frames, times, longest)
    return {number: _jpeg(image, quality) for number, image in images}


def _of_images(
    path: Path, frames: Sequence[int], longest: int
) -> Iterator[tuple[int, UInt8[np.ndarray, "h w 3"]]]:
    opened = OpenedImages(path)
    for number in sorted(set(frames)):
        if 0 <= number < (opened.n_frames or 0):
            with suppress(RecordingError):
                yield number, next(opened.samples(None, size=longest, skip=number)).image


def _of_video(
    path: Path, frames: Sequence[int], times: Float64[np.ndarray, " n_times"] | None, longest: int
) -> Iterator[tuple[int, UInt8[np.ndarray, "h w 3"]]]:
    load_av(path)
    from av.video.reformatter import VideoReformatter

    with closing(open_container(path)) as container:
        pixel = choose_stream(path, container).sample_aspect_ratio or Fraction(1)
    scaler = VideoReformatter()
    for number, frame in found_frames(path, frames, times):
        turn = turn_of(frame)
        height, width = frame.height, round(frame.width * pixel)
        if turn.exchanged:
            height, width = width, height
        yield number, to_rgb(frame, scaled(longest, height, width), turn, scaler)


def _jpeg(image: UInt8[np.ndarray, "h w 3"], quality: int) -> bytes:
    """An image in baseline JPEG, colours at half their resolution."""
    import av

    codec = av.CodecContext.create("mjpeg", "w")
    codec.height, codec.width = image.shape[:2]
    codec.pix_fmt, codec.time_base = "yuvj420p", Fraction(1, 1)
    codec.options = {"qmin": str(quality), "qmax": str(quality)}
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuvj420p")
    frame.pts = 0
    return b"".join(bytes(packet) for each in (frame, None) for packet in codec.encode(each))
