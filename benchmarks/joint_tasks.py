"""One model for alignment and segmentation beside two for one task each: time, memory, size of the file."""

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
from dkva.experiments.learners import Member
from dkva.experiments.models import Checkpoint, write_model
from dkva.transport.asot import train_asot
from dkva.transport.vaot import train_vaot
from dkva.transport.vasot import train_vasot

#: One model of both tasks, the same program with one of them, and the systems for one task each.
PROGRAMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "both": (train_vasot, {}),
    "segmentation": (train_vasot, {"beta": 0.0}),
    "alignment": (train_vasot, {"segmentation_weight": 0.0}),
    "asot": (train_asot, {}),
    "vaot": (train_vaot, {}),
}

#: Two models that one stands for, by what their sum is called.
SUMS = {
    "the same program twice": ("segmentation", "alignment"),
    "ASOT and VAOT": ("asot", "vaot"),
}

_CALLED = {
    "both": "VASOT, both tasks",
    "segmentation": "VASOT, segmentation alone",
    "alignment": "VASOT, alignment alone",
    "asot": "ASOT",
    "vaot": "VAOT",
}

#: What is measured of each.
MEASURED = ("seconds", "memory_mb", "file_kb")

#: Breakfast's average video: frames, features, segments.
_SIZE = (2000, 64, 7)

#: Videos of a training, and its epochs; each run has videos of its own.
_VIDEOS, _EPOCHS, _RUNS = 12, 10, 4


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    n, d, k = (120, 4, 3) if smoke else _SIZE
    videos, epochs, runs = (2, 1, 1) if smoke else (_VIDEOS, _EPOCHS, _RUNS)
    beside: list[dict[str, Any]] = []
    for seed in range(runs):
        for program in PROGRAMS:
            given = [str(each) for each in (n, d, k, videos, epochs, seed)]
            report = report_of("benchmarks.joint_tasks", program, *given, smoke=smoke, begun=bool(beside))
            beside.append({"video": f"run {seed}", "program": program, **report})
    return {
        "frames": n,
        "features": d,
        "segments": k,
        "videos": videos,
        "epochs": epochs,
        "note": "Each training in a fresh process, at the defaults but for the epochs. Seconds are of a "
        "second training after one that compiled; a pass of ASOT takes each video once, one of the others "
        "each video beside another. Memory is what the peak of the process has above the "
        "libraries, compilation included. Two models need the sum of both times and file sizes, and of both "
        "memories if they are trained at once; trained one after the other, the larger one.",
        "beside": beside,
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    found: dict[str, dict[str, float]] = {}
    for program in PROGRAMS:
        mine = [each for each in figures["beside"] if each["program"] == program]
        found[program] = {
            name: float(np.median([each[name] for each in mine]))
            for name in ("seconds", "memory_mb", "file_kb")
        }
    what = f"{figures['videos']} videos of {figures['frames']} frames, {figures['epochs']} epochs"
    lines = [
        Row(
            f"{_CALLED[program]}: {what}",
            f"{each['seconds']:.3g} s, {each['memory_mb']:.0f} MB, file of {each['file_kb']:.0f} kB",
        )
        for program, each in found.items()
    ]
    for words, (one, other) in SUMS.items():
        sums = {name: found[one][name] + found[other][name] for name in MEASURED}
        # What the smallest models take may be less than their libraries' import did.
        shown = ", ".join(f"{found['both'][name] / each:.2f}" if each else "–" for name, each in sums.items())
        lines.append(Row(f"both tasks / sum of {words}: time, memory, file", shown))
    return lines


def _read(n: int, d: int, seed: int) -> tuple[np.ndarray, None]:
    return random_walk(n, d, seed), None


def _measure(program: str, *given: str) -> None:
    n, d, k, count, epochs, seed = map(int, given)
    videos = [Member(str(i), partial(_read, n, d, seed * count + i), str(i)) for i in range(count)]
    imports = peak_mb()
    learner, settings = PROGRAMS[program]
    number = {} if learner is train_vaot else {"n_segments": k}
    train = partial(learner, videos, seed=seed, epochs=epochs, **number, **settings)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Checkpoint(Path(folder) / "state.npz")
        train()
        start = time.perf_counter()
        model = train(checkpoint=checkpoint)
        seconds = time.perf_counter() - start
        path = Path(folder) / "model.npz"
        write_model(path, model.arrays(), {})
        size = path.stat().st_size / 1000
    report = {"seconds": seconds, "memory_mb": peak_mb() - imports, "file_kb": size}
    print(json.dumps(report))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
