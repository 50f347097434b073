"""Recordings with known actions: frames in, video files out.

Run: `python synthetic/recordings.py --out DIR` (seconds; `--help` lists the settings).

DIR gets, for each drawn scene (`synthetic.drawn_scenes`), an MP4 file (H.264) and a text file of its name
with the true action of each frame, a line each, as `dkva segment --labels DIR` reads them. Needs PyAV.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.drawn_scenes import Settings, drawn

__all__ = ["HOUR", "enlarged", "hour", "write_recording"]

#: Scene of `hour`: a picture of the size that phones and cameras offer as their smallest.
HOUR = Settings(actions=6, visits=2, shortest=4.0, longest=15.0, height=360, width=640, noise=3.0)

_HOUR_BITS = 1_000_000  # a second
_BLOCK_SECONDS = 120

#: Side of a block of pixels that H.264 transforms; enlarged by it, a small frame's pixels stay apart.
_ENLARGED = 8


def enlarged(frames: Iterable[np.ndarray], factor: int = _ENLARGED) -> Iterator[np.ndarray]:
    """Frames [h, w, 3] with each pixel as a square of `factor` × `factor` pixels.

    A codec halves colours and rounds off small details. Eightfold, a frame of Moving5 comes back from
    `write_recording` at its own size with an error of a few grey levels.
    """
    for frame in frames:
        yield frame.repeat(factor, axis=0).repeat(factor, axis=1)


def write_recording(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    rate: int | Fraction,
    crf: int = 18,
    bits: int | None = None,
    preset: str = "veryfast",
    times: int = 1,
) -> int:
    """Write frames as a recording in H.264, one after the other.

    Args:
        path: its suffix says the container: .mp4, .mkv …
        frames: RGB [h, w, 3], uint8. The codec halves colours: odd sides lose their last row or column.
        rate: frames a second.
        crf: quality of H.264; 18 is hardly to be told from the frames, 23 is usual.
        bits: a second, on average, instead of a quality.
        preset: of x264; a slower one makes smaller files.
        times: how often all frames are written, encoded once.

    Returns:
        The number of frames that were written.

    Raises:
        ImportError: PyAV is not installed.
        ValueError: no frames.
    """
    try:
        import av
    except ImportError as error:
        raise ImportError(f"{error}: install it with pip install av") from error
    images = iter(frames)
    first = next(images, None)
    if first is None:
        raise ValueError(f"{path}: no frames to write")
    height, width = (side - side % 2 for side in first.shape[:2])
    quality = {"crf": str(crf)} if bits is None else {}
    unit = 1 / Fraction(rate)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": preset, **quality})
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        stream.codec_context.time_base = unit
        if bits is not None:
            stream.bit_rate = bits
        kept: list[av.Packet] = []
        n_frames = 0
        for image in itertools.chain([first], images):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image[:height, :width]), format="rgb24")
            frame.pts, frame.time_base = n_frames, unit
            n_frames += 1
            packets = stream.encode(frame)
            if times > 1:
                kept += packets
            container.mux(packets)
        packets = stream.encode(None)
        kept += packets
        container.mux(packets)
        for turn in range(1, times):
            for packet in kept:
                again = av.Packet(bytes(packet))
                again.stream, again.time_base = stream, packet.time_base
                again.is_keyframe = packet.is_keyframe
                after = round(turn * n_frames * unit / packet.time_base)
                again.pts, again.dts = (
                    (packet.pts or 0) + after,
                    (packet.dts or 0) + after,
                )
                container.mux(again)
    return times * n_frames


def hour(path: Path, seconds: float = 3600, settings: Settings = HOUR) -> np.ndarray:
    """Write a long recording, by default an hour of 640 × 360 at 30 frames and about 1 Mbit a second.

    Up to two minutes are drawn and encoded; these repeat, so that an hour is written in half a minute and is
    read like any other.

    Returns:
        The action of each frame [n].
    """
    times = max(1, round(seconds / _BLOCK_SECONDS))
    scene = drawn(settings, seconds=seconds / times)
    write_recording(path, scene.frames(), rate=settings.rate, bits=_HOUR_BITS, times=times)
    return np.tile(scene.labels, times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make drawn recordings and say what was written; 2 if that fails."""
    usual = Settings()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--recordings", type=int, default=3, help="how many; each has the next seed")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--actions", type=int, default=usual.actions, help="1 to 6")
    parser.add_argument("--visits", type=int, default=usual.visits, help="how often each action is done")
    parser.add_argument("--shortest", type=float, default=usual.shortest, help="seconds of an action")
    parser.add_argument("--longest", type=float, default=usual.longest, help="seconds of an action")
    parser.add_argument("--rate", type=int, default=usual.rate, help="frames a second")
    parser.add_argument("--height", type=int, default=usual.height, help="pixels")
    parser.add_argument("--width", type=int, default=usual.width, help="pixels")
    parser.add_argument("--noise", type=float, default=usual.noise, help="of the camera, in grey levels")
    parser.add_argument("--drift", type=float, default=usual.drift, help="of the light, in grey levels")
    options = vars(parser.parse_args(arguments))
    folder, n_recordings = options.pop("out"), options.pop("recordings")
    try:
        settings = Settings(**options)
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(n_recordings):
            scene = drawn(replace(settings, seed=settings.seed + index))
            path = folder / f"scene{index + 1:02d}.mp4"
            n_frames = write_recording(path, scene.frames(), rate=settings.rate)
            lines = [f"action{label + 1}\n" for label in scene.labels.tolist()]
            path.with_suffix(".txt").write_text("".join(lines))
            print(f"{path.name}: {n_frames} frames, {n_frames / settings.rate:.1f} s")
    except (ValueError, OSError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"written to {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
