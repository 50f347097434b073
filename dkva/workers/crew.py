"""Where work is done: in this process, in processes beside it, or by the workers of Dask.

A unit of work is one video. Units go out in small groups, and what a group gives comes back as it ends. A
worker that dies loses its group in flight and nothing else. The units of that group are run again after all
others, one at a time: where memory was short each has all of it then, and one that kills its worker again is
known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dkva.base.checks import check_whole
from dkva.base.errors import SchedulerError

__all__ = [
    "ADDRESSES",
    "DASK",
    "PROCESSES",
    "SCHEDULER_HELP",
    "Crew",
    "Failed",
    "attempted",
    "carry_out",
    "check_scheduler",
    "described",
    "group_size",
]

#: Processes of this machine, made for the run.
PROCESSES = "processes"

#: A Dask cluster of this machine, made for the run.
DASK = "dask"

SCHEDULER_HELP = (
    "who does the work: 'processes', 'dask' (a local cluster made for the run), or the address (tcp://…, "
    "tls://…) or scheduler file of a running Dask scheduler"
)

#: How the address of a scheduler begins.
ADDRESSES = ("tcp://", "tls://")

# A group is to be worth its way there and back, and every worker to get several, so that all end together.
_MOST = 8
_ROUNDS = 4

_DEADLY = "its worker died each time, perhaps of too little memory; run again, with fewer workers"


@dataclass(frozen=True)
class Failed:
    """What a unit gives that could not be carried out.

    Attributes:
        problem: what went wrong, on one line. Text, as not every exception can be sent between processes.
    """

    problem: str


class Crew(ABC):
    """Workers that groups of units are sent to.

    Attributes:
        size: how many groups are worked on at once, as far as is known at the start.
        capacity: how many groups to send before one has come back.
    """

    size: int
    capacity: float

    @abstractmethod
    def send(self, indexes: tuple[int, ...], units: list) -> None:
        """Send units out as one group, called by their indexes."""

    @abstractmethod
    def answers(self) -> list[tuple[tuple[int, ...], list | Failed | None]]:
        """Wait for a group at least; what each that ended gives, None where its worker died."""

    @abstractmethod
    def close(self) -> None:
        """Let the workers go; work in flight is given up."""


def check_scheduler(scheduler: str) -> str:
    """The scheduler, or ValueError where it is neither a known name, an address nor a scheduler file."""
    known = scheduler in (PROCESSES, DASK) or scheduler.startswith(ADDRESSES)
    if not known and not Path(scheduler).is_file():
        raise ValueError(
            f"unknown scheduler {scheduler!r}: choose {PROCESSES}, {DASK}, or the address (tcp://…, tls://…) "
            "or scheduler file of a running Dask scheduler"
        )
    return scheduler


def group_size(n_units: int, workers: int) -> int:
    """Units a group: 1 to 8, such that every worker gets at least four groups where there are enough."""
    return max(1, min(_MOST, n_units // (_ROUNDS * workers)))


def described(error: BaseException) -> str:
    """An exception on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def attempted(work: Callable, unit) -> Any:
    """What the work gives on a unit, or what went wrong."""
    try:
        return work(unit)
    except Exception as error:  # noqa: BLE001 -- work may fail in any way, and the other units go on
        return Failed(described(error))


def carry_out(
    work: Callable,
    units: Sequence,
    *,
    scheduler: str = PROCESSES,
    workers: int = 1,
    group: int | None = None,
    started: Callable[[int], object] = lambda index: None,
) -> Generator[tuple[int, Any], None, None]:
    """(index, what the work gives or `Failed`) of each unit as it comes; close it to give the rest up.

    Args:
        work: `work(unit)`, a function of a module that workers can import, or a `functools.partial` of one.
        units: plain enough to be sent to other processes.
        scheduler: "processes", "dask", or the address or scheduler file of a running Dask scheduler.
        workers: processes; one of "processes" is this process itself. A running scheduler has its own.
        group: units sent at once; None means `group_size`.
        started: is told the index of each unit that is sent.

    Raises:
        ValueError: an unknown scheduler, or a number below 1.
        SchedulerError: Dask is not installed, does not answer or has other code than this process, or no
            worker stays alive. What has come is done; the rest is not.
    """
    check_scheduler(scheduler)
    check_whole("workers", workers, least=1)
    if group is not None:
        check_whole("group", group, least=1)
    if scheduler == PROCESSES and workers == 1:
        return _carried_here(work, units, started)
    return _carried(work, units, scheduler, workers, group, started)


def _carried_here(
    work: Callable, units: Sequence, started: Callable
) -> Generator[tuple[int, Any], None, None]:
    for index, unit in enumerate(units):
        started(index)
        yield index, attempted(work, unit)


def _carried(
    work: Callable, units: Sequence, scheduler: str, workers: int, group: int | None, started: Callable
) -> Generator[tuple[int, Any], None, None]:
    if not units:
        return
    with closing(_crew(work, scheduler, workers)) as crew:
        size = group or group_size(len(units), crew.size)
        order = range(len(units))
        waiting = deque(tuple(order[start : start + size]) for start in order[::size])
        suspects: deque[tuple[int, ...]] = deque()
        suspected: set[int] = set()
        running = deaths = 0
        alive = False

        def send(indexes: tuple[int, ...]) -> None:
            nonlocal running
            for index in indexes:
                started(index)
            crew.send(indexes, [units[index] for index in indexes])
            running += 1

        while True:
            while waiting and running < crew.capacity:
                send(waiting.popleft())
            if suspects and not running:
                send(suspects.popleft())
            if not running:
                return
            results: list[tuple[int, object]] = []
            for indexes, answer in crew.answers():
                running -= 1
                alone = [(index,) for index in indexes]
                if isinstance(answer, list):
                    alive = True
                    results += zip(indexes, answer, strict=True)
                elif answer is None:
                    deaths += 1
                    known = [index for index in indexes if index in suspected]
                    results += [(index, Failed(_DEADLY)) for index in known]
                    suspects += [one for one in alone if one[0] not in suspected]
                    suspected.update(indexes)
                elif len(indexes) > 1:  # one of them may be what cannot be sent
                    waiting += alone
                else:
                    results.append((indexes[0], answer))
            if not alive and deaths > 2 * crew.size + 2:
                raise SchedulerError(
                    "worker processes die before anything is done, perhaps of too little memory; run again, "
                    "with fewer workers"
                )
            while waiting and running < crew.capacity:  # so that none waits while results are kept
                send(waiting.popleft())
            yield from results


def _crew(work: Callable, scheduler: str, workers: int) -> Crew:
    if scheduler == PROCESSES:
        from dkva.workers.processes import ProcessCrew

        return ProcessCrew(work, workers)
    from dkva.workers.dask import DaskCrew  # Dask is for those who use it

    return DaskCrew(work, scheduler, workers)
