"""ASOT's decoder on one video: planted actions, each setting's effect, and corners."""

import numpy as np
import pytest
from rival_corners import CORNERS, ONCE, RETURNING, check_corner, check_refusals, planted

from dkva.metrics.segmentation import evaluate
from dkva.transport.single_video import asot_single

#: Few, as each number of segments is a program of its own.
FEW = ("one frame", "two frames", "constant features", "equal frames", "one feature", "whole numbers")


@pytest.mark.parametrize("truth", [ONCE, RETURNING], ids=["once", "returning"])
@pytest.mark.parametrize("rounds", [0, 2])
def test_planted_actions_are_found(truth, rounds):
    features = planted(truth)
    labels = asot_single(features, int(truth.max()) + 1, rounds=rounds, rho=0.0)
    assert evaluate(truth, labels).mof >= 0.95


def test_planted_actions_in_order_are_found_with_the_prior():
    assert evaluate(ONCE, asot_single(planted(ONCE), 4)).mof >= 0.95


def test_neighbours_steady_frames_that_stray():
    truth = np.repeat([0, 1], 60)
    features = planted(truth)
    strays = np.arange(5, 120, 10)
    features[strays] = planted(1 - truth[strays], seed=1)
    steady = asot_single(features, 2, rho=0.0, radius=0.1)
    free = asot_single(features, 2, rho=0.0, alpha=0.0)
    assert evaluate(truth, steady).mof > 0.95
    assert evaluate(truth, free).mof < 0.95


def test_a_strong_prior_gives_actions_their_times():
    features = np.random.default_rng(0).normal(size=(100, 4))
    labels = asot_single(features, 4, rho=50.0, lambda_actions=0.0)
    # |i/N - j/K| is least at the j next to K·i/N.
    np.testing.assert_array_equal(labels, np.clip(np.round(np.arange(100) / 25 - 1e-9), 0, 3))


@pytest.mark.parametrize("corner", FEW)
def test_corners(corner):
    assert corner in CORNERS
    check_corner(asot_single, corner, fewer=True)


def test_units_do_not_matter_if_features_are_standardised():
    features = planted(ONCE)
    scaled = features * np.array([8.0, 0.25, 2.0, 0.5])
    np.testing.assert_array_equal(asot_single(features, 4), asot_single(scaled, 4))
    assert (asot_single(features, 4, standardise=False) != asot_single(features, 4)).any()


def test_refusals(unchecked):
    check_refusals(asot_single)


@pytest.mark.parametrize("given", [{"rounds": -1}, {"radius": 0}, {"eps": 0}, {"alpha": 2}, {"rho": -1}])
def test_refuses_settings_out_of_range(given):
    (name,) = given
    with pytest.raises(ValueError, match=f"{name} is"):
        asot_single(planted(ONCE), 4, **given)
