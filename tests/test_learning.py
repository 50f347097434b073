"""The learning loop by itself: against Adam by hand, with losses made for the test."""

from contextlib import nullcontext

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dkva.learning import TOLERANCE_EPOCHS, Schedule, learn

RATE = 0.1
START = np.array([[1.0, -2.0], [0.5, 3.0], [4.0, 4.0]], np.float32)
TARGETS = np.array([[0.0, 1.0], [2.0, 2.0], [1.0, -1.0], [3.0, 0.0]], np.float32)

#: float32 rounding of a step is below this share of the numbers here; steps are below twenty.
ROUNDING = 20 * 8 * float(np.finfo(np.float32).eps) * 5


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
