"""Spectral clustering by features and time."""

import warnings

import numpy as np
import pytest
from rival_corners import (
    CORNERS,
    ONCE,
    RETURNING,
    check_corner,
    check_refusals,
    check_units,
    corners,
    planted,
)
from sklearn.metrics import adjusted_rand_score

from dkva.baselines import spectral
from dkva.baselines.spectral_clustering import _affinity
from dkva.baselines.standardising import standardised

pytestmark = pytest.mark.fast

rng = np.random.default_rng(2)


def test_a_planted_video_is_cut_right():
    np.testing.assert_array_equal(spectral(planted(ONCE), 4), ONCE)


def test_labels_return_if_time_counts_little():
    np.testing.assert_array_equal(spectral(planted(RETURNING), 3, time_width=10.0), RETURNING)


def test_time_alone_cuts_into_contiguous_segments():
    labels = spectral(np.zeros((90, 2)), 3)
    assert np.count_nonzero(np.diff(labels)) == 2
    assert np.bincount(labels).min() >= 15


def test_affinities_by_their_definition():
    rows = standardised(rng.standard_normal((9, 3)))
    pairs = [np.square(rows[i] - rows[j]).sum() for i in range(9) for j in range(i)]
    expected = [
        [
            np.exp(-np.square(x - y).sum() / np.median(pairs)) * np.exp(-((i - j) ** 2) / (2 * 2.5**2))
            for j, y in enumerate(rows)
        ]
        for i, x in enumerate(rows)
    ]
    # The median is float32's.
    np.testing.assert_allclose(_affinity(rows, 2.5), expected, rtol=1e-5, atol=0)


def test_long_videos_are_cut_in_pieces():
    labels = spectral(planted(ONCE.repeat(4)), 4, max_pieces=150)
    np.testing.assert_array_equal(labels, ONCE.repeat(4))


def test_at_least_as_many_pieces_as_segments():
    assert len(np.unique(spectral(planted(ONCE), 20, max_pieces=2))) == 20


def test_the_seed_is_the_only_chance():
    features = rng.standard_normal((60, 3))
    first, again, *others = (spectral(features, 6, seed=seed, n_init=1) for seed in (0, 0, 1, 2, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert min(adjusted_rand_score(first, other) for other in others) < 1


@corners
def test_corners(corner):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_corner(spectral, corner)
    features, k, *_ = CORNERS[corner]
    if k == len(features):
        np.testing.assert_array_equal(spectral(features, k), np.arange(k))


def test_units_do_not_count():
    check_units(spectral, planted(ONCE), 4)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(
        spectral,
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"time_width": 0}, "time_width is 0"),
        ({"max_pieces": 1}, "max_pieces is 1"),
        ({"n_init": 0}, "n_init is 0"),
    )
