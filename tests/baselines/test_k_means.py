"""k-means."""

import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from dkva.baselines import kmeans

pytestmark = pytest.mark.fast

rng = np.random.default_rng(0)
TRUTH = np.repeat([0, 1, 0, 2], 20)
FEATURES = 10 * np.eye(3)[TRUTH] + rng.standard_normal((80, 3))


def test_clusters_that_return_keep_their_label():
    np.testing.assert_array_equal(kmeans(FEATURES, 3), TRUTH)


def test_the_seed_is_the_only_chance():
    features = rng.standard_normal((80, 3))
    first = kmeans(features, 5, n_init=1)
    np.testing.assert_array_equal(kmeans(features, 5, n_init=1), first)
    others = [kmeans(features, 5, seed=seed, n_init=1) for seed in range(1, 6)]
    assert min(adjusted_rand_score(first, other) for other in others) < 1


def test_fewer_different_frames_than_centres():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        labels = kmeans(np.repeat([[5.0], [2.0]], 4, axis=0), 3)
    np.testing.assert_array_equal(labels, np.repeat([0, 1], 4))


def test_features_are_not_written_to():
    before = FEATURES.copy()
    kmeans(FEATURES, 2)
    np.testing.assert_array_equal(FEATURES, before)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_segments": 81}, "ask for at most 80"),
        ({"n_segments": 2, "seed": -1}, "seed is -1"),
        ({"n_segments": 2, "n_init": 0}, "n_init is 0"),
    ],
)
def test_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        kmeans(FEATURES, **settings)
    with pytest.raises(ValueError, match="give finite numbers"):
        kmeans(np.full((3, 2), np.inf), 2)
