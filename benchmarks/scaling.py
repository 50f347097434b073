"""Time and memory of one ever longer video, beside TW-FINCH; each in a fresh process, compiled apart."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peak import peak_mb
from benchmarks._run import FULL, SMOKE, Row, report_of

_GOAL_MB, _GOAL_FRAMES = 2000, 1_000_000
_FRAMES = (12_000, 30_000, 100_000, 300_000, 1_000_000)

# TW-FINCH's time grows with the square of the length: beyond this it would take a quarter of an hour.
_FINCH_FRAMES = 300_000

# An option of the method, off in every table.
_TOLERANCE = 0.01
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
    lengths = (size.frames, 2 * size.frames) if smoke else _FRAMES
    measured: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "video.npy"
        for n in lengths:
            write_walk(path, n, size.features)
            for program, most in (("dkva", n), ("dkva, early stopping", n), ("TW-FINCH", _FINCH_FRAMES)):
                if n > most:
                    continue
                arguments = [program, str(path), str(size.segments), str(size.epochs)]
                report = report_of("benchmarks.scaling", *arguments, smoke=smoke, begun=bool(measured))
                measured.append({"frames": n, "program": program, **report})
    return {
        "features": size.features,
        "segments": size.segments,
        "epochs": size.epochs,
        "note": "Wall seconds of all but compilation; float32 from a mapped file; all cores for each. "
        "Peak resident memory of the whole process, the file's pages included.",
        "tolerance": _TOLERANCE,
        "lengths": measured,
        "exponents": {
            program: _exponent([each for each in measured if each["program"] == program])
            for program in dict.fromkeys(each["program"] for each in measured)
        },
    }


def _exponent(measured: list[dict[str, Any]]) -> float:
    """The power of the length that time grows as, by least squares."""
    frames, seconds = (np.log([float(each[key]) for each in measured]) for key in ("frames", "seconds"))
    return float(np.polyfit(frames, seconds, 1)[0])


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for each in figures["lengths"]:
        goal = each["frames"] == _GOAL_FRAMES and each["program"] == "dkva"
        peak, seconds = each["peak_mb"], each["seconds"]
        lines.append(
            Row(
                f"{each['program']}: {each['frames']} frames of {figures['features']} features",
                f"{seconds:.2f} s, {each['frames'] / seconds:.0f} frames/s, {peak:.0f} MB",
                f"< {_GOAL_MB} MB" if goal else "",
                peak < _GOAL_MB if goal else None,
            )
        )
    for program, exponent in figures["exponents"].items():
        what = f"{program}: time grows as the number of frames to the power of (1: linear)"
        lines.append(Row(what, f"{exponent:.2f}"))
    return lines


def _measure(program: str, path: str, n_segments: str, epochs: str) -> None:
    video = np.load(path, mmap_mode="r")
    m = int(n_segments)
    if program == "TW-FINCH":
        from dkva.baselines import tw_finch

        start = time.perf_counter()
        tw_finch(video, m)
    else:
        from dkva import VideoSegmenter

        tolerance = 0.0 if program == "dkva" else _TOLERANCE
        # The same programs, as epochs are data: what is timed compiles nothing.
        VideoSegmenter(m, epochs=0, tolerance=tolerance).fit(video)
        start = time.perf_counter()
        VideoSegmenter(m, epochs=int(epochs), tolerance=tolerance).fit(video)
    print(json.dumps({"seconds": time.perf_counter() - start, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
