"""Parity with the authors' program on three real videos."""

import json

import pytest

from dkva.experiments.experiment import RowCache, run
from reproduce import breakfast_sample
from reproduce.base.store import read_rows
from reproduce.collections.breakfast_sample import VIDEOS, tasks
from reproduce.ledger.paper import number
from reproduce.tables.recordings import BREAKFAST


def test_without_the_data_the_stored_table_is_shown(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert breakfast_sample.main([]) == 0
    text = capsys.readouterr().out
    assert "needs data" in text
    assert "P05_cam01_P05_coffee" in text


@pytest.mark.data
def test_stored_breakfast_rows_come_out_again(data_root, tmp_path):
    stored = {(r["video"], r["method"], r["seed"]): r for r in read_rows("breakfast_sample")}
    mine = tasks(data_root, range(1))
    for row in run(BREAKFAST, mine, RowCache(tmp_path / "rows.sqlite")).rows:
        assert abs(row["mof"] - stored[row["video"], row["method"], row["seed"]]["mof"]) < 0.01


def test_the_authors_figures_are_those_of_the_reference(reference_root):
    reference = json.loads((reference_root / "authors_breakfast_sample.json").read_text())["videos"]
    for name in VIDEOS:
        theirs = reference[name]["authors_gauss_ntk"]
        for measure in ("mof", "iou", "f1"):
            assert number("program", {"video": name}, measure) == pytest.approx(
                100 * theirs[measure], abs=0.01
            )
