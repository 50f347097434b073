"""Kernel change points."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.baselines import kernel_change_points
from dkva.baselines.change_points import KERNELS

pytestmark = pytest.mark.fast

rng = np.random.default_rng(0)
TRUTH = np.repeat([0, 1, 2, 3], [30, 25, 40, 15])
FEATURES = 5 * np.eye(4)[TRUTH] + rng.standard_normal((110, 4))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("scale", [1e-150, 1, 1e150])
def test_steps_are_found_at_any_scale(kernel, scale):
    np.testing.assert_array_equal(kernel_change_points(scale * FEATURES, 4, kernel=kernel), TRUTH)


def test_only_the_gaussian_sees_a_change_of_variance():
    features = rng.standard_normal((400, 3)) * np.repeat([1.0, 6.0], 200)[:, None]
    (change,) = np.flatnonzero(np.diff(kernel_change_points(features, 2)))
    assert abs(change - 199) < 10


@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
def test_the_cut_is_the_best_of_all(seed, n):
    features = np.random.default_rng(seed).standard_normal((n, 2))

    def scatter(edges):
        return sum(((part - part.mean(axis=0)) ** 2).sum() for part in np.split(features, edges))

    best = min(itertools.combinations(range(1, n), 2), key=scatter)
    labels = kernel_change_points(features, 3, kernel="linear")
    # Another cut is as good only where rounding hides the difference: ruptures has centred Gram matrices.
    found = scatter(np.flatnonzero(np.diff(labels)) + 1)
    np.testing.assert_allclose(found, scatter(best), rtol=0, atol=1e-9 * (features**2).sum())


@given(st.data(), st.integers(1, 40), st.sampled_from(KERNELS), st.integers(1, 8), st.integers(2, 50))
def test_every_segment_gets_frames(data, n, kernel, min_size, max_frames):
    m = data.draw(st.integers(1, n))
    features = np.random.default_rng(n).standard_normal((n, 2))
    labels = kernel_change_points(features, m, kernel=kernel, min_size=min_size, max_frames=max_frames)
    assert labels.shape == (n,)
    assert set(np.diff(labels)) <= {0, 1}
    assert (labels[0], labels[-1]) == (0, m - 1)


def test_least_length():
    labels = kernel_change_points(FEATURES, 4, min_size=20)
    assert np.bincount(labels).min() >= 20


def test_thinned_videos_are_exact_to_the_stride():
    features = FEATURES.repeat(10, axis=0)
    labels = kernel_change_points(features, 4, max_frames=110)
    np.testing.assert_array_equal(labels, TRUTH.repeat(10))
    features = features[3:]
    moved = np.flatnonzero(np.diff(kernel_change_points(features, 4, max_frames=110)))
    assert np.abs(moved - np.flatnonzero(np.diff(TRUTH.repeat(10)[3:]))).max() <= 10


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_video_in_which_nothing_happens(kernel):
    labels = kernel_change_points(np.ones((20, 3)), 4, kernel=kernel)
    assert len(np.unique(labels)) == 4


def test_features_are_not_written_to():
    before = FEATURES.copy()
    kernel_change_points(FEATURES, 3)
    np.testing.assert_array_equal(FEATURES, before)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_segments": 0}, "n_segments is 0"),
        ({"n_segments": 111}, "ask for at most 110"),
        ({"n_segments": 2, "kernel": "laplace"}, "unknown kernel 'laplace': choose one of rbf, linear"),
        ({"n_segments": 2, "min_size": 0}, "min_size is 0"),
        ({"n_segments": 2, "max_frames": 1}, "max_frames is 1"),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        kernel_change_points(FEATURES, **settings)
    with pytest.raises(ValueError, match="give finite numbers"):
        kernel_change_points(np.full((3, 2), np.nan), 2)
