import json

import numpy as np
import pytest

from reproduce import claims
from reproduce.claims import TESTS, ledger, verdicts
from reproduce.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA
from reproduce.paper import CLAIMS, TABLES, number
from reproduce.paths import RESULTS
from reproduce.store import read_rows

pytestmark = pytest.mark.fast


def test_every_claim_has_one_test_and_every_test_a_claim():
    assert [test.claim for test in TESTS] == list(CLAIMS)


def test_every_test_has_rows_or_says_what_brings_them():
    for test in TESTS:
        assert (test.result is None) == (test.values is None) == bool(test.needs)


def test_the_methods_that_are_compared_are_in_the_rows():
    for record in ledger():
        if record["result"]:
            assert record["videos"] > 1, record["id"]
            assert record["interval"][0] <= record["effect"] <= record["interval"][1]


def rows(**scores):
    place = {"factor": "travel", "value": "2.0", "seed": 0.0}
    return [
        place | {"video": f"v{i}", "method": method, "mof": value + 0.001 * (i % 3), "repeats_joined": value}
        for method, value in scores.items()
        for i in range(10)
    ]


def test_a_claim_follows_the_sign_of_its_effect():
    test = next(test for test in TESTS if test.claim == "kernel-beats-l2")
    up = test.values(rows(**{"learned, kernel": 0.7, "learned, L2": 0.6}))
    assert up == pytest.approx(np.full(10, 0.1))
    for better, expected in ((0.8, HOLDS), (0.2, DOES_NOT_HOLD)):
        found = verdicts(rows(**{"learned, kernel": better, "learned, L2": 0.5}))
        assert next(r for r in found if r["claim"] == "kernel-beats-l2")["verdict"] == expected
        assert next(r for r in found if r["claim"] == "initial-beats-uniform")["verdict"] == NEEDS_DATA


def test_the_seed_plays_no_role_where_a_video_does_not_spread():
    test = next(test for test in TESTS if test.claim == "seed-plays-no-role")
    method = {"video": "a", "method": "learned, kernel"}
    mine = [method | {"seed": float(seed), "mof": 0.5 + 0.004 * seed} for seed in range(3)]
    assert test.values(mine) == pytest.approx([0.01 - 0.008])


def test_without_results_all_needs_data(tmp_path):
    assert {record["verdict"] for record in ledger(tmp_path)} == {NEEDS_DATA}
    assert all(record["needs"] for record in ledger(tmp_path))


def test_the_stored_ledger_is_what_is_computed(tmp_path):
    assert claims.stored() == json.loads((RESULTS / claims.LEDGER).read_text())


def test_numbers_of_the_paper():
    assert number("table4", {"dataset": "Breakfast", "method": "learned, kernel"}, "f1") == 49.8
    assert number("table4", {"dataset": "YTI", "method": "CLOT"}, "mof") == 69.3
    assert number("table4", {"dataset": "MPII Cooking 2", "method": "ABD"}, "mof") is None
    assert number("table5", {"dataset": "50 Salads (mid)", "method": "TW-FINCH"}, "iou") == 41.3
    assert number("table2", {"method": "learned, kernel"}, "mof") is None
    assert number(None, {"method": "learned"}, "mof") is None
    assert len(TABLES["table4"]) == 3 * 18 + 9 + 2 * 12
    assert len(TABLES["table5"]) == 36


def test_the_study_has_the_default_in_every_factor():
    stored = read_rows("study_moving5")
    factors = {row["factor"] for row in stored}
    defaults = {
        (row["video"], row["mof"])
        for row in stored
        if (row["factor"], row["value"]) == ("travel", "2.0") and row["method"] == "initial, kernel"
    }
    assert len(defaults) == 50
    for factor, value in (("digit_size", "28"), ("colour", "True"), ("order", "random"), ("repeats", "3")):
        assert factor in factors
        same = {
            (row["video"], row["mof"])
            for row in stored
            if (row["factor"], row["value"]) == (factor, value) and row["method"] == "initial, kernel"
        }
        assert same == defaults, factor
