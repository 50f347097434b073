"""Kernel mean segments beside TW-FINCH; time and memory of ever longer videos, mapped from a file."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peak import peak_mb
from benchmarks._run import Row, random_walk, report_of, timed
from benchmarks.scaling import write_walk
from dkva.baselines import tw_finch
from dkva.kernel_means.segmenting import kernel_mean_segments

_FRAMES = (12_000, 100_000, 300_000, 1_000_000)
_GOAL_WARM, _GOAL_SECONDS, _GOAL_MB, _GOAL_POWER = 0.5, 20, 1000, 1.1

# The power is of these on: below them most time goes to the pieces, whose number is the same.
_LONG = 100_000


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    n, d, k, repeats = (200, 4, 3, 1) if smoke else (12_000, 64, 19, 7)
    features = random_walk(n, d)
    warm = timed(
        {"ours": partial(kernel_mean_segments, features, k), "tw_finch": partial(tw_finch, features, k)},
        repeats,
    )
    alone: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "video.npy"
        for frames in (n, 2 * n) if smoke else _FRAMES:
            write_walk(path, frames, d)
            report = report_of("benchmarks.kernel_means", str(path), str(k), smoke=smoke, begun=bool(alone))
            alone.append({"frames": frames, **report})
    long = [each for each in alone if smoke or each["frames"] >= _LONG]
    lengths, seconds = (np.log([float(each[key]) for each in long]) for key in ("frames", "seconds"))
    return {
        "frames": n,
        "features": d,
        "segments": k,
        "note": "The first two warm, in turns, in float64. Each longer video is the first that a fresh "
        "process cuts, float32 from a mapped file: wall seconds without imports, and peak resident memory of "
        "the whole process, the file's pages included.",
        "warm": warm,
        "tw_finch_over_ours": warm["tw_finch"]["median_s"] / warm["ours"]["median_s"],
        "alone": alone,
        "power": float(np.polyfit(lengths, seconds, 1)[0]),
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    n, d, k = figures["frames"], figures["features"], figures["segments"]
    seconds, ratio = figures["warm"]["ours"]["median_s"], figures["tw_finch_over_ours"]
    what = f"`KernelMeanSegmenter({k}).fit`, {n} frames of {d} features, warm"
    lines = [
        Row(what, f"{seconds:.2f} s", f"< {_GOAL_WARM} s", seconds < _GOAL_WARM),
        Row("`tw_finch` of the same in the same run / ours", f"{ratio:.1f}×"),
    ]
    for figure in figures["alone"]:
        seconds, peak = figure["seconds"], figure["peak_mb"]
        measured = f"{seconds:.2f} s, {peak:.0f} MB (after imports {figure['imports_mb']:.0f} MB)"
        goal: tuple[Any, ...] = ()
        if figure["frames"] == _FRAMES[-1]:
            met = seconds < _GOAL_SECONDS and peak < _GOAL_MB
            goal = (f"< {_GOAL_SECONDS} s, < {_GOAL_MB} MB", met)
        lines.append(Row(f"{figure['frames']} frames, mapped, a fresh process", measured, *goal))
    power = figures["power"]
    what = f"time grows as the number of frames to the power of (1: linear), from {_LONG} on"
    lines.append(Row(what, f"{power:.2f}", f"< {_GOAL_POWER}", power < _GOAL_POWER))
    return lines


def _measure(path: str, n_segments: str) -> None:
    video = np.load(path, mmap_mode="r")
    imports, start = peak_mb(), time.perf_counter()
    kernel_mean_segments(video, int(n_segments))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "imports_mb": imports, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
