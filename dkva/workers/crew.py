"""Crews: workers that groups of units of work are sent to, whoever they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "ADDRESSES",
    "DASK",
    "PROCESSES",
    "SCHEDULER_HELP",
    "Crew",
    "Failed",
    "attempted",
    "check_scheduler",
    "described",
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


def described(error: BaseException) -> str:
    """An exception on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def attempted(work: Callable, unit) -> Any:
    """What the work gives on a unit, or what went wrong."""
    try:
        return work(unit)
    except Exception as error:  # noqa: BLE001 -- work may fail in any way, and the other units go on
        return Failed(described(error))
