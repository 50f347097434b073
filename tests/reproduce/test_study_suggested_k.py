import pytest

from reproduce import study_suggested_k
from reproduce.base.store import read_rows
from reproduce.tables.suggested_k import RULES, TRUE

pytestmark = pytest.mark.fast


def test_stored_rows_are_of_every_rule_on_21_sequences():
    rows = read_rows("study_suggested_k")
    assert {row["method"] for row in rows} == set(RULES)
    assert len({row["video"] for row in rows}) == 21
    assert all(row["off"] == abs(row["found"] - row["n_segments"]) for row in rows)
    assert study_suggested_k.median_off(rows, TRUE) == 0


def test_absent_data_is_said(tmp_path, capsys):
    assert study_suggested_k.main(["--data-root", str(tmp_path)]) == 2
    assert "left out" in capsys.readouterr().out
