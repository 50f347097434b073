"""The lines of the tables of supervised segmentation, and what is measured."""

import numpy as np
import pytest

from dkva.experiments.method_settings import settings_of
from dkva.experiments.registry import find
from dkva.metrics.ms_tcn_protocol import ms_tcn_row
from reproduce.base import labels
from reproduce.collections.supervised import SMALL, SPLIT_SETS, share_seen
from reproduce.tables.supervised import (
    LINES,
    MAIN,
    length_rows_of,
    lengths_table,
    made,
    measure,
    scores_table,
)

pytestmark = pytest.mark.fast

ALL = dict.fromkeys(("keypoints", "refinement", "graph", "matching"), True)
PARTS = {
    labels.RTK_POINTS: {"refinement": False, "graph": False, "matching": False},
    labels.RTK_POINTS_REFINED: {"graph": False, "matching": False},
    labels.RTK_POINTS_GRAPH: {"matching": False},
    labels.RTK_FRAMES: dict.fromkeys(ALL, False),
    labels.RTK_FRAMES_REFINED: {"keypoints": False, "graph": False, "matching": False},
    labels.RTK_FRAMES_GRAPH: {"keypoints": False, "matching": False},
    labels.RTK_FRAMES_MATCHED: {"keypoints": False},
}


def test_every_line_differs_from_its_method_by_what_it_is_called():
    changed = {
        **PARTS,
        labels.ASFORMER_ASSEMBLED: {"reassemble": True},
        labels.RTK_ATTACHED: {"detached": False},
        **{label: {"candidates": share_seen(share)} for share, label in labels.RTK_CANDIDATES.items()},
    }
    for label, line in LINES.items():
        learner = made(label, line, SPLIT_SETS["breakfast_like"])
        usual = {each.name: each.default for each in settings_of(find(line.id))} | SMALL[line.id]
        assert learner.label == label
        assert {k: v for k, v in learner.settings.items() if v != usual[k]} == changed.get(label, {}), label
    assert set(LINES) == {*changed, *MAIN}


def test_models_of_a_smoke_run_are_small_and_of_one_epoch():
    for label, line in LINES.items():
        settings = made(label, line, SPLIT_SETS["breakfast_like"], smoke=True).settings
        assert (settings["maps"], settings["epochs"]) == (8, 1)


def test_released_sets_have_the_published_settings():
    for label, key, expected in (
        (labels.RTK, "breakfast", {"learning_rate": 1e-4}),
        (labels.RTK, "gtea", {"channel_dropout": 0.5}),
        (labels.MS_TCN, "50salads", {"sample_rate": 2}),
    ):
        line = LINES[label]
        usual = {each.name: each.default for each in settings_of(find(line.id))}
        settings = made(label, line, SPLIT_SETS[key]).settings
        assert {k: v for k, v in settings.items() if v != usual[k]} == expected


def test_frames_without_a_label_do_not_count():
    truth = np.array(["a"] * 4 + ["b"] * 4 + [""] * 2)
    found = np.array(["a"] * 3 + ["b"] * 7)
    row = measure(truth, found, 2, [4, 8])
    assert (row["n_frames"], row["right"]) == (8, 7)
    assert {name: row[name] for name in ("tp_50", "fp_50", "fn_50", "edit", "overlap")} == {
        name: ms_tcn_row(truth[:8], found[:8])[name]
        for name in ("tp_50", "fp_50", "fn_50", "edit", "overlap")
    }
    assert row["segments_4"] == row["matched_8"] == 2
    about = {"dataset": "d", "split": 1, "video": "v", "method": "m", "seed": 0}
    rows = length_rows_of([{**about, **row}], [4, 8])
    assert [each["longest"] for each in rows] == [4, 8]
    assert rows[0]["miou"] == pytest.approx((3 / 4 + 4 / 5) / 2)
    assert rows[0]["matched"] == 1


def test_tables_are_named_by_set():
    given = SPLIT_SETS["gtea"]
    assert scores_table(given, "c").name == "table_rtk_gtea"
    assert scores_table(given, "c").command == "c --sets gtea"
    assert lengths_table(given, "c").name == "table_rtk_lengths_gtea"
