"""The lines of the tables of representations."""

import pytest

from dkva.experiments.method_settings import settings_of
from dkva.experiments.registry import find
from reproduce.base import labels
from reproduce.base.labels import ON_ALL
from reproduce.collections.representations import LRPROP_SETS, MASA_SETS, SMALL
from reproduce.tables.representations import LRPROP_LINES, MASA_LINES, clips_table, embedded_table, made

pytestmark = pytest.mark.fast


def test_every_line_differs_from_its_method_by_what_it_is_called():
    given = LRPROP_SETS["many_features"]
    changed = {
        labels.CARL_BLANK: {"epochs": 0},
        labels.MASA_BLANK: {"epochs": 0},
        labels.LRPROP_WITHOUT_SAME: {"same_weight": 0.0},
        labels.LRPROP_WITHOUT_PROPAGATION: {"other_weight": 0.0},
        labels.LRPROP_WITHOUT_WARPING: {"soft_dtw_weight": 0.0},
        labels.MASA_WITHOUT_SELF: {"self_attention": False},
        labels.MASA_WITHOUT_CROSS: {"cross_attention": False},
        labels.MASA_WITHOUT_STOP: {"stop_gradient": False},
        labels.MASA_WITHOUT_DUAL: {"dual_augmentation": False},
        labels.MASA_WITHOUT_TRIM: {"trim": False},
        labels.MASA_WITHOUT_PREDICTOR: {"cluster_predictor": False},
    }
    for label, line in (LRPROP_LINES | MASA_LINES).items():
        learner = made(label, line, given, ON_ALL)
        defaults = {each.name: each.default for each in settings_of(find(line.id))} | SMALL[line.id]
        assert (learner.label, learner.columns) == (label, {"training": ON_ALL})
        assert {k: v for k, v in learner.settings.items() if v != defaults[k]} == changed.get(label, {})
    parts = {*labels.LRPROP_PARTS, *labels.MASA_PARTS, labels.CARL_BLANK, labels.MASA_BLANK}
    assert parts == set(changed)


def test_models_of_a_smoke_run_are_small_and_of_one_epoch():
    for label, line in (LRPROP_LINES | MASA_LINES).items():
        settings = made(label, line, MASA_SETS["many_both"], ON_ALL, smoke=True).settings
        assert settings["epochs"] <= 1
        assert settings["hidden"] == 8


def test_tables_are_named_by_set():
    given = LRPROP_SETS["pouring"]
    table = embedded_table("table_lrprop", given, "c")
    assert (table.name, table.title) == (
        "table_lrprop_pouring",
        "Embedded frames on Pouring, every 5th frame",
    )
    assert table.command == "c --sets pouring"
    assert clips_table("table_masa", MASA_SETS["many_both"], "c").name == "table_masa_clips_many_both"
