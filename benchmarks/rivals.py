"""Every method of the table of rivals on one video: time, and memory in a process of its own."""

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
from benchmarks._run import Row, random_walk, report_of
from dkva.experiments.experiment import Method
from dkva.experiments.learners import Member
from dkva.experiments.method_settings import learner
from dkva.experiments.models import Checkpoint
from dkva.experiments.registry import LEARNER, find, load
from dkva.experiments.untrained import untrained

#: By id, those that cut one video alone and those that are trained.
SEGMENTERS = (
    "uniform", "kmeans", "kernel_change_points", "tw_finch", "kms", "dkva", "abd", "sam", "asot_single",
)  # fmt: skip
LEARNERS = ("asot", "clot")

_SMOKE = ("uniform", "asot")

#: Breakfast's average video: frames, features, segments.
_SIZE = (2000, 64, 7)

#: Videos that a learner is trained on.
_VIDEOS = 4

#: The paper's smoothing on long videos, as in Table 4.
_SETTINGS = {"dkva": {"smoothing": 2.5}}


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    n, d, k = (120, 4, 3) if smoke else _SIZE
    videos, repeats = (1, 1) if smoke else (_VIDEOS, 5)
    methods: dict[str, dict[str, Any]] = {}
    names = _SMOKE if smoke else (*SEGMENTERS, *LEARNERS)
    with tempfile.TemporaryDirectory() as temporary:
        for seed in range(videos):
            np.save(Path(temporary) / f"{seed}.npy", random_walk(n, d, seed))
        for name in names:
            given = (name, temporary, str(k), str(repeats))
            methods[name] = report_of("benchmarks.rivals", *given, smoke=smoke, begun=bool(methods))
    return {
        "frames": n,
        "features": d,
        "segments": k,
        "videos": videos,
        "note": "Each method in a fresh process, float64 frames in memory, at its defaults (dkva smoothed as "
        "in Table 4). Seconds are the median of warm cuts of one video; first is the first cut, compilation "
        "included; training, which compiles too, is of all videos together, divided by their number. Memory "
        "is the peak of the whole process, training included; the libraries alone, JAX among them, take what "
        "is said in brackets.",
        "methods": methods,
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    n, d, k = figures["frames"], figures["features"], figures["segments"]
    lines = []
    for name, each in figures["methods"].items():
        measured = f"{each['seconds']:.3g} s (first {each['first_seconds']:.3g} s), "
        measured += f"{each['peak_mb']:.0f} MB (after imports {each['imports_mb']:.0f} MB)"
        if each["training_seconds"] is not None:
            measured += f", training {each['training_seconds']:.3g} s a video"
        lines.append(Row(f"`{name}`, {n} frames of {d} features, {k} segments", measured))
    return lines


def _read(path: Path) -> tuple[np.ndarray, None]:
    return np.load(path), None


def _measure(name: str, folder: str, n_segments: str, repeats: str) -> None:
    found, given = find(name), _SETTINGS.get(name, {})
    if found.kind == LEARNER:
        made = learner(found, given)
    else:
        made = untrained(Method(name, load(found.target), {**found.defaults, **given}, id=name))
    paths = sorted(Path(folder).glob("*.npy"))
    videos = [Member(path.stem, partial(_read, path), path.stem) for path in paths]
    imports, start = peak_mb(), time.perf_counter()
    model: Any = made.trained(videos, int(n_segments), 0, Checkpoint(Path(folder) / f"{name}.part.npz"))
    training = (time.perf_counter() - start) / len(videos)
    features = videos[0].features()
    seconds = []
    for _ in range(1 + int(repeats)):
        start = time.perf_counter()
        model.segment(features)
        seconds.append(time.perf_counter() - start)
    report = {
        "seconds": float(np.median(seconds[1:])),
        "first_seconds": seconds[0],
        "training_seconds": training if found.kind == LEARNER else None,
        "imports_mb": imports,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
