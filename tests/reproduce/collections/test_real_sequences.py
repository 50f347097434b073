"""Sequences by domain as tasks."""

import numpy as np
import pytest
from made_release import release

from dkva.datasets import DataError
from dkva.metrics.segmentation import score_row
from reproduce.collections.real_sequences import SETS, development, sequences_in, tasks_of

pytestmark = pytest.mark.fast


@pytest.fixture
def root(tmp_path):
    (tmp_path / "real_sequences").mkdir()
    x, y = np.eye(6, dtype=np.float32), np.array([4, 4, 2, 2, 4, 7])
    for name in ("mocap__1", "mocap__2", "chest__1"):
        np.savez(tmp_path / "real_sequences" / f"{name}.npz", X=x, y=y)
    release(tmp_path, "breakfast_sample", ["v1"])
    return tmp_path


def test_the_development_half_has_its_domains(root):
    found = development(root, range(2))
    assert [(task.video, task.columns["domain"], task.n_segments) for task in found] == [
        ("chest__1", "chest", 3),
        ("mocap__1", "mocap", 3),
        ("mocap__2", "mocap", 3),
        ("v1", "Breakfast", 3),
    ]
    assert all(task.seeds == (0, 1) for task in found)
    assert found[0].load()[1].tolist() == [4, 4, 2, 2, 4, 7]
    with pytest.raises(DataError, match="not found"):
        development(root / "none", range(1))
    with pytest.raises(DataError, match="DKVA_DATA: is not set"):
        tasks_of(SETS["development"], None, range(1))


def test_ones_own_sequences(root):
    assert next(task.video for task in sequences_in(root / "real_sequences", (5,))) == "chest__1"


@pytest.mark.parametrize("key", ["basic_motions", "moving5"])
def test_sets_of_other_tables_are_measured_alike(key):
    found = tasks_of(SETS[key], None, range(3))
    assert {task.columns["domain"] for task in found} == {key}
    assert all(task.measure is score_row and task.seeds == (0, 1, 2) for task in found)
    assert len({task.video for task in found}) == len(found) >= 10


@pytest.mark.data
def test_the_real_half_has_21_sequences_of_five_domains(data_root):
    found = development(data_root, range(1))
    assert len({task.video for task in found}) == len(found) == 21
    assert sorted({task.columns["domain"] for task in found}) == [
        "Breakfast",
        "chest",
        "misc",
        "mocap",
        "utsa",
    ]
