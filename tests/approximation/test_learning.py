"""Batches, and the learning loop by itself: against Adam by hand, with losses made for the test."""

from contextlib import nullcontext

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from batches import sizes
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.approximation.learning import TOLERANCE_EPOCHS, Schedule, draw, learn
from dkva.approximation.padding import MAX_BATCH
from dkva.base.uniform import uniform_edges

# --- batches ---------------------------------------------------------------------------------------


jitted = jax.jit(draw, static_argnums=2)


def drawn(n, m, seed=0, spare=0, batch=None):
    chosen = sizes(n, m, spare, batch)
    return np.asarray(jitted(jax.random.key(seed), chosen, MAX_BATCH))[: chosen.batch]


@pytest.mark.fast
@settings(max_examples=60)
@given(st.data(), st.integers(1, 100_000), st.integers(0, 1000))
def test_batch_is_stratified_for_any_n_and_m(data, n, seed):
    m = data.draw(st.integers(1, min(n, 40)))
    frames = drawn(n, m, seed, spare=40 - m)
    batch = min(MAX_BATCH, n // m)
    assert len(frames) == batch
    assert frames.min() >= 0
    assert frames.max() < n
    each = batch // m
    segment = np.searchsorted(uniform_edges(n, m), frames, side="right") - 1
    np.testing.assert_array_equal(segment[: each * m], np.repeat(np.arange(m), each))


@pytest.mark.fast
@settings(max_examples=40)
@given(st.data(), st.integers(1, 3000), st.integers(0, 1000))
def test_batch_of_any_size_is_as_stratified_as_it_can_be(data, n, seed):
    m = data.draw(st.integers(1, min(n, 40)))
    batch = data.draw(st.integers(1, min(n, MAX_BATCH)))
    frames = drawn(n, m, seed, spare=40 - m, batch=batch)
    assert len(frames) == batch
    assert frames.min() >= 0
    assert frames.max() < n
    each = batch // m
    segment = np.searchsorted(uniform_edges(n, m), frames, side="right") - 1
    np.testing.assert_array_equal(segment[: each * m], np.repeat(np.arange(m), each))


@pytest.mark.fast
@pytest.mark.parametrize(("n", "m"), [(40, 7), (5, 5), (3, 1), (1000, 30)])
def test_every_frame_of_a_stratum_and_of_the_rest_is_drawn(n, m):
    keys = jax.random.split(jax.random.key(0), 1200)
    batch = min(MAX_BATCH, n // m)
    frames = np.asarray(jax.jit(jax.vmap(lambda key: draw(key, sizes(n, m), batch)))(keys))
    each = frames.shape[1] // m
    edges = uniform_edges(n, m)
    for segment in range(m if each else 0):
        mine = frames[:, segment * each : (segment + 1) * each]
        np.testing.assert_array_equal(np.unique(mine), np.arange(edges[segment], edges[segment + 1]))
    rest = frames[:, each * m :]
    if rest.size > 20 * n:
        counts = np.bincount(rest.ravel(), minlength=n) / rest.size
        assert counts.min() > 0
        assert counts.max() < 3 / n


# --- the loop ----------------------------------------------------------------------------------------

RATE = 0.1
START = np.array([[1.0, -2.0], [0.5, 3.0], [4.0, 4.0]], np.float32)
TARGETS = np.array([[0.0, 1.0], [2.0, 2.0], [1.0, -1.0], [3.0, 0.0]], np.float32)

#: At most twenty steps, each of some eight operations on numbers below 5, in float32.
ROUNDING = 20 * 8 * 5 * float(np.finfo(np.float32).eps)


class Pull:
    """Half the squared distance of every row of V to what is drawn; its state counts the steps."""

    frames = jnp.asarray(TARGETS)
    state = jnp.zeros((), jnp.int32)
    rescale = jnp.float32(0.5)

    def promotion(self):
        return jax.numpy_dtype_promotion("standard")

    def value(self, synthetic, drawn, state):
        return 0.5 * jnp.sum((synthetic - drawn) ** 2), state + 1


class Still(Pull):
    """A loss that never changes."""

    def promotion(self):
        return nullcontext()

    def value(self, synthetic, drawn, state):
        return jnp.float32(2.0) + 0 * jnp.sum(synthetic), state + 1


def learned(loss, epochs, per_epoch, *, used=(1, 1, 0), tolerance=None, snapshots=False, room=32):
    def run():
        return learn(
            jnp.asarray(START),
            lambda i: loss.frames[i % 4][None],
            loss,
            optax.adam(RATE),
            Schedule(jnp.int32(epochs), jnp.int32(per_epoch), room, tolerance),
            used=jnp.asarray(used, jnp.float32),
            snapshots=snapshots,
        )

    with jax.numpy_dtype_promotion("standard"):
        return jax.jit(run)()


def adam_by_hand(steps, per_epoch):
    """V after every step, and the mean loss of every epoch, in float64 (Kingma & Ba 2015, algorithm 1)."""
    v = START.astype(np.float64)
    first, second = np.zeros_like(v), np.zeros_like(v)
    path, losses = [v.copy()], []
    for t in range(1, steps + 1):
        drawn = TARGETS[(t - 1) % 4].astype(np.float64)
        losses.append(0.5 * np.sum((v - drawn) ** 2))
        gradient = (v - drawn) * np.array([1, 1, 0])[:, None]
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        v = v - RATE * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        path.append(v.copy())
    return np.array(path), np.array(losses).reshape(-1, per_epoch).mean(axis=1)


@pytest.mark.numerics
def test_it_takes_adams_steps_and_keeps_each_epochs_mean_loss():
    path, losses = adam_by_hand(12, 3)
    found = learned(Pull(), 4, 3)
    np.testing.assert_allclose(found.synthetic, path[-1], rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(found.trace[:4], losses, rtol=ROUNDING)
    np.testing.assert_array_equal(found.trace[4:], 0)
    assert (int(found.epochs), int(found.state), float(found.rescale)) == (4, 12, 0.5)
    assert found.path is None


def test_rows_that_are_not_used_stay():
    np.testing.assert_array_equal(learned(Pull(), 4, 3).synthetic[2], START[2])
    assert not np.array_equal(learned(Pull(), 4, 3, used=(1, 1, 1)).synthetic[2], START[2])


@pytest.mark.numerics
def test_snapshots_are_v_before_learning_and_after_each_epoch():
    path, _ = adam_by_hand(12, 3)
    found = learned(Pull(), 4, 3, snapshots=True)
    assert found.path.shape == (33, 3, 2)
    np.testing.assert_array_equal(found.path[0], START)
    np.testing.assert_allclose(found.path[:5], path[::3], rtol=0, atol=ROUNDING)
    np.testing.assert_array_equal(found.path[4], found.synthetic)


def test_no_epochs_return_the_start():
    found = learned(Pull(), 0, 3, snapshots=True)
    np.testing.assert_array_equal(found.synthetic, START)
    np.testing.assert_array_equal(found.path[0], START)
    assert (int(found.epochs), int(found.state)) == (0, 0)


@pytest.mark.parametrize("tolerance", [0.0, 0.1])
def test_a_loss_that_stands_still_ends_learning_as_soon_as_that_is_known(tolerance):
    found = learned(Still(), 30, 3, tolerance=jnp.float32(tolerance))
    assert int(found.epochs) == 2 * TOLERANCE_EPOCHS
    assert int(found.state) == 3 * 2 * TOLERANCE_EPOCHS


def test_a_loss_that_falls_is_learned_to_the_end():
    assert int(learned(Pull(), 12, 3, tolerance=jnp.float32(0.001)).epochs) == 12
