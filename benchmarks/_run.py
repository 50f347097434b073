"""What every benchmark shares: timing, test videos, fresh processes, provenance."""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import runpy
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import jax
import numpy as np

from dkva import Standardiser
from dkva.base.provenance import commit, versions

__all__ = [
    "FULL",
    "RESULTS",
    "SMOKE",
    "Row",
    "Size",
    "fresh_process",
    "provenance",
    "random_walk",
    "report_of",
    "standardised",
    "timed",
    "write_text",
]

ROOT = Path(__file__).resolve().parents[1]

#: Where `python -m benchmarks` writes.
RESULTS = ROOT / "results" / "benchmarks"


class Size(NamedTuple):
    """Size of a video and of its segmentation."""

    frames: int
    features: int
    segments: int
    epochs: int


#: The average video of 50 Salads (mid): 23 batches an epoch, 2300 steps.
FULL = Size(frames=11788, features=64, segments=19, epochs=100)

#: Seconds in all; its figures mean nothing.
SMOKE = Size(frames=120, features=4, segments=3, epochs=2)


class Row(NamedTuple):
    """A line of the table; `met` is None where there is no goal."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Timing:
    """Wall seconds of the repeats."""

    median_s: float
    min_s: float
    repeats: int


def timed(
    functions: Mapping[str, Callable[[], Any]], repeats: int, warm_up: bool = True
) -> dict[str, dict[str, Any]]:
    """Wall seconds of each function: median and minimum of `repeats` calls, a first call apart.

    The functions take turns, so that whatever else the machine does falls on all alike.
    """
    if warm_up:
        for function in functions.values():
            jax.block_until_ready(function())
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            start = time.perf_counter()
            jax.block_until_ready(function())
            seconds[name].append(time.perf_counter() - start)
    return {name: asdict(Timing(statistics.median(s), min(s), repeats)) for name, s in seconds.items()}


def random_walk(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Frames that change slowly, as a video's do: a random walk [n, d] in float64."""
    return np.random.default_rng(seed).standard_normal((n, d)).cumsum(axis=0)


def standardised(frames: np.ndarray) -> np.ndarray:
    """Frames [n, d] with mean 0 and deviation 1 in each feature, float32."""
    return Standardiser.fit(frames).apply(frames)


def write_text(path: Path, frames: np.ndarray) -> Path:
    """Write frames as the public releases do: a line a frame, numbers as numpy.savetxt's "%.18e"."""
    np.savetxt(path, frames)
    return path


def fresh_process(
    *arguments: str, environment: Mapping[str, str] | None = None, compiles: bool = True
) -> str:
    """Run Python with these arguments in a process of its own; what it printed.

    Args:
        arguments: of Python.
        environment: further variables.
        compiles: JAX's compilation cache is off there, so that compiling is measured too. A smoke run, whose
            figures mean nothing, need not.

    Raises:
        RuntimeError: it failed; the message ends with its last lines.
    """
    uncached = {"JAX_ENABLE_COMPILATION_CACHE": "false"} if compiles else {}
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **uncached, **(environment or {})},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"python {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}"
        )
    return done.stdout


def report_of(module: str, *arguments: str, smoke: bool = False, begun: bool = False) -> dict[str, Any]:
    """What a benchmark's module prints as JSON when it is run by itself, in a process of its own.

    Args:
        module: its name.
        arguments: of its command line.
        smoke: the figures mean nothing, so that programs compiled before will do.
        begun: a process of this smoke run has shown that the module starts; it goes on in this process.
    """
    if not (smoke and begun):
        return json.loads(fresh_process("-m", module, *arguments, compiles=not smoke))
    with (
        contextlib.redirect_stdout(io.StringIO()) as printed,
        mock.patch.object(sys, "argv", ["", *arguments]),
    ):
        runpy.run_path(str(ROOT / f"{module.replace('.', '/')}.py"), run_name="__main__")
    return json.loads(printed.getvalue())


def provenance() -> dict[str, Any]:
    """Device, processor, versions and commit that the figures hold for."""
    return {
        "device": [f"{device.platform}: {device.device_kind}" for device in jax.devices()],
        "processor": _processor(),
        "cores": _cores(),
        "versions": versions(),
        "commit": commit(Path(__file__).resolve().parent.parent, "dkva", "benchmarks"),
    }


def _processor() -> str:
    details = Path("/proc/cpuinfo")
    if details.exists():
        for line in details.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    # The cores this process may use, which in a container are fewer than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
