"""Worker processes have cores and a GPU of their own, and others come in their place."""

import os

import pytest
import scheduled_work

from dkva.workers import processes as worker_processes
from dkva.workers.carry_out import carry_out
from dkva.workers.processes import gpu_environment


def places(workers, units=6):
    work = carry_out(scheduled_work.place, range(units), workers=workers, group=1)
    return {result for _, result in work}


def test_workers_share_no_cores(all_cores):
    found = places(2)
    assert len({pid for pid, *_ in found}) == 2
    assert os.getpid() not in {pid for pid, *_ in found}
    if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1:
        (first, second) = {cores for _, cores, *_ in found}
        assert not set(first) & set(second)


def test_every_worker_sees_one_gpu(monkeypatch):
    monkeypatch.setattr(worker_processes, "_gpus", lambda: ["GPU-a", "GPU-b"])
    found = places(2)
    assert {gpu for _, _, gpu, _ in found} == {"GPU-a", "GPU-b"}
    assert len(found) == 2
    assert not any(loaded for *_, loaded in found)  # JAX would have taken all of them


def test_more_workers_than_gpus_share_them(monkeypatch):
    monkeypatch.setattr(worker_processes, "_gpus", lambda: ["0", "1"])
    environments = gpu_environment(3)
    assert [given["CUDA_VISIBLE_DEVICES"] for given in environments] == ["0", "1", "0"]
    assert all(given["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false" for given in environments)
    assert gpu_environment(2) == [{"CUDA_VISIBLE_DEVICES": "0"}, {"CUDA_VISIBLE_DEVICES": "1"}]
    monkeypatch.setattr(worker_processes, "_gpus", list)
    assert gpu_environment(2) == [{}, {}]


@pytest.mark.parametrize(
    ("variables", "plugin", "found"),
    [
        ({"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "0,1"}, True, []),
        ({"JAX_PLATFORMS": "cuda,cpu", "CUDA_VISIBLE_DEVICES": "0, 1"}, True, ["0", "1"]),
        ({"CUDA_VISIBLE_DEVICES": "0,1"}, False, []),
        ({"CUDA_VISIBLE_DEVICES": ""}, True, []),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, True, []),
        ({"CUDA_VISIBLE_DEVICES": "GPU-a"}, True, ["GPU-a"]),
    ],
)
def test_gpus_are_those_that_jax_may_use(monkeypatch, variables, plugin, found):
    for name in ("JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(worker_processes.importlib.util, "find_spec", lambda name: plugin or None)
    assert worker_processes._gpus() == found
