"""Table of supervised segmentation: what is computed, shown and stored of small networks on few videos."""

from dataclasses import replace

import numpy as np
import pytest

from reproduce import table_rtk as table
from reproduce.base import labels
from reproduce.base.store import publish, read_rows
from reproduce.collections import supervised
from reproduce.collections.supervised import KEYPOINTS
from reproduce.pictures.keypoints import keypoints_assembled, overlaps_by_length
from reproduce.tables import supervised_runs
from reproduce.tables.supervised import made

SHOWN = [labels.ASFORMER, labels.RTK]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command as a whole one on the first split and few videos; keep what is stored in a folder."""
    # Models of a smoke run, on as many videos, which are compiled once for both.
    monkeypatch.setattr(supervised_runs, "made", lambda *given, smoke: made(*given, smoke=True))
    make = supervised.collections_of

    def few(*given):
        return [replace(each, train=each.train[:2], test=each.test[:2]) for each in make(*given)[:1]]

    monkeypatch.setattr(supervised_runs, "collections_of", few)
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    for module in ("reproduce.base.options", "reproduce.tables.representation_runs"):
        monkeypatch.setattr(f"{module}.MODELS", tmp_path / "models")
    monkeypatch.setattr(supervised_runs, "RESULTS", tmp_path)
    monkeypatch.setattr(supervised_runs, "publish", lambda *given: publish(*given, folder=tmp_path))
    monkeypatch.setattr(supervised_runs, "LINES", {name: supervised_runs.LINES[name] for name in SHOWN})
    sets = {key: replace(given, seeds=1) for key, given in table.SPLIT_SETS.items()}
    monkeypatch.setattr(table, "SPLIT_SETS", sets)
    return lambda *given: table.main(["--data-root", str(tmp_path), "--workers", "1", *given])


def test_all_that_is_stored_and_drawn_is_of_the_same_models(run, tmp_path, capsys):
    assert run("--sets", "breakfast_like") == 0
    shown = capsys.readouterr().out
    assert "F1@50" in shown
    stored = {path.name for path in tmp_path.glob("*.csv")}
    names = {f"table_rtk_{part}breakfast_like.csv" for part in ("", "lengths_", "keypoints_")}
    assert stored == names
    assert len(list((tmp_path / "models").glob("*.npz"))) == len(SHOWN)

    scores = read_rows("table_rtk_breakfast_like", tmp_path)
    assert len(scores) == 2 * len(SHOWN)
    assert {row["method"] for row in scores} == set(SHOWN)
    assert {row["split"] for row in scores} == {1}
    points = read_rows("table_rtk_keypoints_breakfast_like", tmp_path)
    assert {row["method"] for row in points} == {labels.ASFORMER, labels.RTK_BEFORE, labels.RTK}

    with np.load(tmp_path / KEYPOINTS, allow_pickle=False) as arrays:
        truth = arrays["keypoints/truth"]
        assert {len(arrays[f"keypoints/frames of {name}"]) for name in SHOWN} == {len(truth)}
    picture = keypoints_assembled(tmp_path)
    assert [axes.get_ylabel() for axes in picture.figure.axes][:3] == [
        "truth",
        "keypoints found",
        "keypoints refined",
    ]
    curves = overlaps_by_length(tmp_path)
    (axes,) = curves.figure.axes
    assert axes.get_title().startswith("Breakfast-like by subjects")


def test_a_part_of_the_methods_is_not_stored(run, tmp_path):
    assert run("--sets", "breakfast_like", "--methods", labels.ASFORMER) == 0
    assert not list(tmp_path.glob("*.csv"))


def test_absent_data_are_said(run, capsys):
    assert run("--sets", "gtea") == 2
    assert "GTEA: left out." in capsys.readouterr().out
