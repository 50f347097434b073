"""Points that models of the tables find, and their rows."""

from types import SimpleNamespace

import numpy as np
import pytest

from dkva.experiments.learners import Learner
from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates
from reproduce.base import labels
from reproduce.collections.supervised import SPLIT_SETS
from reproduce.tables import supervised_points as points
from reproduce.tables.supervised import LINES

pytestmark = pytest.mark.fast

FRAMES = np.array(["a"] * 4 + ["b"] * 3 + ["a"] * 1)


class Model:
    """Segments a video as `FRAMES` says, and finds three keypoints in it."""

    classes = ("a", "b")

    def segment(self, features):
        return FRAMES

    def arrays(self):
        return {}

    def keypoints(self, features):
        found = Candidates(
            np.array([2, 4, 5, 0]),
            np.array([ACTION, BOUNDARY, ACTION, ACTION]),
            np.array([0.9, 0.5, 0.8, 0.0]),
            np.array([0, -1, 1, -1]),
            np.array([True, True, True, False]),
        )
        return SimpleNamespace(candidates=found, refined=Candidates(*(each[:1] for each in found)))


def test_frames_give_the_middle_and_the_start_of_each_run():
    found = points.frame_points(Model(), None)
    assert [(each["place"], each["boundary"], each["label"]) for each in found] == [
        (1, False, "a"),
        (4, True, ""),
        (5, False, "b"),
        (7, False, "a"),
        (7, True, ""),
    ]


def test_keypoints_are_named_and_absent_ones_left_out(monkeypatch):
    monkeypatch.setattr(points, "_rtk", lambda arrays: Model())
    before = points.candidates_of_rtk({}).segment(None)
    assert before.tolist() == [(2, False, "a", 0.9), (4, True, "", 0.5), (5, False, "b", 0.8)]
    after = points.points_of_rtk({})
    assert after.segment(None).tolist() == [(2, False, "a", 0.9)]
    assert after.arrays() == {}


def test_points_are_held_against_the_truth_up_to_its_last_label():
    found = points.frame_points(Model(), None)
    truth = np.array(["a"] * 3 + ["b"] * 4 + [""])
    row = points.measure_points(truth, found, 2, within=1)
    # The frame without a label has an action and a boundary, which do not count.
    assert (row["actions"], row["actions_right"], row["segments_found"]) == (2, 2, 2)
    assert (row["boundaries"], row["boundaries_right"], row["true_boundaries"]) == (1, 1, 1)
    exact = points.measure_points(truth, found, 2, within=0)
    assert (exact["boundaries"], exact["boundaries_right"]) == (1, 0)
    accuracy, of = points.RATIOS["boundary_accuracy"](row)
    assert (accuracy, of) == (1, 1)


def test_a_learner_of_points_has_the_models_of_its_line():
    trained = Learner("rtk", points.points_of_rtk, points.points_of_rtk, settings={"epochs": 1})
    for name, (line, restore) in points.OF_METHODS.items():
        assert line in LINES
        learner = points.pointing(name, trained)
        assert (learner.label, learner.restore) == (name, restore)
        assert learner.key("digest", None, 0) == trained.key("digest", None, 0)
    table = points.points_table(SPLIT_SETS["breakfast_like"], "c")
    assert table.name == "table_rtk_keypoints_breakfast_like"
    assert set(table.measures) == set(points.RATIOS)
    assert set(points.OF_METHODS) == {labels.ASFORMER, labels.RTK_BEFORE, labels.RTK}
