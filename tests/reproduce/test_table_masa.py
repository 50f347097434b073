"""Table of MASA: its lines by what they are trained on, clips, and what is stored."""

import math
from dataclasses import replace

import pytest
from representation_runs import kept, small

from reproduce import table_masa as table
from reproduce.base import labels
from reproduce.base.labels import ON_ACTIVITY, ON_ALL
from reproduce.tables.joint import Line


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run encoders that are not trained on two activities of three videos; keep what is stored."""
    blank = Line("carl", small(epochs=0))
    part = Line("carl", {**small(epochs=0), "positions": False})
    monkeypatch.setattr(table, "MASA_LINES", {labels.CARL: blank, labels.MASA_WITHOUT_TRIM: part})
    sets = {key: replace(given, seeds=1) for key, given in table.MASA_SETS.items()}
    monkeypatch.setattr(table, "MASA_SETS", sets)
    return kept(table, tmp_path, monkeypatch)


def test_a_model_of_all_stands_beside_one_of_each(run, capsys):
    assert run("--sets", "many_features") == 0
    assert "same activity" in capsys.readouterr().out
    whole, settings = run.published["table_masa_many_features"]
    assert settings["classifier"] == "svm"
    told = {(row["method"], row["training"], row["seed"]) for row in whole.rows}
    alone = {(labels.RAW_FEATURES, "", None), (labels.TRUE_ALIGNMENT, "", None)}
    assert told == alone | {(labels.CARL, ON_ACTIVITY, 0), (labels.CARL, ON_ALL, 0)}
    assert len(whole.rows) == 2 * 3 * len(told)
    assert {row["activity"] for row in whole.rows} == {"A", "B"}
    # A model of each knows of the others as little as one of all that is not trained.
    scores = {
        training: [
            row["tau"] for row in whole.rows if (row["method"], row["training"]) == (labels.CARL, training)
        ]
        for training in (ON_ACTIVITY, ON_ALL)
    }
    assert scores[ON_ACTIVITY] == pytest.approx(scores[ON_ALL])
    clips, _ = run.published["table_masa_clips_many_features"]
    assert {(row["method"], row["training"]) for row in clips.rows} == {
        (labels.RAW_FEATURES, ""),
        (labels.CARL, ON_ALL),
    }
    assert len(clips.rows) == 2 * 2 * 3
    assert not any(math.isnan(row["clips"]) for row in clips.rows)


def test_parts_are_left_out_on_one_activity(run):
    assert run("--sets", "one_activity") == 0
    ((name, (outcome, _)),) = run.published.items()
    assert name == "table_masa_one_activity"
    told = {(row["method"], row["training"]) for row in outcome.rows if row["training"]}
    assert told == {(labels.CARL, ON_ACTIVITY), (labels.MASA_WITHOUT_TRIM, ON_ACTIVITY)}


def test_absent_data_are_said(run, capsys):
    assert run("--sets", "ikea_asm") == 2
    assert "left out." in capsys.readouterr().out
