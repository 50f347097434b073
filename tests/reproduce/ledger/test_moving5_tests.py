"""Claims that are tested on Moving5."""

import numpy as np
import pytest
from claim_rows import claim_test

from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA
from reproduce.ledger.verdicts import verdicts

pytestmark = pytest.mark.fast


def rows(**scores):
    place = {"factor": "travel", "value": "2.0", "seed": 0.0}
    return [
        place | {"video": f"v{i}", "method": method, "mof": value + 0.001 * (i % 3), "repeats_joined": value}
        for method, value in scores.items()
        for i in range(10)
    ]


def test_a_claim_follows_the_sign_of_its_effect():
    test = claim_test("kernel-beats-l2")
    up = test.values(rows(**{"learned, kernel": 0.7, "learned, L2": 0.6}))
    assert up == pytest.approx(np.full(10, 0.1))
    for better, expected in ((0.8, HOLDS), (0.2, DOES_NOT_HOLD)):
        found = verdicts(rows(**{"learned, kernel": better, "learned, L2": 0.5}))
        assert next(r for r in found if r["claim"] == "kernel-beats-l2")["verdict"] == expected
        assert next(r for r in found if r["claim"] == "initial-beats-uniform")["verdict"] == NEEDS_DATA


def test_the_seed_plays_no_role_where_a_video_does_not_spread():
    test = claim_test("seed-plays-no-role")
    method = {"video": "a", "method": "learned, kernel"}
    mine = [method | {"seed": float(seed), "mof": 0.5 + 0.004 * seed} for seed in range(3)]
    assert test.values(mine) == pytest.approx([0.01 - 0.008])
