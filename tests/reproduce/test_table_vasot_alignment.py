"""Alignment of videos of one activity: its lines, and what is stored."""

import math
from dataclasses import replace
from functools import partial

import pytest
from joint_runs import FEW, runner

from reproduce import table_vasot_alignment as table
from reproduce.base import labels
from reproduce.collections.joint import JOINT_SETS
from reproduce.tables.joint import Line


def _few_videos(make, *arguments):
    """To match a pair takes most of the time, and there are six of three."""
    return [replace(each, train=each.train[:2], test=each.test[1:3]) for each in make(*arguments)]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run two models of two seeds on two videos; keep what is stored."""
    for name in ("to_align", "true_alignment"):
        monkeypatch.setattr(table, name, partial(_few_videos, getattr(table, name)))
    lines = {labels.VAOT: Line("vaot", FEW), labels.JOINT: Line("vasot", FEW)}
    monkeypatch.setattr(table, "ALIGNERS", lines)
    sets = {key: replace(given, seeds=2) for key, given in JOINT_SETS.items()}
    monkeypatch.setattr(table, "JOINT_SETS", sets)
    return runner(table, tmp_path, monkeypatch)


def test_models_are_measured_beside_raw_features_and_the_truth(run, capsys):
    assert run("--sets", "one_activity") == 0
    text = capsys.readouterr().out
    assert "Kendall's tau" in text
    assert "AP@5" in text
    ((name, (outcome, settings)),) = run.published.items()
    assert name == "table_vasot_alignment_one_activity"
    assert settings["of_all_models"] == {"frames": 60}
    told = {(row["method"], row["seed"]) for row in outcome.rows}
    alone = {(labels.RAW_FEATURES, None), (labels.TRUE_ALIGNMENT, None)}
    assert told == alone | {(method, seed) for method in (labels.VAOT, labels.JOINT) for seed in range(2)}
    assert len(outcome.rows) == 2 * len(told)
    taus = {}
    for row in outcome.rows:
        taus.setdefault(row["method"], []).append(row["tau"])
        assert math.isnan(row["matched"]) == (row["method"] == labels.TRUE_ALIGNMENT)
    assert sum(taus[labels.TRUE_ALIGNMENT]) / 2 > 0.99
    assert sum(taus[labels.RAW_FEATURES]) / 2 < 0.7


def test_a_part_is_not_stored(run):
    assert run("--methods", labels.RAW_FEATURES, "--sets", "breakfast_sample") == 0
    assert run.published == {}


def test_absent_videos_are_said_and_an_error_if_asked_for(run, capsys):
    for path in (run.folder / "breakfast_sample" / "features").glob("*"):
        path.unlink()
    assert run("--sets", "breakfast_sample", "--methods", labels.RAW_FEATURES) == 2
    assert "the Breakfast sample (3 real videos): left out." in capsys.readouterr().out
