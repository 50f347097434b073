"""Whole data sets on one device: our method in groups of videos, TW-FINCH beside it on the processor's cores.

Run: `python -m benchmarks.gpu` on the machine with the GPU (`pip install ".[cuda]"`); `--scale 0.01` for a
hundredth of the videos, `--smoke` for tiny ones, `--out FILE` for the figures as JSON. Frames are random
walks with the counts, lengths and features of the paper's Table 1. Labels of some videos are made again on
the CPU and compared. Steps of the methods that learn to embed frames come last.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import alignment_steps
from benchmarks._run import SMOKE, Row, provenance
from dkva.approximation.batched import fit_many
from dkva.baselines import tw_finch

_GOAL_SECONDS = 60
_COMPARED = 8


class DataSet(NamedTuple):
    """Counts and sizes of the paper's Table 1, and its smoothing."""

    name: str
    videos: int
    frames: int
    features: int
    segments: int
    smoothing: float


_SALADS = DataSet("50 Salads", 50, 11788, 64, 19, 2.5)
_ALL = (
    _SALADS,
    DataSet("MPII Cooking 2", 273, 10555, 64, 17, 2.5),
    DataSet("Breakfast", 1712, 2099, 64, 6, 2.5),
    DataSet("Hollywood Extended", 937, 835, 64, 3, 1.0),
    DataSet("Desktop Assembly", 76, 779, 512, 23, 1.0),
    DataSet("YTI", 150, 520, 3000, 9, 1.0),
)

#: Of a smoke run: one size, so that it compiles one program.
_TINY: dict[str, Any] = {"frames": SMOKE.frames, "features": SMOKE.features, "segments": SMOKE.segments}

#: What is run: (a) and (b).
RUNS = {"50 Salads": (_SALADS,), "Table 4": _ALL}


class Video(NamedTuple):
    """One video to be made."""

    name: str
    frames: int
    features: int
    segments: int
    seed: int


def listed(dataset: DataSet, scale: float) -> list[Video]:
    """Videos whose lengths spread by half around the mean."""
    count = max(1, round(scale * dataset.videos))
    rng = np.random.default_rng(0)
    lengths = np.maximum(dataset.segments, dataset.frames * rng.uniform(0.5, 1.5, count)).astype(int)
    return [
        Video(f"{dataset.name} {i}", int(n), dataset.features, dataset.segments, i)
        for i, n in enumerate(lengths)
    ]


def made(video: Video) -> np.ndarray:
    """Its frames [n, d] in float32."""
    walk = np.random.default_rng(video.seed).standard_normal((video.frames, video.features), np.float32)
    return walk.cumsum(axis=0, dtype=np.float32)


def ours(
    datasets: tuple[DataSet, ...], scale: float, epochs: int, threads: int, group_size: int | None
) -> tuple[float, dict[str, np.ndarray]]:
    """Seconds of all, the making of the frames in the threads included, and labels of every video."""
    labels: dict[str, np.ndarray] = {}
    start = time.perf_counter()
    for dataset in datasets:
        videos = listed(dataset, scale)
        given = ((video.name, partial(made, video), video.segments) for video in videos)
        for index, fitted in fit_many(
            given, smoothing=dataset.smoothing, epochs=epochs, threads=threads, group_size=group_size
        ):
            labels[videos[index].name] = fitted.labels_
    return time.perf_counter() - start, labels


def _finch(video: Video) -> float:
    frames = made(video)
    start = time.perf_counter()
    with threadpool_limits(1):
        tw_finch(frames, video.segments)
    return time.perf_counter() - start


def theirs(datasets: tuple[DataSet, ...], scale: float, workers: int) -> tuple[float, float]:
    """Wall seconds of TW-FINCH over processes, and its seconds of work."""
    videos = [video for dataset in datasets for video in listed(dataset, scale)]
    start = time.perf_counter()
    if workers == 1:
        work = [_finch(video) for video in videos]
    else:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            work = list(pool.map(_finch, videos, chunksize=4))
    return time.perf_counter() - start, sum(work)


