"""Peak memory of fitting one long video from a memory-mapped file, each length in a fresh process."""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._peak import peak_mb
from benchmarks._run import FULL, SMOKE, Row, random_walk, report_of

_GOAL_MB, _GOAL_FRAMES = 1500, 100_000

_FRAMES = (10_000, 30_000, 100_000, 200_000)


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    size = SMOKE if smoke else FULL
    lengths = (size.frames, 2 * size.frames) if smoke else _FRAMES
    peaks: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "video.npy"
        for n in lengths:
            np.save(path, random_walk(n, size.features))
            arguments = [str(path), str(size.segments)]
            report = report_of("benchmarks.memory", *arguments, smoke=smoke, begun=bool(peaks))
            peaks.append({"frames": n, **report})
    growth = [
        {
            "from_frames": a["frames"],
            "to_frames": b["frames"],
            "kb_per_frame": 1e3 * (b["peak_mb"] - a["peak_mb"]) / (b["frames"] - a["frames"]),
        }
        for a, b in pairwise(peaks)
    ]
    return {
        "features": size.features,
        "segments": size.segments,
        "dtype": "float64",
        "epochs": 1,
        "note": "Peak resident memory of the whole process, nothing subtracted: interpreter, libraries and "
        "the pages of the mapped file count. One epoch, since memory does not depend on their number. "
        "Short videos' peak is mostly compilation's. Lengths are padded to 32768 rows and then to 262144, "
        "which is a step; on either side of it growth is linear.",
        "peaks": peaks,
        "growth": growth,
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for peak in figures["peaks"]:
        goal = peak["frames"] == _GOAL_FRAMES
        lines.append(
            Row(
                f"peak memory of fitting {peak['frames']} frames of {figures['features']} features",
                f"{peak['peak_mb']:.0f} MB (after imports {peak['imports_mb']:.0f} MB)",
                f"< {_GOAL_MB} MB" if goal else "",
                peak["peak_mb"] < _GOAL_MB if goal else None,
            )
        )
    lines += [
        Row(
            f"growth from {step['from_frames']} to {step['to_frames']} frames",
            f"{step['kb_per_frame']:.1f} kB a frame",
        )
        for step in figures["growth"]
    ]
    return lines


def _fit(path: str, n_segments: str) -> None:
    from dkva import VideoSegmenter

    imports = peak_mb()
    VideoSegmenter(int(n_segments), epochs=1).fit(np.load(path, mmap_mode="r"))
    print(json.dumps({"imports_mb": imports, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _fit(*sys.argv[1:])
