"""What learning starts from: mean frames of uniform segments, k-means centres, random frames."""

import zlib

import numpy as np
import pytest
from sklearn.cluster import KMeans

from dkva.approximation.initialisation import _INITS, checksum, initial_frames
from dkva.approximation.settings import INITS

pytestmark = pytest.mark.fast


def frames(n=61, d=4):
    return np.random.default_rng(0).standard_normal((n, d)).astype(np.float32)


def test_there_is_one_for_every_name():
    assert tuple(_INITS) == INITS


@pytest.mark.parametrize("m", [1, 3, 7, 61])
def test_uniform_is_the_mean_frame_of_uniform_segments(m):
    x = frames()
    parts = [x[61 * i // m : 61 * (i + 1) // m].astype(np.float64).mean(axis=0) for i in range(m)]
    # Sums of at most 61 numbers below 5, in float64.
    found = initial_frames(x, m, "uniform", seed=0, name="")
    np.testing.assert_allclose(found, parts, rtol=0, atol=61 * 5 * np.finfo(np.float64).eps)


def test_kmeans_is_scikit_learns_centres_whatever_the_name():
    x = frames()
    expected = KMeans(3, n_init=1, random_state=4).fit(x).cluster_centers_
    for name in ("", "a video"):
        np.testing.assert_array_equal(initial_frames(x, 3, "kmeans", seed=4, name=name), expected)


def test_kmeans_of_fewer_different_frames_than_centres_is_silent(recwarn):
    assert initial_frames(np.ones((5, 2), np.float32), 3, "kmeans", seed=0, name="").shape == (3, 2)
    assert not recwarn.list


def test_random_frames_are_in_order_of_time_and_drawn_by_seed_and_name():
    x = frames()
    x[:, 0] = np.arange(61)
    first, again, other, named = (
        initial_frames(x, 9, "random", seed=seed, name=name)[:, 0].tolist()
        for seed, name in ((4, ""), (4, ""), (5, ""), (4, "another video"))
    )
    assert sorted(set(first)) == first == again
    assert first not in (other, named)
    np.testing.assert_array_equal(initial_frames(x, 61, "random", seed=0, name=""), x)


@pytest.mark.parametrize("init", INITS)
def test_frames_are_not_written(init):
    x = frames()
    x.flags.writeable = False
    initial_frames(x, 5, init, seed=0, name="")
    np.testing.assert_array_equal(x, frames())


def test_a_names_checksum_is_that_of_its_bytes():
    assert checksum("") == 0
    assert checksum("P03_cam01") == zlib.crc32(b"P03_cam01")
    assert checksum("\udcff") != checksum("?")  # a file name that is no text has one too
