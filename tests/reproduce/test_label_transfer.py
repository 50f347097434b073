"""Labels of one real video for the others."""

import pytest
from joint_runs import runner

from reproduce import label_transfer as table
from reproduce.base.labels import RAW_FEATURES
from reproduce.base.store import read_rows
from reproduce.collections.breakfast_sample import VIDEOS
from reproduce.tables import label_transfer
from reproduce.tables.label_transfer import STANDARDISED, STRETCHED


def test_without_the_data_the_stored_table_is_shown(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert table.main([]) == 0
    text = capsys.readouterr().out
    assert "needs data" in text
    assert STRETCHED in text


def test_every_ordered_pair_of_videos_is_a_row(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(label_transfer, "TRAINED", {})
    run = runner(table, tmp_path, monkeypatch)
    assert run() == 0
    assert STANDARDISED in capsys.readouterr().out
    ((name, (outcome, _)),) = run.published.items()
    assert name == "label_transfer"
    told = [(row["method"], row["video"], row["other"]) for row in outcome.rows]
    videos = [f"coffee/{video}" for video in VIDEOS]
    pairs = {(one, other) for one in videos for other in videos if one != other}
    assert {each[1:] for each in told} == pairs
    assert len(told) == len(set(told)) == 3 * len(pairs)
    for row in outcome.rows:  # made videos have the same labels at the same times
        assert row["most"] == 1
        assert row["path"] == 1 or row["method"] != STRETCHED


def test_a_part_is_not_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(label_transfer, "TRAINED", {"vaot": {"epochs": 1, "frames": 8}})
    run = runner(table, tmp_path, monkeypatch)
    assert run("--seeds", "1") == 0
    assert run.published == {}


@pytest.mark.data
def test_a_stored_row_comes_out_again(data_root, tmp_path, monkeypatch):
    stored = {
        (row["video"], row["other"], row["method"]): row
        for row in read_rows("label_transfer")
        if row["method"] in (STRETCHED, RAW_FEATURES, STANDARDISED)
    }
    monkeypatch.setattr(label_transfer, "TRAINED", {})
    for name in ("ROWS", "MODELS"):
        monkeypatch.setattr(f"reproduce.base.options.{name}", tmp_path / name)
    found = {}
    monkeypatch.setattr(table, "publish", lambda which, outcome, settings: found.update(rows=outcome.rows))
    assert table.main(["--data-root", str(data_root), "--workers", "1"]) == 0
    assert len(found["rows"]) == len(stored) == 18
    for row in found["rows"]:
        mine = stored[row["video"], row["other"], row["method"]]
        assert [row[name] for name in ("path", "nearest", "most")] == pytest.approx(
            [mine[name] for name in ("path", "nearest", "most")], abs=0.01
        )
