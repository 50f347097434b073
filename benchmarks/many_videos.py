"""Many videos: Breakfast's 1460 lengths over processes, and groups of videos as one program."""

from __future__ import annotations

import csv
import functools
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._run import ROOT, SMOKE, Row, fresh_process, random_walk, standardised, timed
from dkva import approximate_many
from dkva.approximation.segmenting import segment_video
from dkva.datasets import BENCHMARKS
from dkva.experiments.experiment import Method, RowCache, Task
from dkva.experiments.experiment import run as run_experiment

_GOAL_SECONDS, _GOAL_PROGRAMS = 240, 12
_FEATURES = 64

#: Frames of each Breakfast video whose label sequence is known.
_LENGTHS = ROOT / "results" / "table1_breakfast_like.csv"


def videos() -> list[tuple[str, int, int]]:
    """Name, frames and K of each of the 1460 videos."""
    k = BENCHMARKS["breakfast"].authors
    with _LENGTHS.open(newline="") as file:
        return [
            (row["video"], int(float(row["frames"])), k[row["video"].rsplit("_", 1)[-1]])  # type: ignore[index]
            for row in csv.DictReader(file)
        ]


def made(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A random walk and labels that mean nothing."""
    return random_walk(n, _FEATURES, seed), np.zeros(n, int)


def compiled(truth, labels, n_segments) -> dict[str, float]:
    """Compiled programs of the method in this process, instead of scores."""
    from dkva.approximation import assigning, learning

    del truth, labels, n_segments
    jitted: tuple[Any, ...] = (learning.run_alone, assigning._similarity)
    return {"programs": sum(each._cache_size() for each in jitted)}


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    counts = ((2, 2),) if smoke else ((45, 1), (45, 2), (180, 1), (180, 2), (1460, 2))
    epochs = 1 if smoke else 100
    over = []
    for count, workers in counts:
        sizes = [str(count), str(workers), str(epochs), *([str(SMOKE.frames)] if smoke else [])]
        report = fresh_process("-m", "benchmarks.many_videos", *sizes, compiles=not smoke)
        over.append({"videos": count, "workers": workers, **json.loads(report)})
    return {
        "note": "Random walks with the lengths and K of the Breakfast-like videos, 64 features, in fresh "
        "processes: start of workers, compilation, smoothing, learning, assignment and the cache of rows.",
        "epochs": epochs,
        "over_processes": over,
        "groups": _groups(epochs, 2, 1, SMOKE.frames) if smoke else _groups(epochs, 16, 3, 2100),
    }


def _groups(epochs: int, size: int, repeats: int, n: int) -> dict[str, Any]:
    """The same videos one at a time and as one program mapped over them, in one process."""
    m = 5
    frames = [standardised(random_walk(n + 7 * i, _FEATURES, i)) for i in range(size)]
    names = [str(i) for i in range(size)]
    options: dict[str, Any] = {"names": names, "epochs": epochs, "length_scale": 100.0}
    timings = timed(
        {
            "one at a time": lambda: approximate_many(frames, m, group_size=1, **options),
            "one group": lambda: approximate_many(frames, m, group_size=size, **options),
        },
        repeats,
    )
    ratio = timings["one group"]["median_s"] / timings["one at a time"]["median_s"]
    return {"videos": size, "frames": n, "segments": m, **timings, "group_over_alone": ratio}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for each in figures["over_processes"]:
        goal = each["videos"] == 1460
        seconds = each["seconds"]
        what = f"{each['videos']} videos of Breakfast's lengths, {each['workers']} worker(s), all included"
        measured = f"{seconds:.0f} s, {each['videos'] / seconds:.1f} videos/s"
        met = seconds < _GOAL_SECONDS if goal else None
        lines.append(Row(what, measured, f"< {_GOAL_SECONDS} s" if goal else "", met))
        if goal:
            programs = each["programs"]
            what = "programs compiled for them, in each worker"
            lines.append(Row(what, str(programs), f"≤ {_GOAL_PROGRAMS}", programs <= _GOAL_PROGRAMS))
    groups = figures["groups"]
    what = f"{groups['videos']} videos as one group / one at a time, on this device"
    return [*lines, Row(what, f"{groups['group_over_alone']:.2f}× the time")]


def _all(count: str, workers: str, epochs: str, most: str = "inf") -> None:
    start = time.perf_counter()
    listed = [(name, int(min(n, float(most))), k) for name, n, k in videos()]
    chosen = listed[:: len(listed) // int(count)][: int(count)]
    tasks = [
        Task(name, functools.partial(made, n, seed), f"walk {n} {seed}", k, measure=compiled)
        for seed, (name, n, k) in enumerate(chosen)
    ]
    with tempfile.TemporaryDirectory() as folder:
        method = Method("learned", segment_video, {"epochs": int(epochs)}, id="dkva")
        outcome = run_experiment(
            [method], tasks, RowCache(Path(folder) / "rows.sqlite"), workers=int(workers), progress=False
        )
    programs = int(max(row["programs"] for row in outcome.rows))
    print(json.dumps({"seconds": time.perf_counter() - start, "programs": programs}))


if __name__ == "__main__":
    # By its own name, so that the workers find its functions.
    from benchmarks.many_videos import _all as _run_all

    _run_all(*sys.argv[1:])
