"""Time and memory of one ever longer video, memory-mapped; each length in a fresh process, compiled apart."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peak import peak_mb
from benchmarks._run import FULL, SMOKE, Row, fresh_process

_GOAL_MB, _GOAL_FRAMES = 2000, 1_000_000
_FRAMES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_BLOCK = 50_000


def write_walk(path: Path, n: int, d: int) -> None:
    """A random walk of n frames in float32, written a block at a time."""
    rng, last = np.random.default_rng(0), np.zeros(d)
    out = np.lib.format.open_memmap(path, "w+", np.float32, (n, d))
    for start in range(0, n, _BLOCK):
        walk = rng.standard_normal((min(_BLOCK, n - start), d)).cumsum(axis=0) + last
        out[start : start + len(walk)], last = walk, walk[-1]
    out.flush()


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    size = SMOKE if smoke else FULL
    lengths = (size.frames, 2 * size.frames, 4 * size.frames) if smoke else _FRAMES
    measured = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "video.npy"
        for n in lengths:
            write_walk(path, n, size.features)
            arguments = [str(path), str(size.segments), str(size.epochs)]
            report = fresh_process("-m", "benchmarks.scaling", *arguments)
            measured.append({"frames": n, **json.loads(report)})
    frames, seconds = ([float(each[key]) for each in measured] for key in ("frames", "seconds"))
    slope = float(np.polyfit(np.log(frames), np.log(seconds), 1)[0])
    return {
        "features": size.features,
        "segments": size.segments,
        "epochs": size.epochs,
        "note": "Wall seconds of VideoSegmenter.fit, everything but compilation; float32 from a mapped file. "
        "Peak resident memory of the whole process, the file's pages included.",
        "lengths": measured,
        "exponent": slope,
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for each in figures["lengths"]:
        goal = each["frames"] == _GOAL_FRAMES
        peak, seconds = each["peak_mb"], each["seconds"]
        rate = each["frames"] / seconds
        lines.append(
            Row(
                f"`VideoSegmenter({figures['segments']}).fit`, {each['frames']} frames of "
                f"{figures['features']} features, {figures['epochs']} epochs",
                f"{seconds:.2f} s, {rate:.0f} frames/s, {peak:.0f} MB",
                f"< {_GOAL_MB} MB" if goal else "",
                peak < _GOAL_MB if goal else None,
            )
        )
    if not math.isnan(figures["exponent"]):
        what = "time grows as the number of frames to the power of (1: linear)"
        lines.append(Row(what, f"{figures['exponent']:.2f}"))
    return lines


def _fit(path: str, n_segments: str, epochs: str) -> None:
    from dkva import VideoSegmenter

    video = np.load(path, mmap_mode="r")
    VideoSegmenter(int(n_segments), epochs=0).fit(video)  # the same programs: epochs are data
    start = time.perf_counter()
    VideoSegmenter(int(n_segments), epochs=int(epochs)).fit(video)
    print(json.dumps({"seconds": time.perf_counter() - start, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _fit(*sys.argv[1:])
