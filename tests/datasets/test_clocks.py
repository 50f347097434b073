"""Columns that rise as clocks do."""

import numpy as np
import pytest

from dkva.datasets.clocks import like_clocks, may_be_epoch

pytestmark = pytest.mark.fast

UP = np.arange(2000.0)
NOISE = np.random.default_rng(0).normal(size=UP.size)
JITTER = np.cumsum(np.random.default_rng(1).uniform(30, 50, UP.size))


@pytest.mark.parametrize(
    "column",
    [40 * UP, UP / 30, np.round(UP / 30, 2), np.round(UP * 100 / 3), 1e-4 * UP - 0.05, UP[:10]],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_constant_steps(column, kind):
    values = np.column_stack([NOISE[: len(column)], column])
    assert like_clocks(values.astype(kind), {}) == [1]


@pytest.mark.parametrize(
    "column",
    [
        UP[:9],
        UP[::-1],
        0 * UP,
        JITTER,
        np.cumsum(np.abs(NOISE)),
        UP**1.01,
        np.where(UP == 900, np.nan, UP),
        np.where(UP >= 900, UP + 5, UP),
        UP // 5,
        np.sin(UP / 2000),
    ],
)
def test_other_columns(column):
    assert like_clocks(np.column_stack([NOISE[: len(column)], column]).astype(np.float32), {}) == []


@pytest.mark.parametrize("parts", [1e-3, 1.0, 1e3, 1e6])
def test_times_since_1970_need_no_constant_step(parts):
    times = (1_700_000_000_000 + JITTER) * parts
    values = np.column_stack([NOISE, times]).astype(np.float32)
    assert like_clocks(values, {1: times}) == [1]
    assert like_clocks(values, {1: times[::-1]}) == []
    assert may_be_epoch(times).all()
    assert not may_be_epoch(np.array([0, -1.7e9, 1e8, 5e9, np.nan, np.inf])).any()
