"""A local cluster has one GPU a worker; workers of other versions are refused; a scheduler may end."""

import os
import subprocess
import sys
import threading
import time

import pytest
import scheduled_work

from dkva.base.errors import SchedulerError
from dkva.workers import dask as dask_workers
from dkva.workers.carry_out import carry_out


def test_workers_of_a_local_cluster_have_cores_and_a_gpu_of_their_own(monkeypatch, all_cores):
    environments = [{"CUDA_VISIBLE_DEVICES": name} for name in ("GPU-a", "GPU-b")]
    monkeypatch.setattr(dask_workers, "gpu_environment", lambda workers: environments)
    results = carry_out(scheduled_work.place, range(8), scheduler="dask", workers=2, group=1)
    found = {result for _, result in results}
    assert {gpu for _, _, gpu, _ in found} == {"GPU-a", "GPU-b"}
    assert len(found) == 2
    if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1:
        (first, second) = {cores for _, cores, *_ in found}
        assert not set(first) & set(second)


def test_workers_of_other_versions_are_refused(monkeypatch):
    monkeypatch.setattr(dask_workers, "_LOADED", dask_workers._LOADED | {"jax": "0.0"})
    with pytest.raises(
        SchedulerError, match=r"a worker has other versions \(jax [\d.]+, here 0.0\); install"
    ) as caught:
        list(carry_out(scheduled_work.square, range(3), scheduler="dask", workers=1))
    assert "\n" not in str(caught.value)


def test_versions_are_of_all_that_decides():
    assert {"python", "jax", "numpy", "dkva"} <= dask_workers._LOADED.keys()
    assert "of code" in dask_workers._LOADED["dkva"]


def test_an_answer_that_is_lost_with_its_worker_is_waited_for_again():
    class Running(list):
        add = list.append

        def __next__(self):
            return self.pop(0)

    class Future:
        key = "a"
        told = iter(["lost", "pending", "finished", "finished"])
        status = property(lambda self: next(self.told))

        def result(self):
            return [9]

    crew = object.__new__(dask_workers.DaskCrew)
    crew._indexes, crew._running = {"a": (0,)}, Running([Future()])
    assert crew.answers() == [((0,), [9])]


def test_a_scheduler_that_ends_is_said_and_what_came_is_done():
    import dask
    from distributed import LocalCluster

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=50,
        )
        try:
            results = carry_out(scheduled_work.late, range(2), scheduler=cluster.scheduler_address, group=1)
            assert next(results) == (0, 0)
            ending = threading.Thread(target=cluster.close)
            ending.start()
            with pytest.raises(SchedulerError, match="the scheduler is gone; what was done is kept"):
                next(results)
            ending.join()
        finally:
            cluster.close()


@pytest.fixture
def started(tmp_path):
    """Start `dask` commands outside the checkout; what is started is ended."""
    running = []

    def start(*arguments, **environment):
        command = [sys.executable, "-m", "dask", *map(str, arguments)]
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        running.append(
            subprocess.Popen(command, cwd=tmp_path, env=kept | environment, stderr=subprocess.DEVNULL)
        )
        return running[-1]

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.wait(60)


@pytest.mark.filterwarnings("ignore:.*no workers yet")
def test_workers_without_the_code_are_refused_and_not_waited_for(started, tmp_path):
    place = tmp_path / "scheduler.json"
    quiet = ("--no-dashboard", "--scheduler-file", place)
    started("scheduler", "--host", "127.0.0.1", "--port", 0, *quiet)
    limit = time.monotonic() + 120
    while not place.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    for lacks, problem in (
        ("scheduled_work", "a worker cannot load the work"),
        ("dkva", "a worker has no dkva, or another one"),
    ):
        (tmp_path / f"no_{lacks}.py").write_text(f"import sys\nsys.modules[{lacks!r}] = None\n")
        here = {"PYTHONPATH": str(tmp_path), "DASK_DISTRIBUTED__WORKER__PRELOAD": f"['no_{lacks}']"}
        alone = ("--no-nanny", "--nthreads", 1, "--local-directory", tmp_path)
        worker = started("worker", *alone, *quiet, **here)
        with pytest.raises(SchedulerError, match=problem) as caught:
            list(carry_out(scheduled_work.square, range(3), scheduler=str(place)))
        assert "\n" not in str(caught.value)
        worker.terminate()
        worker.wait(60)
