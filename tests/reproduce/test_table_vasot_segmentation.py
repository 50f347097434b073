"""Segmentation by VASOT: its lines, and what is stored."""

import pytest
from joint_runs import FEW, runner

from reproduce import table_vasot_segmentation as table
from reproduce.base import labels
from reproduce.collections.joint import JOINT_SETS
from reproduce.tables.joint import Line


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run two models; keep what is stored."""
    lines = {labels.JOINT: Line("vasot", FEW), labels.SEGMENTATION_ALONE: Line("vasot", {**FEW, "beta": 0.0})}
    monkeypatch.setattr(table, "SEGMENTERS", lines)
    return runner(table, tmp_path, monkeypatch)


@pytest.mark.filterwarnings("ignore:.*fewer frames than the")
def test_every_video_is_scored_once_by_the_published_protocol(run, capsys):
    assert run("--sets", "one_activity", "breakfast_sample") == 0
    assert capsys.readouterr().out.count("Segmentation on") == 2
    assert set(run.published) == {
        "table_vasot_segmentation_one_activity_asot_video",
        "table_vasot_segmentation_breakfast_sample_asot_video",
    }
    for outcome, settings in run.published.values():
        assert settings["protocol"] == "asot"
        told = [(row["method"], row["seed"], row["video"]) for row in outcome.rows]
        assert len(told) == len(set(told))
        assert {method for method, _, _ in told} == {labels.JOINT, labels.SEGMENTATION_ALONE}
        assert {seed for _, seed, _ in told} == set(range(3))


def test_activities_are_scored_as_a_whole_if_there_are_several():
    kinds = {key: [kind.key for kind in table.kinds_of(given)] for key, given in JOINT_SETS.items()}
    assert kinds["breakfast_like"] == ["asot_video", "asot_activity"]
    assert kinds["one_activity"] == kinds["breakfast_sample"] == ["asot_video"]


def test_a_part_is_not_stored(run):
    assert run("--methods", labels.JOINT, "--sets", "breakfast_sample") == 0
    assert run.published == {}
