"""Worker processes of this machine, each with cores of its own, and a GPU if there are any."""

from __future__ import annotations

import importlib.util
import multiprocessing
import multiprocessing.connection
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from threadpoolctl import threadpool_limits

from dkva.workers.crew import Crew, Failed, attempted, described

__all__ = ["ProcessCrew", "gpu_environment", "own_cores"]


class ProcessCrew(Crew):
    """Processes of this machine, made for the run.

    Each is a pool of its own, so that one that dies is known by the group that it was working on, and another
    takes its place.

    Args:
        work: see `carry_out`.
        workers: how many.
    """

    def __init__(self, work: Callable, workers: int):
        self.size = self.capacity = workers
        self._work = work
        self._context = multiprocessing.get_context("spawn")  # JAX's threads do not survive a fork
        self._environments = gpu_environment(workers)
        self._pools: dict[int, ProcessPoolExecutor] = {}
        self._life_lines: dict[int, multiprocessing.connection.Connection] = {}
        self._free = list(range(workers))
        self._running: dict[Future, tuple[int, tuple[int, ...]]] = {}

    def send(self, indexes: tuple[int, ...], units: list) -> None:
        """Send units to a worker that has nothing to do."""
        place = self._free.pop(0)
        if place not in self._pools:
            self._start(place)
        try:
            future = self._pools[place].submit(_group, self._work, units)
        except BrokenProcessPool:  # it died while it had nothing to do
            self._end(place)
            self._start(place)
            future = self._pools[place].submit(_group, self._work, units)
        self._running[future] = place, indexes

    def answers(self) -> list[tuple[tuple[int, ...], list | Failed | None]]:
        """See `Crew`."""
        out: list[tuple[tuple[int, ...], list | Failed | None]] = []
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            place, indexes = self._running.pop(future)
            self._free.append(place)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                self._end(place)
                out.append((indexes, None))
            else:
                out.append((indexes, Failed(described(error)) if error else future.result()))
        return out

    def close(self) -> None:
        """End all workers, whatever they do."""
        for place in list(self._pools):
            self._end(place)

    def _start(self, place: int) -> None:
        mine, self._life_lines[place] = self._context.Pipe(duplex=False)
        given = mine, place, self.size, self._environments[place]
        self._pools[place] = ProcessPoolExecutor(1, self._context, _start_worker, given)

    def _end(self, place: int) -> None:
        self._life_lines.pop(place).close()
        self._pools.pop(place).shutdown(wait=False, cancel_futures=True)


def _group(work: Callable, units: Sequence) -> list:
    return [attempted(work, unit) for unit in units]


def _start_worker(
    life_line: multiprocessing.connection.Connection, place: int, workers: int, environment: dict[str, str]
) -> None:
    """Give a worker its cores and GPU, and end it when the process that started it does, or lets it go."""
    os.environ.update(environment)  # JAX reads it at its first computation
    own_cores(place, workers)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what to do then is the other process's business
    threading.Thread(target=_follow, args=[life_line], daemon=True).start()


def _follow(life_line: multiprocessing.connection.Connection) -> None:
    try:
        life_line.recv()
    except (EOFError, OSError):
        os._exit(1)


def own_cores(place: int, workers: int) -> None:
    """Keep this thread, and those that it starts, on every `workers`-th core from the `place`-th on.

    If workers share cores, XLA's threads wait for each other.
    """
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        mine = cores[place % len(cores) :: workers]
        os.sched_setaffinity(0, mine)
        threadpool_limits(len(mine))  # threads that numpy started before stay where they were


def gpu_environment(workers: int) -> list[dict[str, str]]:
    """Variables for each worker, by which it sees one GPU; none if JAX has no GPU to use.

    If there are more workers than GPUs, several share one, and none takes its memory before it needs it.
    """
    found = _gpus()
    if not found:
        return [{} for _ in range(workers)]
    shared = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"} if workers > len(found) else {}
    return [{"CUDA_VISIBLE_DEVICES": found[place % len(found)]} | shared for place in range(workers)]


def _gpus() -> list[str]:
    """GPUs that JAX may use, as CUDA_VISIBLE_DEVICES names them; asked without JAX, which would take one."""
    platforms = os.environ.get("JAX_PLATFORMS", "")
    if platforms and not {"cuda", "gpu"} & set(platforms.split(",")):
        return []
    if not any(importlib.util.find_spec(f"jax_cuda{version}_plugin") for version in (12, 13)):
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [name for name in visible.replace(" ", "").split(",") if name not in ("", "-1")]
    if shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"]
    listed = subprocess.run(query, capture_output=True, text=True, check=False)
    return listed.stdout.split() if listed.returncode == 0 else []