def _agreement(
    datasets: tuple[DataSet, ...], scale: float, epochs: int, labels: dict[str, np.ndarray]
) -> dict[str, float]:
    """Share of the frames of some videos whose labels are those of the CPU."""
    shares = {}
    with jax.default_device(jax.devices("cpu")[0]):
        for dataset in datasets:
            videos = listed(dataset, scale)
            some = videos[:: max(1, len(videos) // _COMPARED)][:_COMPARED]
            for video in some:
                (_, fitted), *_ = fit_many(
                    [(video.name, made(video), video.segments)],
                    group_size=1,
                    smoothing=dataset.smoothing,
                    epochs=epochs,
                )
                shares[video.name] = float(np.mean(fitted.labels_ == labels[video.name]))
    return shares


def run(
    scale: float = 1.0, epochs: int = 100, group_size: int | None = None, smoke: bool = False
) -> dict[str, Any]:
    """Measure (a) and (b), or the same of tiny videos, whose figures mean nothing."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    figures: dict[str, Any] = {"scale": scale, "epochs": epochs, "threads": cores, "smoke": smoke, "runs": {}}
    for name, datasets in RUNS.items():
        if smoke:
            datasets = tuple(dataset._replace(**_TINY) for dataset in datasets)
        with threadpool_limits(1):  # the threads that prepare videos are enough
            seconds, labels = ours(datasets, scale, epochs, cores, group_size)
        wall, work = theirs(datasets, scale, cores)
        shares = _agreement(datasets, scale, epochs, labels)
        frames = sum(len(each) for each in labels.values())
        stats = jax.devices()[0].memory_stats() or {}
        figures["runs"][name] = {
            "videos": len(labels),
            "frames": frames,
            "seconds": seconds,
            "videos_per_second": len(labels) / seconds,
            "frames_per_second": frames / seconds,
            "device_peak_mb": stats.get("peak_bytes_in_use", 0) / 1e6 or None,
            "host_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            "tw_finch_seconds": wall,
            "tw_finch_core_seconds": work,
            "compared_with_cpu": len(shares),
            "frames_equal_to_cpu": float(np.mean(list(shares.values()))),
            "videos_equal_to_cpu": sum(share == 1 for share in shares.values()),
        }
    return figures | {"alignment": alignment_steps.run(smoke=smoke)}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for name, each in figures["runs"].items():
        goal = name == "Table 4" and figures["scale"] == 1 and not figures.get("smoke")
        seconds = each["seconds"]
        what = f"{name}: {each['videos']} videos, {each['frames']} frames, compilation included"
        rate = f"{each['videos_per_second']:.1f} videos/s, {each['frames_per_second']:.0f} frames/s"
        met = seconds < _GOAL_SECONDS if goal else None
        lines.append(Row(what, f"{seconds:.1f} s, {rate}", f"< {_GOAL_SECONDS} s" if goal else "", met))
        lines.append(
            Row(f"{name}: TW-FINCH on {figures['threads']} cores", f"{each['tw_finch_seconds']:.1f} s")
        )
        device = each["device_peak_mb"]
        shown = "not told" if device is None else f"{device:.0f} MB"
        lines.append(Row(f"{name}: peak memory, device; host", f"{shown}; {each['host_peak_mb']:.0f} MB"))
        equal = f"{each['videos_equal_to_cpu']} of {each['compared_with_cpu']} videos"
        share = f"{100 * each['frames_equal_to_cpu']:.7g} % of their frames"
        lines.append(Row(f"{name}: labels equal to the CPU's", f"{equal}, {share}"))
    if "alignment" in figures:
        lines += alignment_steps.rows(figures["alignment"])
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    cli = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cli.add_argument("--scale", type=float, default=1.0, help="share of the videos (default 1)")
    cli.add_argument("--epochs", type=int, default=100, help="passes over each video (default 100)")
    cli.add_argument("--group-size", type=int, help="videos a group (default: by device and memory)")
    cli.add_argument("--out", type=Path, help="file for the figures as JSON")
    cli.add_argument("--smoke", action="store_true", help="tiny videos, as many")
    options = cli.parse_args(arguments)
    figures = run(options.scale, options.epochs, options.group_size, options.smoke)
    facts = provenance()
    print(f"{', '.join(facts['device'])}; {facts['processor']}, {facts['cores']} cores")
    for row in rows(figures):
        print(f"{row.what}: {row.measured}")
    if options.out:
        command = " ".join(["python -m benchmarks.gpu", *(arguments or sys.argv[1:])])
        record = {"benchmark": "gpu", "command": command, **facts, "figures": figures}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(record, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    from benchmarks.gpu import main as run_main  # by its own name, so that processes find its functions

    raise SystemExit(run_main())
