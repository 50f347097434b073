"""Against torch's recursion, written out, and against steps of torch itself."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dkva.nn.optimising import adam, clipped_adam, halving_adam

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


@functools.partial(jax.jit, static_argnames="optimiser")
def stepped(weights, state, gradient, *, optimiser):
    """Weights and state after a step."""
    updates, state = optimiser.update(gradient, state, weights)
    return optax.apply_updates(weights, updates), state


def torchs(weights, gradients, rates, decay, betas=(0.9, 0.999), eps=1e-8):
    rates = np.broadcast_to(rates, len(gradients))
    first = second = np.zeros_like(weights)
    for t, gradient in enumerate(gradients, start=1):
        g = gradient + decay * weights
        first = betas[0] * first + (1 - betas[0]) * g
        second = betas[1] * second + (1 - betas[1]) * g**2
        weights = weights - rates[t - 1] * (first / (1 - betas[0] ** t)) / (
            np.sqrt(second / (1 - betas[1] ** t)) + eps
        )
    return weights


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-13)])
def test_steps_are_those_of_torch(decay, dtype, tolerance, x64):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal(6), rng.standard_normal((20, 6))
    optimiser = adam(0.05, decay)
    weights = jnp.asarray(start, dtype)
    state = optimiser.init(weights)
    for gradient in gradients:
        weights, state = stepped(weights, state, jnp.asarray(gradient, dtype), optimiser=optimiser)
    assert weights.dtype == dtype
    expected = torchs(start, gradients, 0.05, decay)
    np.testing.assert_allclose(weights, expected, atol=tolerance)
    without = torchs(start, gradients, 0.05, 0.0)
    assert (np.abs(expected - without).max() > 0.1) == (decay > 0)


@pytest.mark.parametrize("case", [0, 1])
def test_the_first_step_of_the_asot_program(case, reference_root):
    stored = np.load(reference_root / "asot_training_case.npz")
    prefix = f"case{case}_"
    names = [
        name.removeprefix(f"{prefix}grad.") for name in stored.files if name.startswith(f"{prefix}grad.")
    ]
    weights = {name: jnp.asarray(stored[f"{prefix}param.{name}"]) for name in names}
    if "clusters" in weights:  # they are set to unit norm before the step
        weights["clusters"] = jnp.asarray(stored[f"{prefix}actions_normalised"], jnp.float32)
    gradients = {name: jnp.asarray(stored[f"{prefix}grad.{name}"], jnp.float32) for name in names}
    optimiser = adam(float(stored[f"{prefix}lr"]), float(stored[f"{prefix}weight_decay"]))
    afterwards, _ = stepped(weights, optimiser.init(weights), gradients, optimiser=optimiser)
    for name, after in afterwards.items():
        # A step is lr at most, and its size turns on the sign where the gradient is nearly 0.
        sure = np.abs(np.asarray(gradients[name]) + 1e-4 * np.asarray(weights[name])) > 1e-6
        np.testing.assert_allclose(np.asarray(after)[sure], stored[f"{prefix}after1.{name}"][sure], atol=1e-5)
        assert sure.mean() > 0.5


def test_the_same_numbers_give_the_same_object():
    assert adam(1e-3, 1e-4) is adam(1e-3, 1e-4)
    assert adam(1e-3, 1e-4) is not adam(1e-3, 1e-3)
    assert jax.tree.structure(adam(1e-3)) == jax.tree.structure(adam(1e-3))


@pytest.mark.parametrize("steps", [None, 20])
def test_long_gradients_are_clipped_before_decay_and_the_rate_falls_to_0(steps, x64):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal(6), rng.standard_normal((20, 6)) * np.linspace(0.1, 3, 20)[:, None]
    optimiser = clipped_adam(0.05, 0.3, clip=2.0, steps=steps)
    weights = {"first": jnp.asarray(start[:2]), "other": jnp.asarray(start[2:])}
    state = optimiser.init(weights)
    for gradient in gradients:
        parts = {"first": jnp.asarray(gradient[:2]), "other": jnp.asarray(gradient[2:])}
        weights, state = stepped(weights, state, parts, optimiser=optimiser)
    norms = np.linalg.norm(gradients, axis=1, keepdims=True)
    assert norms.min() < 2 < norms.max()
    clipped = gradients * np.minimum(1, 2 / norms)
    rates = 0.05 if steps is None else 0.05 * (1 + np.cos(np.pi * np.arange(20) / 20)) / 2
    found = np.concatenate([weights["first"], weights["other"]])
    np.testing.assert_allclose(found, torchs(start, clipped, rates, 0.3), atol=1e-12)


def test_the_same_numbers_give_the_same_clipping_optimiser():
    assert clipped_adam(1e-3, clip=10.0, steps=5) is clipped_adam(1e-3, clip=10.0, steps=5)
    assert clipped_adam(1e-3, clip=10.0, steps=5) is not clipped_adam(1e-3, clip=10.0, steps=6)


def test_a_rate_is_halved_so_many_times(x64):
    rng = np.random.default_rng(2)
    gradients = rng.standard_normal((9, 4))
    optimiser = halving_adam(0.08, every=2, times=3)
    weights = jnp.zeros(4)
    state = optimiser.init(weights)
    first = second = np.zeros(4)
    for t, gradient in enumerate(gradients, start=1):
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        rate = 0.08 / (1, 1, 2, 2, 4, 4, 8, 8, 8)[t - 1]
        want = -rate * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        step, state = stepped(weights, state, jnp.asarray(gradient), optimiser=optimiser)  # from 0
        np.testing.assert_allclose(step, want, rtol=1e-12)
    assert halving_adam(0.08, every=2, times=3) is optimiser
