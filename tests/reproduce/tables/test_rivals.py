"""Rows of the tables of all methods, from what was measured of an activity's videos."""

import json

import numpy as np
import pytest

from dkva import evaluate
from dkva.metrics.protocols import scores
from reproduce.collections.rivals import ALL_ACTIONS, AVERAGE, SETS
from reproduce.tables.rivals import KINDS, cells, costs_by_label, measure, rows_of, table_of

pytestmark = pytest.mark.fast

TRUTHS = [np.repeat([0, 1, 2, 1], [6, 4, 6, 4]), np.repeat([2, 0], [5, 8]), np.repeat([1, 2], [3, 9])]
LABELS = [np.repeat([2, 0, 1, 3], [5, 7, 4, 4]), np.repeat([0, 1], [6, 7]), np.repeat([3, 0], [4, 8])]
VIDEOS = ["tea/a", "tea/b", "milk/c"]


def measured(rule):
    """As a run gives them: tea's two videos together, milk's alone."""
    rows = [*measure(TRUTHS[:2], LABELS[:2], 4), *measure(TRUTHS[2:], LABELS[2:], 4)]
    about = {"dataset": "made", "method": "cuts", "training": "single video", "seed": None, "n_segments": 4}
    return [
        about | {"k": rule, "video": video, "activity": video.split("/")[0]} | row
        for video, row in zip(VIDEOS, rows, strict=True)
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_rows_hold_the_scores_of_the_protocol(kind):
    other = ({AVERAGE, ALL_ACTIONS} - {kind.rule}).pop()
    rows = rows_of(kind, [*measured(other), *measured(kind.rule)])
    activities = [video.split("/")[0] for video in VIDEOS]
    how = {"protocol": kind.protocol, "scope": kind.scope, "activities": activities, "n_clusters": 4}
    groups = list(scores(TRUTHS, LABELS, **how).groups.values())
    assert len(rows) == len(groups) == (2 if kind.scope == "activity" else 3)
    for row, group in zip(rows, groups, strict=True):
        assert {name: row[name] for name in kind.measures} == {name: group[name] for name in kind.measures}
        assert all(isinstance(value, (str, int, float, type(None))) for value in row.values())


def test_the_papers_scores_are_those_of_evaluate():
    for row, truth, labels in zip(rows_of(KINDS[0], measured(AVERAGE)), TRUTHS, LABELS, strict=True):
        found = evaluate(truth, labels, n_clusters=4)
        assert (row["mof"], row["iou"], row["f1"]) == (found.mof, found.iou, found.f1)


def test_seeds_and_methods_are_apart():
    rows = [
        row | {"seed": seed, "method": name}
        for seed in (0, 1)
        for name in "ab"
        for row in measured(ALL_ACTIONS)
    ]
    joint = rows_of(KINDS[2], rows)
    assert len({(row["activity"], row["method"], row["seed"]) for row in joint}) == len(joint) == 8
    assert {(row["activity"], row["videos"]) for row in joint} == {("tea", 2), ("milk", 1)}


def test_each_table_says_its_protocol_its_matching_and_its_number_of_segments():
    for group in SETS.values():
        for kind in KINDS:
            table = table_of(kind, group, "command")
            assert f'protocol "{kind.protocol}"' in table.title
            assert kind.rule in table.title
            assert table.unit == kind.scope
    tables = {table_of(kind, group, "command").title for group in SETS.values() for kind in KINDS}
    assert len(tables) == len(KINDS) * len(SETS)


def test_costs_stand_beside_the_scores(tmp_path):
    assert costs_by_label({"methods": {"cuts": {"id": "uniform"}}}, tmp_path) == {}
    (tmp_path / "benchmarks").mkdir()
    costs = {
        "uniform": {"seconds": 0.0123456, "training_seconds": None, "peak_mb": 210.4, "imports_mb": 200.0},
        "asot": {"seconds": 1.5, "training_seconds": 20.0, "peak_mb": 900.0, "imports_mb": 250.0},
    }
    text = json.dumps({"figures": {"methods": costs}})
    (tmp_path / "benchmarks" / "rivals.json").write_text(text)
    facts = {
        "parts": [
            {"methods": {"cuts": {"id": "uniform"}, "other": {"id": "other"}}},
            {"methods": {"ASOT": {"id": "asot"}}},
        ]
    }
    found = costs_by_label(facts, tmp_path)
    record = {"training": "x", "measure": "mof", "mean": 0.5, "low": 0.25, "high": 0.75}
    columns, lines = cells([{"method": name, **record} for name in ("cuts", "other", "ASOT")], ["mof"], found)
    assert columns == [
        "method",
        "training",
        "MoF",
        "s a video",
        "training, s a video",
        "MB beside the libraries",
    ]
    assert lines == [
        ["cuts", "x", "50.0 [25.0, 75.0]", "0.0123", "–", "10"],
        ["other", "x", "50.0 [25.0, 75.0]", "–", "–", "–"],
        ["ASOT", "x", "50.0 [25.0, 75.0]", "1.5", "20", "650"],
    ]
