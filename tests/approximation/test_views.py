"""Views: frames as they are, random cosine features, batches divided by their norms."""

import jax.numpy as jnp
import numpy as np
import pytest

from dkva.approximation.views import VIEWS, CosineFeatures, DividedBatches, View, safe_root

pytestmark = pytest.mark.fast

#: Rounding of one float32 operation.
EPS = float(np.finfo(np.float32).eps)


def frames(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def test_most_kernels_see_frames_as_they_are():
    x = jnp.asarray(frames(5, 3))
    view = View()
    assert view.draw(3, 0, jnp.float32, assigning=True) is None
    assert view.embed(x, None) is x
    assert view.batch(x, None, None) is x
    np.testing.assert_array_equal(view.assigned(frames(5, 3), slice(1, 3), 2), frames(5, 3)[1:3])


def test_cosine_features_are_those_of_their_draws():
    x = frames(4, 6)
    view = CosineFeatures(redrawn=False)
    drawn = view.draw(6, 7, jnp.float32, assigning=False)
    w, u = np.asarray(drawn.frequencies, np.float64), np.asarray(drawn.phases, np.float64)
    expected = np.sqrt(0.1 / 6) * np.cos(x @ w + u)
    # The argument of the cosine is a sum of 7 terms below 10; its slope is at most 1.
    np.testing.assert_allclose(view.embed(jnp.asarray(x), drawn), expected, rtol=0, atol=7 * 10 * EPS)


@pytest.mark.parametrize("redrawn", [False, True])
def test_cosine_features_are_drawn_anew_for_assignment_if_asked_for(redrawn):
    view = CosineFeatures(redrawn)
    learning, assigning, other = (
        np.asarray(view.draw(3, seed, jnp.float32, assigning=assigned).frequencies)
        for seed, assigned in ((1, False), (1, True), (2, False))
    )
    assert np.array_equal(learning, assigning) != redrawn
    assert not np.array_equal(learning, other)


def test_cosine_features_need_their_draws():
    with pytest.raises(ValueError, match="need their draws"):
        CosineFeatures(redrawn=False).embed(jnp.ones((2, 3)), None)


def test_a_batch_is_divided_by_the_norms_of_what_counts_in_it():
    x = frames(6, 4)
    x[:, 2] = 0
    used = np.array([True] * 4 + [False] * 2)
    divided = np.asarray(DividedBatches().batch(jnp.asarray(x), jnp.asarray(used), None))
    norms = np.linalg.norm(x[:4].astype(np.float64), axis=0)
    norms[2] = 1
    np.testing.assert_allclose(divided, x / norms, rtol=8 * EPS)  # four squares, a root, a division


def test_a_sample_stands_for_a_batch_of_another_size():
    x = jnp.asarray(frames(5, 3))
    alone, larger = (np.asarray(DividedBatches().batch(x, None, size)) for size in (None, 20.0))
    np.testing.assert_allclose(alone, 2 * larger, rtol=8 * EPS)


@pytest.mark.parametrize("size", [4, 7, 23])
def test_assigned_frames_are_divided_by_the_batch_that_they_lie_in(size):
    x = frames(23, 3)
    x[:, 1] = 0
    edges = [(first, min(first + size, 23)) for first in range(0, 23, size)]
    expected = np.empty_like(x)
    for first, last in edges:
        batch = x[max(last - size, 0) : last] if last - first < size else x[first:last]
        norms = np.linalg.norm(batch, axis=0)
        expected[first:last] = x[first:last] / np.where(norms > 0, norms, 1)
    view = DividedBatches()
    for rows in (slice(0, 23), slice(5, 19), slice(22, 23)):
        np.testing.assert_array_equal(view.assigned(x, rows, size), expected[rows])


def test_the_root_has_a_finite_gradient_at_0():
    import jax

    assert float(jax.grad(safe_root)(jnp.float32(0))) == 0
    assert float(safe_root(jnp.float32(9))) == 3


def test_views_are_named():
    assert VIEWS["frames"].draw(2, 0, jnp.float32, assigning=False) is None
    assert isinstance(VIEWS["divided_batches"], DividedBatches)
