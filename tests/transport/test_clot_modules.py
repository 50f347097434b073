"""Against CLOT's public program, values and gradients, and what must not change anything."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.transport import clot_modules
from dkva.transport.clot_modules import draw_slices

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

dispatched = unoptimised(clot_modules.dispatched)
refined = unoptimised(clot_modules.refined, static_argnames=("temperature", "normalised"))
slice_costs, cheap_slice_costs = (
    compiled(clot_modules.slice_costs, static_argnames=("radius", "sorted_slices"))
    for compiled in (jax.jit, unoptimised)
)
drawn_slices = unoptimised(draw_slices, static_argnums=(1, 2))


@jax.jit
@partial(jax.grad, argnums=(0, 1, 2, 3), has_aux=True)
def dispatched_slopes(frames, actions, alpha, beta, cotangent):
    found = clot_modules.dispatched(frames, actions, alpha, beta)
    return jnp.sum(found * cotangent), found


@partial(jax.jit, static_argnames="temperature")
@partial(jax.grad, argnums=(0, 1), has_aux=True)
def refined_slopes(frames, queries, cotangent, temperature):
    found, weights = clot_modules.refined(frames, queries, temperature)
    return jnp.sum(found * cotangent), (found, weights)


slice_values = jax.jit(clot_modules.slice_values, static_argnames="radius")


@pytest.fixture
def case(reference_root, x64):
    stored = np.load(reference_root / "clot_cases.npz")
    return {name: jnp.asarray(stored[name], float) for name in stored.files if stored[name].dtype.kind == "f"}


@pytest.mark.parametrize("kind", ["default", "moved"])
def test_dispatched_frames(kind, case):
    given = [case[name] for name in ("frames", "actions", f"dispatch_{kind}_alpha", f"dispatch_{kind}_beta")]
    gradients, found = dispatched_slopes(*given, case["cotangent"])
    np.testing.assert_allclose(found, case[f"dispatch_{kind}_out"], atol=1e-13)
    for gradient, name in zip(gradients, ("frames", "actions", "alpha", "beta"), strict=True):
        np.testing.assert_allclose(gradient, case[f"dispatch_{kind}_grad_{name}"], atol=1e-12)


def test_padding_is_not_dispatched(case):
    frames, actions = (np.asarray(case[name]) for name in ("frames", "actions"))
    one, zero = np.ones(()), np.zeros(())
    padded = np.concatenate([frames, frames[:, -1:].repeat(5, axis=1)], axis=1)
    mask = np.arange(35)[None] < np.array([[30], [30]])
    found = np.asarray(dispatched(padded, actions, one, zero, mask))[:, :30]
    np.testing.assert_allclose(found, dispatched(frames, actions, one, zero), atol=1e-13)
    assert not np.allclose(found, np.asarray(dispatched(padded, actions, one, zero))[:, :30])


def test_circular_slices(case):
    found = slice_values(case["frames"], case["swd_theta"], 2.0)
    assert found.shape == (2, 30, 150)
    np.testing.assert_allclose(found[:, :4], case["swd_slices_frames"], atol=1e-13)


def test_costs_between_slices(case):
    given = case["frames"], case["actions"], case["swd_theta"], 2.0
    # Costs are 0.06 and more, and the root of a difference with an error of some 1e-16.
    np.testing.assert_allclose(slice_costs(*given), case["swd_pairwise_cost"], atol=1e-13)
    released = cheap_slice_costs(*given, sorted_slices=True)
    np.testing.assert_allclose(released, case["swd_released_fault_sorted_cost"], atol=1e-13)


def test_rows_of_costs_follow_their_frames_unless_slices_are_sorted(case):
    frames, actions, slices = (np.asarray(case[name]) for name in ("frames", "actions", "swd_theta"))
    order = np.random.default_rng(0).permutation(30)
    found, moved = (slice_costs(each, actions, slices, 2.0) for each in (frames, frames[:, order]))
    np.testing.assert_allclose(moved, np.asarray(found)[:, order], atol=1e-13)
    found, moved = (
        cheap_slice_costs(each, actions, slices, 2.0, sorted_slices=True)
        for each in (frames, frames[:, order])
    )
    np.testing.assert_allclose(moved, found, atol=1e-13)


def test_costs_in_single_precision(reference_root):
    stored = np.load(reference_root / "clot_cases.npz")
    given = (jnp.asarray(stored[name]) for name in ("frames", "actions", "swd_theta"))
    # Squared costs are of centred vectors, so that errors are some 1e-8, and halved in a root of 0.06.
    np.testing.assert_allclose(slice_costs(*given, 2.0), stored["swd_pairwise_cost"], atol=2e-6)
    actions = jnp.asarray(stored["actions"])
    zero = np.diag(cheap_slice_costs(actions, actions, jnp.asarray(stored["swd_theta"]), 2.0))
    assert np.isfinite(zero).all()
    assert (zero < 2e-4).all()


def test_slices_are_drawn_on_the_sphere(key):
    slices = np.asarray(drawn_slices(key, 4000, 3))
    np.testing.assert_allclose(np.linalg.norm(slices, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.mean(slices, axis=0), 0, atol=5 / np.sqrt(3 * 4000))
    np.testing.assert_allclose(slices.T @ slices / 4000, np.eye(3) / 3, atol=0.03)
    assert not np.array_equal(slices, drawn_slices(jax.random.key(1), 4000, 3))


@pytest.mark.parametrize("temperature", ["0.1", "1"])
def test_refined_frames(temperature, case):
    given, prefix = (case["frames"], case["segment_queries"]), f"crossatt_t{temperature}"
    gradients, (found, weights) = refined_slopes(*given, case["cotangent"], float(temperature))
    np.testing.assert_allclose(found, case[f"{prefix}_frames_refined"], atol=1e-13)
    np.testing.assert_allclose(weights, case[f"{prefix}_weights"], atol=1e-13)
    for gradient, name in zip(gradients, ("frames", "queries"), strict=True):
        np.testing.assert_allclose(gradient, case[f"{prefix}_grad_{name}"], atol=1e-11)
    total, same = refined(*given, float(temperature), normalised=False)
    np.testing.assert_allclose(same, weights, rtol=1e-12)
    total = np.asarray(total)
    np.testing.assert_allclose(total / np.linalg.norm(total, axis=-1, keepdims=True), found, atol=1e-15)
    assert not np.allclose(total, found)
