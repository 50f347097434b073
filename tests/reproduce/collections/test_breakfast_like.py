"""Breakfast-like as tasks."""

from dataclasses import replace

import numpy as np
import pytest

from dkva.baselines import uniform
from dkva.experiments.experiment import Method, RowCache, run
from reproduce.collections import breakfast_like
from synthetic.breakfast_labels import LABEL_FILE, from_grammar, read_label_set
from synthetic.breakfast_like import Settings

FEW = Settings(videos=3, features=4)


@pytest.fixture(scope="module")
def labels():
    return from_grammar()


def test_a_data_set_is_made_once_and_again_where_it_is_damaged(labels, tmp_path):
    place = breakfast_like.dataset(FEW, tmp_path, labels)
    path = next((place / "features").rglob("*.npy"))
    before = path.stat().st_mtime_ns
    assert breakfast_like.dataset(FEW, tmp_path, labels) == place
    assert path.stat().st_mtime_ns == before
    path.unlink()
    assert breakfast_like.dataset(FEW, tmp_path, labels) == place
    assert path.is_file()
    assert breakfast_like.dataset(replace(FEW, seed=1), tmp_path, labels) != place
    fewer = replace(labels, sha256="another")
    assert breakfast_like.dataset(FEW, tmp_path, fewer) != place


def test_tasks_say_what_they_are(labels, tmp_path):
    tasks = breakfast_like.tasks(FEW, seeds=[0], labels=labels, folder=tmp_path)
    rows = run([Method("uniform split", uniform)], tasks, RowCache(tmp_path / "rows.sqlite")).rows
    assert len(rows) == 3
    name = "Breakfast-like (synthetic features on label sequences from a built-in grammar)"
    assert {row["dataset"] for row in rows} == {name}
    assert all(0 < row["mof"] <= 1 for row in rows)


@pytest.mark.data
def test_tasks_on_real_labels(data_root, tmp_path):
    labels = read_label_set(data_root / LABEL_FILE)
    tasks = breakfast_like.tasks(FEW, seeds=[0], labels=labels, folder=tmp_path)
    name = "Breakfast-like (synthetic features on real label sequences)"
    assert {task.columns["dataset"] for task in tasks} == {name}
    real = {video.name: video for video in labels.videos}
    for task in tasks:
        np.testing.assert_array_equal(task.load()[1], real[task.video].labels)


def test_k_is_the_activitys():
    assert breakfast_like.n_segments("P16_cam01_P16_pancake") == 9
    with pytest.raises(ValueError, match="is of no activity of Breakfast"):
        breakfast_like.n_segments("P16_cam01_P16_soup")
