import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.metrics.bootstrap import bootstrap_interval
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, UNDECIDED, Effect, effect, paired, per_video, verdict

pytestmark = pytest.mark.fast

ROWS = [
    {"video": "a", "method": "x", "seed": 0.0, "mof": 0.5},
    {"video": "a", "method": "x", "seed": 1.0, "mof": 0.7},
    {"video": "b", "method": "x", "seed": 0.0, "mof": 0.9},
    {"video": "a", "method": "y", "seed": math.nan, "mof": 0.1},
    {"video": "b", "method": "y", "seed": math.nan, "mof": math.nan},
]


def test_seeds_are_averaged_before_videos():
    assert per_video([r for r in ROWS if r["method"] == "x"], "mof") == pytest.approx({"a": 0.6, "b": 0.9})


def test_differences_are_of_the_same_video_and_only_where_both_have_the_measure():
    assert paired(ROWS, {"method": "x"}, {"method": "y"}, "mof") == pytest.approx([0.5])


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30))
def test_interval_holds_the_mean(values):
    found = effect(values)
    assert found.n == len(values)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9


@pytest.mark.parametrize("n", [2, 7, 50])
def test_interval_is_the_librarys(n):
    values = np.random.default_rng(n).normal(size=n)
    assert effect(values)[1:3] == bootstrap_interval(values)


def test_one_video_has_no_interval_and_decides_nothing():
    found = effect([0.3])
    assert found.mean == 0.3
    assert math.isnan(found.low)
    assert verdict(found) == UNDECIDED


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 0.2, HOLDS),
        (0.001, 0.002, HOLDS),
        (-0.2, -0.1, DOES_NOT_HOLD),
        (-0.1, 0.1, UNDECIDED),
        (0.0, 0.004, DOES_NOT_HOLD),
        (-0.004, 0.006, UNDECIDED),
    ],
)
def test_a_claim_holds_where_the_whole_interval_does(low, high, expected):
    assert verdict(Effect((low + high) / 2, low, high, 5)) == expected
