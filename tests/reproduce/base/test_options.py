"""What the command lines share."""

import pytest

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


def test_an_unknown_scheduler_is_refused(capsys):
    with pytest.raises(SystemExit):
        options_module.parser(None).parse_args(["--scheduler", "slurm"])
    assert "unknown scheduler 'slurm': choose processes, dask" in capsys.readouterr().err
