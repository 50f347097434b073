"""What the command lines share."""

import pytest

from dkva.base.errors import ExperimentError
from reproduce.base import options as options_module

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
