"""Numbers of frames that jump."""

import numpy as np
import pytest

from dkva.base.jumps import jumps_of

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("numbers", "step", "count", "first"),
    [([1, 2, 4, 5, 9], 1, 2, (2, 4)), ([0, 5, 10], 1, 2, (0, 5)), (np.array([0.0, 2, 4, 8]), 2, 1, (4, 8))],
)
def test_jumps(numbers, step, count, first):
    assert jumps_of(numbers, step) == (count, first)


@pytest.mark.parametrize(("numbers", "step"), [([1, 2, 3], 1), ([0, 5, 10], 5), ([7], 1)])
def test_none(numbers, step):
    assert jumps_of(numbers, step) is None


def test_what_is_told():
    assert jumps_of([1234567, 1234569], 1).told("column 'frame'", "rows") == (
        "column 'frame' jumps 1 time, first from 1234567 to 1234569; rows are taken as frames that follow "
        "one another: fill in the missing ones if times matter, or if the labels are of all frames"
    )
    assert "jumps 2 times, first" in jumps_of([1, 3, 5], 1).told("x", "rows")
