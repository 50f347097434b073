"""Ward merging along the chain of frames."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rival_corners import CORNERS, ONCE, check_corner, check_refusals, check_units, corners, planted

from dkva.baselines import ward
from dkva.baselines.standardising import standardised

pytestmark = pytest.mark.fast


def test_a_planted_video_is_cut_right():
    np.testing.assert_array_equal(ward(planted(ONCE), 4), ONCE)


def by_definition(rows, k):
    """Neighbours of least growth of the scatter merged one pair at a time, each growth computed anew."""

    def scatter(part):
        return np.square(part - part.mean(axis=0)).sum()

    parts = list(rows[:, None])
    while len(parts) > k:
        growth = [
            scatter(np.concatenate(pair)) - scatter(pair[0]) - scatter(pair[1]) for pair in pairwise(parts)
        ]
        at = int(np.argmin(growth))
        parts[at : at + 2] = [np.concatenate(parts[at : at + 2])]
    return np.repeat(np.arange(k), [len(part) for part in parts])


@given(st.integers(0, 2**32 - 1), st.integers(3, 25), st.data())
def test_it_is_its_definition(seed, n, data):
    features = np.random.default_rng(seed).standard_normal((n, 2)).cumsum(axis=0)
    k = data.draw(st.integers(1, n))
    np.testing.assert_array_equal(ward(features, k), by_definition(standardised(features), k))


@corners
def test_corners(corner):
    check_corner(ward, corner)
    features, k, *_ = CORNERS[corner]
    assert ward(features, k)[-1] == k - 1  # just K, whatever the frames are


def test_units_do_not_count():
    check_units(ward, planted(ONCE), 4)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(ward)
