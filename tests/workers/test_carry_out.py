"""Results are the same whoever does the work, and a worker that dies loses nothing but what it was at."""

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import psutil
import pytest
import scheduled_work

from dkva.base.errors import ExperimentError, SchedulerError
from dkva.workers import dask as dask_workers
from dkva.workers.carry_out import carry_out, group_size
from dkva.workers.crew import Failed

WAIT = 120
# On a busy machine Dask may give up a worker that it starts again.
BACK = 15
UNITS = range(10)
SQUARES = [(unit, unit * unit) for unit in UNITS]


class Shared:
    """A local cluster as dkva makes it, of two workers, which several tests use: making one takes seconds."""

    def __init__(self, folder):
        self._folder = folder
        self._cluster = None

    def ready(self):
        """The cluster; made anew if workers that a test killed did not come back."""
        limit = time.monotonic() + BACK
        while self._cluster and len(self._cluster.scheduler_info["workers"]) < 2 and time.monotonic() < limit:
            time.sleep(0.05)
        if self._cluster is None or len(self._cluster.scheduler_info["workers"]) < 2:
            import distributed

            self.close()
            self._cluster = dask_workers._local_cluster(distributed, 2)
        return self._cluster

    def file(self):
        """A scheduler file, as its scheduler would write one at its start."""
        path = self._folder / "scheduler.json"
        path.write_text(json.dumps(self.ready().scheduler.identity() | {"workers": {}}))
        return str(path)

    def close(self):
        if self._cluster:
            self._cluster.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    found = Shared(tmp_path_factory.mktemp("scheduler"))
    yield found
    found.close()


@pytest.fixture(params=["processes", "dask", "address"])
def scheduler(request, monkeypatch):
    """Every place that has workers of its own."""
    if request.param == "processes":
        return request.param
    cluster = request.getfixturevalue("shared").ready()
    if request.param == "address":
        return cluster.scheduler_address
    monkeypatch.setattr(dask_workers, "_local_cluster", lambda _, workers: {2: cluster}[workers])
    monkeypatch.setattr(dask_workers, "_end", lambda _: None)  # it is the next test's, too
    return request.param


def all_of(work, units=UNITS, workers=2, **options):
    return sorted(carry_out(work, units, workers=workers, **options), key=lambda pair: pair[0])


def test_results_are_the_same_wherever(scheduler):
    assert all_of(scheduled_work.square, workers=1) == SQUARES
    assert all_of(scheduled_work.square, scheduler=scheduler) == SQUARES
    assert all_of(scheduled_work.square, scheduler=scheduler, group=4) == SQUARES
    assert all_of(scheduled_work.square, [], scheduler=scheduler) == []


def test_a_scheduler_file_is_as_good_as_an_address(shared):
    assert all_of(scheduled_work.square, scheduler=shared.file()) == SQUARES


def test_one_worker_of_dask_is_a_process_of_its_own():
    (pid, *_), (other, *_) = (
        result for _, result in all_of(scheduled_work.place, range(2), 1, scheduler="dask")
    )
    assert pid == other != os.getpid()


def test_what_fails_is_said_on_one_line_and_the_others_are_done(scheduler):
    here = all_of(scheduled_work.failing, workers=1)
    assert here[2] == (2, Failed("OwnError: 2: no such square"))
    assert here[:2] + here[3:] == SQUARES[:2] + SQUARES[3:]
    assert all_of(scheduled_work.failing, scheduler=scheduler, group=5) == here


def test_a_unit_that_cannot_be_sent_fails_alone(scheduler):
    units = [1, 2, threading.Lock(), 4]
    results = dict(all_of(scheduled_work.given, units, scheduler=scheduler, group=4))
    problem = results.pop(2)
    assert results == {0: "int", 1: "int", 3: "int"}
    assert isinstance(problem, Failed)
    assert "lock" in problem.problem
    assert "\n" not in problem.problem


