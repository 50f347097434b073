"""Inner products, distances and cosines of frames against NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest

from dkva.approximation.products import on_sphere, products_of, squared_distances

pytestmark = pytest.mark.fast

X = np.array([[3.0, 4.0], [0.0, 0.0], [-1.0, 2.0]], np.float32)  # whole numbers: every sum is exact
Y = np.array([[1.0, 0.0], [6.0, 8.0]], np.float32)


def test_products_and_distances_of_two_sets():
    p = products_of(jnp.asarray(X), jnp.asarray(Y))
    np.testing.assert_array_equal(p.xy, X @ Y.T)
    np.testing.assert_array_equal(p.xx, [25, 0, 5])
    np.testing.assert_array_equal(p.yy, [1, 100])
    assert (p.dim, p.same) == (2, False)
    expected = ((X[:, None] - Y[None]) ** 2).sum(axis=-1)
    np.testing.assert_array_equal(squared_distances(p), expected)


def test_a_frame_is_at_distance_zero_of_itself():
    frames = np.random.default_rng(0).standard_normal((9, 5)).astype(np.float32) * 1e3
    distances = np.asarray(squared_distances(products_of(jnp.asarray(frames), None)))
    np.testing.assert_array_equal(np.diagonal(distances), 0)
    assert (distances >= 0).all()


def test_the_sphere_keeps_angles_and_leaves_zero_frames_at_the_centre():
    p = on_sphere(products_of(jnp.asarray(X), jnp.asarray(Y)))
    np.testing.assert_array_equal(p.xx, [1, 0, 1])
    np.testing.assert_array_equal(p.xy[1], [0, 0])
    assert p.xy[0, 1] == 1.0  # parallel: 50 / (5 · 10)
    np.testing.assert_array_equal(np.diagonal(on_sphere(products_of(jnp.asarray(X), None)).xy), [1, 0, 1])
