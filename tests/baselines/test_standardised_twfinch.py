"""TW-FINCH on standardised features."""

import warnings

import numpy as np
import pytest
from rival_corners import ONCE, check_corner, check_refusals, check_units, corners, planted

from dkva.baselines import tw_finch, tw_finch_standardised

pytestmark = pytest.mark.fast


def test_a_planted_video_is_cut_right_if_units_differ():
    features = planted(ONCE)
    np.testing.assert_array_equal(tw_finch_standardised(features, 4), ONCE)
    assert (tw_finch(features, 4) != ONCE).any()


def test_it_is_tw_finch_in_standard_units():
    features = planted(ONCE) + 5
    rows = (features - features.mean(axis=0)) / features.std(axis=0)
    np.testing.assert_array_equal(tw_finch_standardised(features, 6), tw_finch(rows, 6))
    with_constant = np.column_stack([features, np.full(150, 0.1)])
    np.testing.assert_array_equal(tw_finch_standardised(with_constant, 6), tw_finch(rows, 6))


@corners
def test_corners(corner):
    with warnings.catch_warnings():  # fewer clusters
        warnings.simplefilter("ignore", UserWarning)
        check_corner(tw_finch_standardised, corner)


def test_fewer_clusters_are_told():
    with pytest.warns(UserWarning, match="they are returned, fewer than n_segments=140"):
        tw_finch_standardised(planted(ONCE), 140)


def test_units_do_not_count():
    check_units(tw_finch_standardised, planted(ONCE), 4)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(tw_finch_standardised)
