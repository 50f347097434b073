"""Time warping of clips in compiled programs, beside tslearn's and beside the path of one pair in numpy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks._run import Row, fresh_process, timed
from dkva.alignment import dtw, soft_dtw
from dkva.base import dtw as one_pair

#: Frames of the clips of Pouring in CARL and LRProp. Pairs that are warped at once: one, and as many as there
#: are of the four clips of two videos, in two such batches.
_FRAMES, _PAIRS = 240, (1, 12)

_GAMMA = 0.1

_PRECISIONS = ("float32", "float64")
_TASKS = ("soft-DTW", "soft-DTW with gradient", "path")

_TSLEARN, _ONE_PAIR = "tslearn", "dkva.base.dtw"


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    frames, repeats = (12, 1) if smoke else (_FRAMES, 15)
    # In such a process both precisions are to be had, and all programs take turns.
    report = fresh_process(
        "-m",
        "benchmarks.warping",
        *(str(each) for each in (frames, repeats)),
        environment={"JAX_ENABLE_X64": "true"},
        compiles=not smoke,
    )
    installed = version("tslearn") if find_spec("tslearn") else "not installed"
    return {
        "frames": frames,
        "gamma": _GAMMA,
        "note": f"Costs from 0 to 2 drawn at random. tslearn ({installed}) is compiled by numba and computes "
        "in float64, one pair a call; trainings compute in float32. `dkva.base.dtw` is numpy, one pair a "
        "call.",
        "tasks": json.loads(report),
    }


def _ours(task: str) -> Callable[[Any], Any]:
    def summed(costs):
        return soft_dtw(costs, _GAMMA).sum()

    return {
        "soft-DTW": jax.jit(lambda costs: soft_dtw(costs, _GAMMA)),
        "soft-DTW with gradient": jax.jit(lambda costs: jax.value_and_grad(summed)(costs)[1]),
        "path": jax.jit(dtw),
    }[task]


def _theirs(task: str, costs: np.ndarray) -> list[Any]:
    from tslearn.metrics import SoftDTW, dtw_path_from_metric

    if task == "path":
        return [dtw_path_from_metric(each, metric="precomputed")[::-1] for each in costs]
    programs = [SoftDTW(each, gamma=_GAMMA) for each in costs]
    values = [program.compute() for program in programs]
    return values if task == "soft-DTW" else [program.grad() for program in programs]


def _compared(task: str, pairs: int, frames: int, repeats: int) -> dict[str, Any]:
    """Median seconds by program; RuntimeError if the results differ."""
    costs = np.random.default_rng(0).uniform(0, 2, (pairs, frames, frames))
    programs: dict[str, Callable[[], Any]] = {
        precision: partial(_ours(task), jnp.asarray(costs, precision)) for precision in _PRECISIONS
    }
    if find_spec("tslearn"):
        programs[_TSLEARN] = partial(_theirs, task, costs)
    if task == "path":
        programs[_ONE_PAIR] = lambda: [one_pair.dtw(each)[::-1] for each in costs]
    expected = _result(task, programs["float64"]())
    for name, program in programs.items():
        # A path's sums are of twice as many costs as there are frames; errors of shares are those of sums
        # over gamma.
        eps = np.finfo("float32" if name == "float32" else "float64").eps
        apart = np.abs(_result(task, program()) - expected).max()
        if not apart <= (2 * frames) ** 2 * eps / _GAMMA:
            raise RuntimeError(f"{name}: {task} is {apart:.1g} off")
    seconds = {name: each["median_s"] for name, each in timed(programs, repeats).items()}
    return {"task": task, "pairs": pairs, "seconds": seconds}


def _result(task: str, found: Any) -> np.ndarray:
    """What can be compared: of paths, their costs."""
    if task != "path":
        return np.asarray(found)
    return np.asarray(found.value) if hasattr(found, "value") else np.array([cost for cost, _ in found])


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    n = figures["frames"]
    lines = []
    for each in figures["tasks"]:
        seconds = each["seconds"]
        others = {name: s for name, s in seconds.items() if name not in _PRECISIONS}
        pairs = "1 pair" if each["pairs"] == 1 else f"{each['pairs']} pairs"
        for precision in _PRECISIONS:
            own = seconds[precision]
            beside = [f"`{name}` {1e3 * s:.3g} ms, {s / own:.2g}×" for name, s in others.items()]
            if _TSLEARN not in others:
                beside.append("tslearn is not installed")
            measured = "; ".join([f"{1e3 * own:.3g} ms", *beside])
            goal: tuple[Any, ...] = ()
            if _TSLEARN in others:
                goal = ("faster than tslearn", own < others[_TSLEARN])
            lines.append(Row(f"{each['task']}, {pairs} of clips of {n} frames, {precision}", measured, *goal))
    return lines


def _measure(frames: str, repeats: str) -> None:
    found = [_compared(task, pairs, int(frames), int(repeats)) for task in _TASKS for pairs in _PAIRS]
    print(json.dumps(found))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
