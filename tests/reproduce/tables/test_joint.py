"""The lines of the tables of alignment and of both tasks."""

import pytest

from dkva.experiments.method_settings import settings_of
from dkva.experiments.registry import find
from reproduce.base import labels
from reproduce.collections.joint import JOINT_SETS
from reproduce.tables.joint import ALIGNERS, RAW, SEGMENTERS, alignment_table, made, segmentation_table
from reproduce.tables.rivals import KINDS

pytestmark = pytest.mark.fast


def test_every_line_differs_from_the_published_settings_by_what_it_is_called():
    given = JOINT_SETS["breakfast_like"]
    changed = {
        labels.VAOT_BLANK: {"epochs": 0},
        labels.VAOT_WITHOUT_STRUCTURE: {"alpha": 0.0},
        labels.VAOT_WITHOUT_PRIOR: {"rho": 0.0},
        labels.VAOT_UNBALANCED: {"relax_y": True},
        labels.VAOT_WITHOUT_VIRTUAL: {"virtual_frames": False},
        labels.SEGMENTATION_ALONE: {"beta": 0.0},
        labels.ALIGNMENT_ALONE: {"segmentation_weight": 0.0},
        labels.JOINT_KMEANS: {"initial_actions": "kmeans"},
        labels.JOINT_SHIFTED: {"released_shift": True},
    }
    for label, line in (ALIGNERS | SEGMENTERS).items():
        learner = made(label, line, given)
        defaults = {each.name: each.default for each in settings_of(find(line.id))}
        assert learner.label == label
        assert {k: v for k, v in learner.settings.items() if v != defaults[k]} == changed.get(label, {})


def test_settings_of_a_set_are_of_all_its_models_and_a_smoke_run_has_one_epoch():
    given = JOINT_SETS["one_activity"]
    for lines in (ALIGNERS, SEGMENTERS):
        for label, line in lines.items():
            assert made(label, line, given).settings["frames"] == given.settings["frames"]
            assert made(label, line, given, smoke=True).settings["epochs"] <= 1


def test_tables_are_named_by_set_and_protocol():
    given = JOINT_SETS["breakfast_like"]
    assert alignment_table(given, "c").name == "table_vasot_alignment_breakfast_like"
    assert "every 16th frame" in alignment_table(given, "c").title
    joint = next(kind for kind in KINDS if kind.key == "asot_activity")
    table = segmentation_table(joint, given, "c")
    assert (table.name, table.unit) == ("table_vasot_segmentation_breakfast_like_asot_activity", "activity")
    assert RAW.label == labels.RAW_FEATURES
