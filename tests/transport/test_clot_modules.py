"""Against CLOT's public program, values and gradients, and what must not change anything."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.layers import unit
from dkva.transport import clot_modules
from dkva.transport.clot_modules import draw_slices

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

dispatched = jax.jit(clot_modules.dispatched)
refined = jax.jit(clot_modules.refined, static_argnames=("temperature", "normalised"))
slice_costs = jax.jit(clot_modules.slice_costs, static_argnames=("radius", "sorted_slices"))
slice_values = jax.jit(clot_modules.slice_values, static_argnames="radius")


@pytest.fixture
def case(reference_root, x64):
    stored = np.load(reference_root / "clot_cases.npz")
    return {name: jnp.asarray(stored[name], float) for name in stored.files if stored[name].dtype.kind == "f"}


@pytest.mark.parametrize("kind", ["default", "moved"])
def test_dispatched_frames(kind, case):
    given = [case[name] for name in ("frames", "actions", f"dispatch_{kind}_alpha", f"dispatch_{kind}_beta")]
    np.testing.assert_allclose(dispatched(*given), case[f"dispatch_{kind}_out"], atol=1e-13)
    gradients = jax.jit(
        jax.grad(lambda *a: jnp.sum(dispatched(*a) * case["cotangent"]), argnums=(0, 1, 2, 3))
    )(*given)
    for gradient, name in zip(gradients, ("frames", "actions", "alpha", "beta"), strict=True):
        np.testing.assert_allclose(gradient, case[f"dispatch_{kind}_grad_{name}"], atol=1e-12)


def test_padding_is_not_dispatched(case):
    frames, actions, one, zero = case["frames"], case["actions"], jnp.ones(()), jnp.zeros(())
    padded = jnp.concatenate([frames, frames[:, -1:].repeat(5, axis=1)], axis=1)
    mask = jnp.arange(35)[None] < jnp.array([[30], [30]])
    found = dispatched(padded, actions, one, zero, mask)[:, :30]
    np.testing.assert_allclose(found, dispatched(frames, actions, one, zero), atol=1e-13)
    assert not np.allclose(found, dispatched(padded, actions, one, zero)[:, :30])


def test_circular_slices(case):
    found = slice_values(case["frames"], case["swd_theta"], 2.0)
    assert found.shape == (2, 30, 150)
    np.testing.assert_allclose(found[:, :4], case["swd_slices_frames"], atol=1e-13)


def test_costs_between_slices(case):
    given = case["frames"], case["actions"], case["swd_theta"], 2.0
    # Costs are 0.06 and more, and the root of a difference with an error of some 1e-16.
    np.testing.assert_allclose(slice_costs(*given), case["swd_pairwise_cost"], atol=1e-13)
    released = slice_costs(*given, sorted_slices=True)
    np.testing.assert_allclose(released, case["swd_released_fault_sorted_cost"], atol=1e-13)


def test_rows_of_costs_follow_their_frames_unless_slices_are_sorted(case):
    frames, actions, slices = case["frames"], case["actions"], case["swd_theta"]
    order = np.random.default_rng(0).permutation(30)
    found, moved = (slice_costs(each, actions, slices, 2.0) for each in (frames, frames[:, order]))
    np.testing.assert_allclose(moved, found[:, order], atol=1e-13)
    found, moved = (
        slice_costs(each, actions, slices, 2.0, sorted_slices=True) for each in (frames, frames[:, order])
    )
    np.testing.assert_allclose(moved, found, atol=1e-13)


def test_costs_in_single_precision(reference_root):
    stored = np.load(reference_root / "clot_cases.npz")
    given = (jnp.asarray(stored[name]) for name in ("frames", "actions", "swd_theta"))
    # Squared costs are of centred vectors, so that errors are some 1e-8, and halved in a root of 0.06.
    np.testing.assert_allclose(slice_costs(*given, 2.0), stored["swd_pairwise_cost"], atol=2e-6)
    actions = jnp.asarray(stored["actions"])
    zero = np.diag(slice_costs(actions, actions, jnp.asarray(stored["swd_theta"]), 2.0))
    assert np.isfinite(zero).all()
    assert (zero < 2e-4).all()


def test_slices_are_drawn_on_the_sphere(key):
    slices = draw_slices(key, 4000, 3)
    np.testing.assert_allclose(np.linalg.norm(slices, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.mean(slices, axis=0), 0, atol=5 / np.sqrt(3 * 4000))
    np.testing.assert_allclose(slices.T @ slices / 4000, np.eye(3) / 3, atol=0.03)
    assert not np.array_equal(slices, draw_slices(jax.random.key(1), 4000, 3))


@pytest.mark.parametrize("temperature", ["0.1", "1"])
def test_refined_frames(temperature, case):
    given, prefix = (case["frames"], case["segment_queries"]), f"crossatt_t{temperature}"
    found, weights = refined(*given, float(temperature))
    np.testing.assert_allclose(found, case[f"{prefix}_frames_refined"], atol=1e-13)
    np.testing.assert_allclose(weights, case[f"{prefix}_weights"], atol=1e-13)
    gradients = jax.jit(
        jax.grad(lambda *a: jnp.sum(refined(*a, float(temperature))[0] * case["cotangent"]), argnums=(0, 1))
    )(*given)
    for gradient, name in zip(gradients, ("frames", "queries"), strict=True):
        np.testing.assert_allclose(gradient, case[f"{prefix}_grad_{name}"], atol=1e-11)
    total, same = refined(*given, float(temperature), normalised=False)
    np.testing.assert_array_equal(same, weights)
    np.testing.assert_allclose(unit(total), found, atol=1e-15)
    assert not np.allclose(total, found)
