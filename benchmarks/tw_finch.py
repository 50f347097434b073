"""TW-FINCH beside the same with all the distances in a matrix; peak memory and time of long videos."""

from __future__ import annotations

import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks._run import Row, fresh_process, random_walk, timed
from dkva.baselines import tw_finch_partitions

_GOAL_RATIO, _GOAL_MB = 5, 500

# Frames that change slowly, as a video's do, and frames that have nothing to do with each other.
_VIDEOS = {
    "a random walk": random_walk,
    "independent frames": lambda n, d: np.random.default_rng(0).standard_normal((n, d)),
}

# Many small products and one large one gain differently from threads, and lose to what else is running.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_ALONE = """
import json, sys, time
import numpy as np
from benchmarks._peak import peak_mb
from dkva.baselines import tw_finch

features = np.load(sys.argv[1], mmap_mode="r")
imports, start = peak_mb(), time.perf_counter()
tw_finch(features, int(sys.argv[2]))
print(json.dumps({"seconds": time.perf_counter() - start, "imports_mb": imports, "peak_mb": peak_mb()}))
"""


def plain_partitions(features: np.ndarray) -> list[np.ndarray]:
    """Labels [n] of each natural partition, with a matrix of distances in every round."""
    n = len(features)
    frames = features.astype(np.float32)
    times = (np.arange(1, n + 1) / n).astype(np.float32)
    partitions = [_joined(frames, times)]
    while True:
        labels = partitions[-1]
        s = labels.max() + 1
        counts = np.bincount(labels)
        means = coo_array((np.ones(n), (labels, np.arange(n))), shape=(s, n)).tocsr() @ frames
        joined = _joined(means / counts[:, None], np.bincount(labels, weights=times) / counts)
        if joined.max() == 0:
            return partitions
        partitions.append(joined[labels])


def _joined(rows: np.ndarray, times: np.ndarray) -> np.ndarray:
    units = rows / np.sqrt(np.einsum("sd,sd->s", rows, rows))[:, None]
    distances = (1 - units @ units.T).clip(0)
    distances *= np.abs(times[:, None] - times)
    np.fill_diagonal(distances, np.inf)
    s = len(rows)
    links = coo_array((np.ones(s, bool), (np.arange(s), distances.argmin(axis=1))), shape=(s, s))
    return connected_components(links, directed=False)[1]


def compare(n: int, d: int, repeats: int) -> list[dict[str, Any]]:
    """Time of both on each kind of video; RuntimeError where they differ."""
    comparison = []
    for name, video in _VIDEOS.items():
        features = video(n, d)
        plain, ours = plain_partitions(features), tw_finch_partitions(features)
        if len(plain) != len(ours) or not all(map(_same, plain, ours)):
            raise RuntimeError(f"{name}: the partitions are not those by all the distances")
        timings = timed(
            {"plain": partial(plain_partitions, features), "ours": partial(tw_finch_partitions, features)},
            repeats,
            warm_up=False,
        )
        ratio = timings["plain"]["median_s"] / timings["ours"]["median_s"]
        clusters = [int(labels.max()) + 1 for labels in ours]
        comparison.append({"video": name, "clusters": clusters, **timings, "plain_over_ours": ratio})
    return comparison


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """The same partition, up to the names of the clusters."""
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    n, d, k, repeats = (200, 4, 3, 1) if smoke else (12_000, 64, 19, 7)
    sizes = [str(size) for size in (n, d, repeats)]
    comparison = json.loads(fresh_process("-m", "benchmarks.tw_finch", *sizes, environment=_ONE_THREAD))
    alone = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "video.npy"
        for frames in (n,) if smoke else (n, 100_000):
            for name, video in _VIDEOS.items():
                np.save(path, video(frames, d))
                report = json.loads(fresh_process("-c", _ALONE, str(path), str(k), environment=_ONE_THREAD))
                alone.append({"video": name, "frames": frames, **report})
    return {
        "frames": n,
        "features": d,
        "segments": k,
        "note": "One thread throughout. Peak resident memory of a whole fresh process that reads float64 "
        "from a mapped file, nothing subtracted: interpreter, libraries and the file's pages count.",
        "comparison": comparison,
        "alone": alone,
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    n, d, k = figures["frames"], figures["features"], figures["segments"]
    lines = []
    for figure in figures["comparison"]:
        seconds, ratio = figure["ours"]["median_s"], figure["plain_over_ours"]
        what = f"`tw_finch_partitions`, {n} frames of {d} features, one thread, {figure['video']}"
        lines.append(Row(what, f"{seconds:.2f} s"))
        what = f"all the distances in a matrix / ours, {figure['video']}"
        lines.append(Row(what, f"{ratio:.1f}×", f"≥ {_GOAL_RATIO}×", ratio >= _GOAL_RATIO))
    for figure in figures["alone"]:
        what = f"`tw_finch`, K = {k}, {figure['frames']} frames, {figure['video']}, a fresh process"
        peak = figure["peak_mb"]
        measured = f"{figure['seconds']:.2f} s, {peak:.0f} MB (after imports {figure['imports_mb']:.0f} MB)"
        goal = figure["frames"] == n
        lines.append(Row(what, measured, *((f"< {_GOAL_MB} MB", peak < _GOAL_MB) if goal else ())))
    return lines


if __name__ == "__main__":
    print(json.dumps(compare(*map(int, sys.argv[1:]))))
