"""What the command lines share."""

import pickle
from functools import partial

import numpy as np
import pytest

from dkva.base.errors import ExperimentError
from dkva.experiments.collections import Collection
from dkva.experiments.experiment import Task
from dkva.experiments.learners import Member
from reproduce.base import options as options_module
from reproduce.base.methods import method

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("smoke", [[], ["--smoke"]])
def test_the_scheduler_is_passed_on(monkeypatch, tmp_path, smoke):
    given = []
    monkeypatch.setattr(options_module, "run", lambda *_, **options: given.append(options))
    for name in ([], ["--scheduler", "dask"], ["--scheduler", "tcp://10.0.0.1:8786"]):
        options = options_module.parser(None).parse_args([*name, *smoke])
        options_module.compute([], [], options, tmp_path / "rows.sqlite")
    assert [options["scheduler"] for options in given] == ["processes", "dask", "tcp://10.0.0.1:8786"]


def test_trained_methods_run_under_the_same_options(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(
        options_module.collections, "run", lambda *kept, **options: given.append((kept[3:], options))
    )
    for name, path in (("ROWS", "rows.sqlite"), ("MODELS", "models")):
        monkeypatch.setattr(options_module, name, tmp_path / path)
    for extra in ([], ["--smoke"]):
        options = options_module.parser(None).parse_args(["--workers", "3", "--scheduler", "dask", *extra])
        options_module.compute_trained([], [], None, options)
    ((_, models), whole), ((_, apart), smoke) = given
    assert (models.folder, whole["workers"], whole["scheduler"]) == (tmp_path / "models", 3, "dask")
    assert apart.folder != models.folder
    assert smoke["scheduler"] == "dask"


@pytest.mark.parametrize("smoke", [[], ["--smoke"]])
def test_a_smoke_run_learns_for_one_epoch(monkeypatch, tmp_path, smoke):
    given = []
    monkeypatch.setattr(options_module, "run", lambda methods, *_, **__: given.extend(methods))
    methods = [method("dkva", {"epochs": epochs, "smoothing": 0.5}) for epochs in (0, 1, 40)]
    options = options_module.parser(None).parse_args(smoke)
    options_module.compute([*methods, method("uniform")], [], options, tmp_path / "rows.sqlite")
    *learned, uniform = [dict(each.settings) for each in given]
    assert [each["epochs"] for each in learned] == [0, 1, 1 if smoke else 40]
    assert {each["smoothing"] for each in learned} == {0.5}
    assert uniform == {}


def test_failures_of_trainings_end_with_one_message(monkeypatch, tmp_path):
    def fail(*_, **__):
        raise ExperimentError("1 of 1 trainings failed")

    monkeypatch.setattr(options_module.collections, "run", fail)
    with pytest.raises(SystemExit, match=r"^error: 1 of 1 trainings failed"):
        options_module.compute_trained([], [], None, options_module.parser(None).parse_args(["--smoke"]))


def test_an_unknown_scheduler_is_refused(capsys):
    with pytest.raises(SystemExit):
        options_module.parser(None).parse_args(["--scheduler", "slurm"])
    assert "unknown scheduler 'slurm': choose processes, dask" in capsys.readouterr().err


def _video(n, truth):
    return np.arange(3 * n).reshape(n, 3), truth


@pytest.mark.parametrize("n", [150, 200, 201, 4000])
def test_videos_of_smoke_runs_have_few_frames_and_no_action_less(n):
    truth = np.arange(n) * 7 // n
    task = options_module.thinned(Task("a", partial(_video, n, truth), "sum", 7))
    features, found = pickle.loads(pickle.dumps(task.load))()
    assert len(features) == min(n, 200)
    np.testing.assert_array_equal(found, truth[features[:, 0] // 3])
    assert set(found) == set(range(7))
    assert task.checksum != "sum"
    assert len(options_module.thinned(Task("a", partial(_video, n, None), "sum", 7)).load()[0]) == min(n, 200)
    # A truth that is no label a frame knows where its frames are: they stay.
    assert len(options_module.thinned(Task("a", partial(_video, n, ()), "sum", 7)).load()[0]) == n


@pytest.mark.parametrize("smoke", [[], ["--smoke"]])
def test_only_smoke_runs_are_of_thinned_videos(smoke, monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(options_module, "run", lambda _, tasks, *rest, **options: given.append(tasks[0]))
    monkeypatch.setattr(
        options_module.collections, "run", lambda _, found, *rest, **options: given.append(found[0])
    )
    for name, path in (("ROWS", "rows.sqlite"), ("MODELS", "models")):
        monkeypatch.setattr(options_module, name, tmp_path / path)
    options = options_module.parser(None).parse_args(smoke)
    read = partial(_video, 900, None)
    options_module.compute([], [Task("a", read, "sum", 7)], options, tmp_path / "rows.sqlite")
    member = Member("a", read, "sum")
    options_module.compute_trained(
        [], [Collection("c", (member,), (member,), 2, known=(member,))], None, options
    )
    task, collection = given
    for video in (task, *collection.train, *collection.test, *collection.known):
        assert len(video.load()[0]) == (200 if smoke else 900)
        assert (video.checksum == "sum") == (not smoke)