def test_workers_that_die_before_anything_is_done_end_the_run():
    work = functools.partial(scheduled_work.deadly, bad=range(99))
    with pytest.raises(
        SchedulerError, match=r"^worker processes die before anything is done.*fewer workers$"
    ):
        all_of(work, range(40), group=1)


def test_a_run_given_up_ends_its_workers_though_they_are_busy():
    def workers():
        return [child for child in psutil.Process().children(recursive=True) if child.pid not in before]

    before = {child.pid for child in psutil.Process().children(recursive=True)}
    for scheduler in ("processes", "dask"):
        results = carry_out(scheduled_work.late, UNITS, scheduler=scheduler, workers=2)
        next(results)
        begun = [child for child in workers() if "resource_tracker" not in " ".join(child.cmdline())]
        assert len(begun) >= 2
        results.close()
        _, alive = psutil.wait_procs(begun, timeout=WAIT)
        assert alive == []


def test_what_is_sent_is_told(scheduler):
    told = []
    all_of(scheduled_work.square, scheduler=scheduler, started=told.append)
    assert sorted(told) == list(UNITS)
    assert list(carry_out(scheduled_work.square, UNITS, started=told.append)) == SQUARES  # in order
    assert told[len(UNITS) :] == list(UNITS)


@pytest.mark.parametrize(
    ("units", "workers", "size"), [(0, 1, 1), (1, 8, 1), (16, 2, 2), (31, 2, 3), (1000, 2, 8), (1000, 64, 3)]
)
def test_every_worker_gets_several_groups(units, workers, size):
    assert group_size(units, workers) == size


def test_numbers_below_one_are_refused():
    for option in ("workers", "group"):
        with pytest.raises(ValueError, match=option):
            carry_out(scheduled_work.square, UNITS, **{option: 0})


def test_an_address_where_nobody_answers_is_one_line(monkeypatch):
    monkeypatch.setattr(dask_workers, "_CONNECT_SECONDS", 1)
    with pytest.raises(
        SchedulerError, match=r"^tcp://127\.0\.0\.1:9: no Dask scheduler answers there"
    ) as caught:
        all_of(scheduled_work.square, scheduler="tcp://127.0.0.1:9")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ExperimentError)


def test_dask_that_is_missing_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for scheduler in ("dask", "tcp://127.0.0.1:9"):
        with pytest.raises(SchedulerError, match=r'^Dask is not installed: pip install "dkva\[cluster\]"$'):
            all_of(scheduled_work.square, scheduler=scheduler)
    assert all_of(scheduled_work.square) == SQUARES


def test_dask_is_imported_only_when_used():
    code = (
        "import sys, dkva.cli.main, dkva.experiments.experiment\n"
        "import dkva.workers.carry_out, dkva.workers.processes\n"
        "print([name for name in ('dask', 'distributed', 'jax') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Last, as the workers that they kill are the other tests', too.


def test_a_worker_killed_in_mid_run_loses_only_its_group(scheduler, tmp_path):
    killed = []

    def kill():
        path, limit = tmp_path / "pid", time.monotonic() + WAIT
        while not path.exists() and time.monotonic() < limit:
            time.sleep(0.02)
        time.sleep(1)  # until what was done before has come
        killed.append(int(path.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    results = all_of(functools.partial(scheduled_work.noted, folder=tmp_path), scheduler=scheduler, group=2)
    thread.join()
    assert results == SQUARES
    assert killed != [os.getpid()]
    runs = Counter(int(path.name.split()[0]) for path in tmp_path.iterdir() if " " in path.name)
    assert runs == {unit: 1 + (unit in (2, 3)) for unit in UNITS}


def test_a_unit_that_always_kills_its_worker_is_known_and_the_others_go_on(scheduler):
    results = all_of(scheduled_work.deadly, scheduler=scheduler, group=3)
    (index, problem) = results.pop(5)
    assert index == 5
    assert problem.problem.startswith("its worker died each time")
    assert results == SQUARES[:5] + SQUARES[6:]
