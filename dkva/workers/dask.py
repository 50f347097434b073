"""Workers of Dask: of a cluster of this machine made for the run, or of a scheduler that is running."""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import pickle
import threading
import uuid
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from dkva.base.errors import SchedulerError
from dkva.base.provenance import versions
from dkva.workers.crew import ADDRESSES, DASK, Crew, Failed, attempted, described
from dkva.workers.processes import gpu_environment, own_cores

__all__ = ["DaskCrew"]

_CONNECT_SECONDS = 30
_CLOSE_SECONDS = 10

# A group is run again by Dask itself before it is taken apart.
_ALLOWED_FAILURES = 1

# How a worker of a local cluster is told its place.
_PLACE = "DKVA_WORKER_PLACE"

# Of work whose answer went down with its worker, and that is done again.
_AGAIN = ("lost", "pending")

_thread = threading.local()


class DaskCrew(Crew):
    """Workers of Dask.

    Args:
        work: see `carry_out`.
        scheduler: "dask" for a local cluster, else an address or a scheduler file.
        workers: processes of a local cluster, one thread each.

    Raises:
        SchedulerError: Dask is not installed, no scheduler answers, or the cluster does not start.
    """

    def __init__(self, work: Callable, scheduler: str, workers: int):
        self._work = work
        self._dask = _distributed()
        self._place = "the local Dask cluster" if scheduler == DASK else scheduler
        self._indexes: dict[str, tuple[int, ...]] = {}
        with ExitStack() as stack:
            if scheduler == DASK:
                cluster = _local_cluster(self._dask, workers)
                stack.callback(_end, cluster)
                self._client = self._connected(address=cluster)
                self.size = self.capacity = workers
            else:
                self._client = self._connected(**_address(scheduler))
                threads = sum(self._client.nthreads().values())
                if not threads:
                    warnings.warn(f"{scheduler} has no workers yet: waiting for them", stacklevel=2)
                self.size = max(threads, 1)
                self.capacity = float("inf")  # a cluster that grows does so by what waits
            stack.callback(self._client.close, timeout=_CLOSE_SECONDS)
            self._running = self._dask.as_completed(loop=self._client.loop)
            self._open = stack.pop_all()

    def _connected(self, **where):
        try:
            return self._dask.Client(**where, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise SchedulerError(
                f"{self._place}: no Dask scheduler answers there ({_CONNECT_SECONDS} s waited); check the "
                "address, and that it runs"
            ) from error

    def send(self, indexes: tuple[int, ...], units: list) -> None:
        """Send units to whichever worker is free."""
        import cloudpickle  # comes with Dask

        key = f"dkva-{uuid.uuid4().hex}"
        self._indexes[key] = indexes
        try:
            sent = cloudpickle.dumps((self._work, units))
        except Exception as error:  # noqa: BLE001 -- whatever pickling runs into
            self._running.add(self._client.submit(_unsent, described(error), key=key, pure=False))
            return
        # A lambda is sent whole, not by name: a scheduler or worker without dkva can take it, and say so.
        future = self._client.submit(
            lambda *given: importlib.import_module("dkva.workers.dask")._group(*given),
            sent,
            _LOADED,
            key=key,
            pure=False,
        )
        self._running.add(future)

    def answers(self) -> list[tuple[tuple[int, ...], list | Failed | None]]:
        """See `Crew`.

        Raises:
            SchedulerError: the scheduler is gone, or a worker has not the code that this process has.
        """
        while (future := next(self._running)).status in _AGAIN:
            self._running.add(future)
        return [(self._indexes.pop(future.key), self._answer(future))]

    def _answer(self, future) -> list | Failed | None:
        if future.status == "finished":
            answer = future.result()
            if isinstance(answer, _Refused):
                raise SchedulerError(f"{self._place}: {answer.problem}")
            return answer
        if future.status != "error":
            raise SchedulerError(
                f"{self._place}: the scheduler is gone; what was done is kept: start it, and run again"
            )
        error = future.exception()
        if isinstance(error, self._dask.KilledWorker):
            return None
        if "dkva" in str(error) and isinstance(error, (ImportError, AttributeError)):
            raise SchedulerError(
                f"{self._place}: a worker has no dkva, or another one; install there what is installed here"
            ) from error
        return Failed(described(error))

    def close(self) -> None:
        """Give up what is in flight; end a cluster that was made for the run."""
        self._open.close()


def _distributed():
    try:
        import distributed
    except ImportError as error:
        raise SchedulerError('Dask is not installed: pip install "dkva[cluster]"') from error
    return distributed


def _local_cluster(dask, workers: int):
    """A scheduler and workers of this machine, each with one thread, and a GPU if there are any."""
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "dashboard": False}
    options = here | {"nthreads": 1, "memory_limit": 0, "silence_logs": logging.CRITICAL}
    try:
        return dask.SpecCluster(
            workers={
                place: {
                    "cls": dask.Nanny,  # which starts another worker where one dies
                    "options": options | {"env": environment | {_PLACE: f"{place} {workers}"}},
                }
                for place, environment in enumerate(gpu_environment(workers))
            },
            scheduler={
                "cls": dask.Scheduler,
                "options": here | {"port": 0, "allowed_failures": _ALLOWED_FAILURES},
            },
            silence_logs=logging.CRITICAL,  # a worker that dies is told of by what it did not do
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        raise SchedulerError(f"the local Dask cluster does not start ({described(error)})") from error


def _end(cluster) -> None:
    """End a local cluster; what it did is here, so that a busy machine's slow workers are no error."""
    with suppress(TimeoutError):
        cluster.close(timeout=_CLOSE_SECONDS)


def _address(scheduler: str) -> dict[str, str]:
    return {"address" if scheduler.startswith(ADDRESSES) else "scheduler_file": scheduler}


# --- at the worker -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Refused:
    problem: str


def _deciding_versions() -> dict[str, str]:
    """What must be the same wherever rows of one run are computed."""
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return versions() | {"dkva": f"{versions()['dkva']} of code {digest.hexdigest()[:8]}"}


# As it was loaded: a worker may be older than the files are now.
_LOADED = _deciding_versions()


def _group(sent: bytes, wanted: Mapping[str, str]) -> list | _Refused:
    differing = [
        f"{name} {_LOADED.get(name)}, here {version}"
        for name, version in wanted.items()
        if _LOADED.get(name) != version
    ]
    if differing:
        return _Refused(
            f"a worker has other versions ({'; '.join(differing)}); install there what is installed here, "
            "and start the workers again"
        )
    _settle()
    try:
        work, units = pickle.loads(sent)
    except (ImportError, AttributeError) as error:
        return _Refused(
            f"a worker cannot load the work ({described(error)}); start workers in the folder of this "
            "checkout, with the same packages"
        )
    return [attempted(work, unit) for unit in units]


def _unsent(problem: str) -> Failed:
    return Failed(problem)


def _settle() -> None:
    """Keep the thread that works on the cores of its worker's place, if that has one."""
    place = os.environ.get(_PLACE)
    if place and not getattr(_thread, "settled", False):
        own_cores(*map(int, place.split()))
        _thread.settled = True
