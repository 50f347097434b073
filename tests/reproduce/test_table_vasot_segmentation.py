"""Segmentation by VASOT: its lines, and what is stored."""

from functools import partial

import pytest
from made_release import release

from reproduce import table_vasot_segmentation as table
from reproduce.base import labels
from reproduce.collections import breakfast_like, breakfast_sample
from reproduce.collections.joint import JOINT_SETS
from reproduce.tables.joint import Line
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

FEW = {"hidden": 4, "outputs": 3, "frames": 8, "epochs": 1, "iterations": 2}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run with small models on few videos; keep what is stored."""
    release(tmp_path, "breakfast_sample", breakfast_sample.VIDEOS)
    real = partial(breakfast_like.tasks, labels=from_grammar(), folder=tmp_path)
    few = Settings(videos=40, features=2)
    monkeypatch.setattr(breakfast_like, "tasks", lambda settings=None, *, seeds: real(few, seeds=seeds))
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr("reproduce.base.options.MODELS", tmp_path / "models")
    lines = {labels.JOINT: Line("vasot", FEW), labels.SEGMENTATION_ALONE: Line("vasot", {**FEW, "beta": 0.0})}
    monkeypatch.setattr(table, "SEGMENTERS", lines)
    published = {}
    monkeypatch.setattr(table, "publish", lambda which, *given: published.update({which.name: given}))

    def run(*arguments):
        return table.main(["--data-root", str(tmp_path), "--workers", "1", *arguments])

    run.published, run.folder = published, tmp_path
    return run


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
