"""Scikit-learn's conventions, attributes and messages."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import dkva
from dkva import KernelMeanSegmenter, segments
from dkva.base.orientation import TurnedWarning
from dkva.experiments.registry import find, load
from dkva.kernel_means.segmenting import kernel_mean_segments


def video(n=120, d=4, seed=0, noise=0.3):
    """Three actions of unequal lengths, the first of which returns; features and truth."""
    rng = np.random.default_rng(seed)
    truth = np.array([0, 1, 0, 2])[np.searchsorted([n // 4, n // 2, 2 * n // 3], np.arange(n), side="right")]
    return 3 * rng.standard_normal((3, d))[truth] + noise * rng.standard_normal((n, d)), truth


SHUFFLED = "the check's samples are in no order: every switch has its price"


def cannot_apply(estimator):
    return {"check_clustering": SHUFFLED}


@parametrize_with_checks([KernelMeanSegmenter(3)], expected_failed_checks=cannot_apply)
def test_scikit_learns_conventions(estimator, check):
    check(estimator)


@pytest.mark.fast
def test_attributes():
    x, truth = video()
    fitted = KernelMeanSegmenter(3).fit(x)
    np.testing.assert_array_equal(fitted.labels_, truth)
    assert fitted.segments_ == segments(truth)
    assert fitted.switches_ == 3
    assert 0.05 * 3 / 3 < fitted.cost_ < 1
    assert fitted.n_features_in_ == 4
    assert not hasattr(fitted, "hierarchy_")
    leveled = KernelMeanSegmenter(3, levels=5).fit(x)
    levels = leveled.hierarchy_.levels
    assert not hasattr(leveled.set_params(levels=0).fit(x), "hierarchy_")
    np.testing.assert_array_equal(levels[2].labels, truth)
    assert levels[2].cost == pytest.approx(fitted.cost_, rel=1e-12)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).labels_, truth)
    assert clone(fitted).get_params() == fitted.get_params()


@pytest.mark.fast
def test_it_is_public_and_listed():
    assert dkva.KernelMeanSegmenter is KernelMeanSegmenter
    assert load(find("kms").target) is kernel_mean_segments
    x, truth = video()
    np.testing.assert_array_equal(kernel_mean_segments(x, 3, seed=4, pieces=50), truth)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_segments": 0}, "n_segments is 0: give a whole number of at least 1"),
        ({"n_segments": 121}, "n_segments is 121 and the video has 120 frames"),
        ({"random_state": -1}, "random_state is -1"),
        ({"levels": -1}, "levels is -1"),
        ({"levels": 121}, "levels is 121: give a whole number from 0 to 120"),
        ({"bandwidth": -1}, "bandwidth is -1: give a positive number"),
    ],
)
def test_bad_settings_are_named(options, message, unchecked):
    with pytest.raises(ValueError, match=message):
        KernelMeanSegmenter(**{"n_segments": 3} | options).fit(video()[0])


@pytest.mark.fast
def test_bad_features_are_named():
    x, _ = video()
    with pytest.raises(ValueError, match="masked values"):
        KernelMeanSegmenter(3).fit(np.ma.masked_greater(x, 0))
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"NaN|infinity"):
            KernelMeanSegmenter(3).fit(np.where(np.arange(120)[:, None] == 7, bad, x))
        with pytest.raises(ValueError, match="give finite numbers"):
            kernel_mean_segments(np.where(np.arange(120)[:, None] == 7, bad, x), 3)
    with pytest.warns(TurnedWarning, match="30 frames of 40 features: give X.T"):
        KernelMeanSegmenter(3).fit(video(30, 40)[0])
