import pytest

from reproduce import all as everything

pytestmark = pytest.mark.fast


def test_scripts_run_in_order_and_the_check_decides(monkeypatch, capsys):
    calls = []
    for script in everything.SCRIPTS:
        status = int(script is everything.check)
        monkeypatch.setattr(
            script,
            "main",
            lambda given, script=script, status=status: calls.append((script, given)) or status,
        )
    given_all = ["--workers", "3", "--scheduler", "dask", "--force"]
    assert everything.main(given_all) == 1
    assert [script for script, _ in calls] == list(everything.SCRIPTS)
    for script, given in calls:
        if script is everything.check:
            assert given == ["--markdown"]
        else:
            assert given == ([] if script in (everything.claims, everything.figures) else given_all)
    assert "reproduce.table2_moving5" in capsys.readouterr().out
