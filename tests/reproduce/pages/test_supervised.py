"""Supervised segmentation on the page of results."""

from pathlib import Path

import pytest

from reproduce.collections.supervised import SPLIT_SETS
from reproduce.ledger.keypoint_paper import RTK_TABLES
from reproduce.pages import results
from reproduce.pages.supervised import absent_table, published_keypoints

pytestmark = pytest.mark.fast


def test_every_table_is_shown_with_its_numbers():
    shown = published_keypoints()["published_rtk"]
    assert shown.count("<summary>") == len(RTK_TABLES)
    assert "| RTK | 87.4 | 86.1 | 79.5 | 81.4 | 85.9 |" in shown
    assert "| ED-TCN | – | – | – | – | 43.3 |" in shown


def test_what_is_not_there_says_what_brings_it():
    assert "--sets basic_motions" in absent_table("table_rtk_keypoints_basic_motions")
    assert absent_table("table_rtk_50salads").startswith("*needs data* (50 Salads: release of")
    assert absent_table("table_lrprop_breakfast") is None


def test_the_page_asks_for_the_tables_of_every_set():
    template = (Path(results.__file__).parents[1] / "templates" / "results.md").read_text()
    for key in SPLIT_SETS:
        for part in ("", "lengths_", "keypoints_"):
            assert template.count(f"$table_rtk_{part}{key}\n") == 1
