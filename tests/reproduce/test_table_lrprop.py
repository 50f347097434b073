"""Table of LRProp: its lines, and what is stored."""

from dataclasses import replace

import pytest
from representation_runs import kept, small

from reproduce import table_lrprop as table
from reproduce.base import labels
from reproduce.base.labels import ON_ACTIVITY
from reproduce.tables.joint import Line


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run an encoder that is not trained, of two seeds, on three videos; keep what is stored."""
    monkeypatch.setattr(table, "LRPROP_LINES", {labels.CARL: Line("carl", small(epochs=0))})
    sets = {key: replace(given, seeds=2) for key, given in table.LRPROP_SETS.items()}
    monkeypatch.setattr(table, "LRPROP_SETS", sets)
    return kept(table, tmp_path, monkeypatch)


def test_models_stand_beside_raw_features_and_the_truth(run, capsys):
    assert run("--sets", "one_activity") == 0
    text = capsys.readouterr().out
    assert "Kendall's tau" in text
    assert "AP@5" in text
    ((name, (outcome, settings)),) = run.published.items()
    assert name == "table_lrprop_one_activity"
    assert settings == {"stride": 1, "classifier": "svm"}
    told = {(row["method"], row["training"], row["seed"]) for row in outcome.rows}
    alone = {(labels.RAW_FEATURES, "", None), (labels.TRUE_ALIGNMENT, "", None)}
    assert told == alone | {(labels.CARL, ON_ACTIVITY, seed) for seed in range(2)}
    assert len(outcome.rows) == 3 * len(told)
    taus = {}
    for row in outcome.rows:
        taus.setdefault(row["method"], []).append(row["tau"])
    assert sum(taus[labels.TRUE_ALIGNMENT]) / 3 > 0.99


def test_a_part_is_not_stored_and_absent_data_are_said(run, capsys):
    assert run("--methods", labels.RAW_FEATURES, "--sets", "one_activity") == 0
    assert run.published == {}
    assert run("--sets", "pouring") == 2
    assert "Pouring: left out." in capsys.readouterr().out
