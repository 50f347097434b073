"""Work that takes no time, for tests of schedulers: a module that workers can import."""

import os
import signal
import sys
import time
import uuid
from pathlib import Path


def square(unit):
    return unit * unit


def failing(unit):
    if unit == 2:
        raise OwnError("no such\nsquare", unit)
    return square(unit)


class OwnError(Exception):
    """One that does not survive the way between processes."""

    def __init__(self, problem, place):
        super().__init__(f"{place}: {problem}")


def given(unit):
    """Whatever the unit is."""
    return type(unit).__name__


def deadly(unit, bad=(5,)):
    if unit in bad:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(unit)


def noted(unit, folder, victim=3):
    """Note that it ran; the first time, the victim says who it is and waits to be killed."""
    Path(folder, f"{unit} {uuid.uuid4().hex}").touch()
    pid = Path(folder, "pid")
    if unit == victim and not pid.exists():
        pid.with_name("part").write_text(str(os.getpid()))
        pid.with_name("part").rename(pid)
        time.sleep(300)
    return square(unit)


def place(unit):
    """Where it runs, slowly enough that every worker has its turn."""
    time.sleep(0.2)
    cores = tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else None
    return os.getpid(), cores, os.environ.get("CUDA_VISIBLE_DEVICES"), "jax" in sys.modules


def late(unit):
    """All but the first take long."""
    time.sleep(300 if unit else 0)
    return unit
