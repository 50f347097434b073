import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from unoptimised import unoptimised_modules

from dkva.nn.batch_norm import (
    BatchNorm,
    blind_to_statistics,
    carried_by_gradient,
    masked_norm,
    stepping_statistics,
)
from dkva.nn.optimising import adam
from dkva.nn.training import fit
from dkva.nn.trees import arrays_of

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def norm():
    """One of three channels, not at its start."""
    values = jnp.array([[2.0, 0.5, -1.0], [0.1, 0.2, 0.3], [1.0, -1.0, 0.0], [4.0, 1.0, 0.25]])
    names = ("weight", "bias", "running_mean", "running_var")
    return eqx.tree_at(lambda n: [getattr(n, name) for name in names], BatchNorm(3), list(values))


@eqx.filter_jit
def called(norm, inputs, training):
    return norm(inputs, training=training)


@eqx.filter_jit
def called_with_mask(norm, inputs, mask, training=True):
    return masked_norm(norm, inputs, mask, training=training)


@pytest.mark.parametrize("axes", [(), (5,), (2, 3), (2, 2, 3)])
@pytest.mark.parametrize("training", [False, True])
def test_each_channel_by_its_own_statistics(axes, training, x64):
    inputs = np.random.default_rng(0).normal(3, 2, (6, 3, *axes))
    found, seen = jax.tree.map(np.asarray, called(norm(), jnp.asarray(inputs), training))
    start = jax.tree.map(np.asarray, norm())
    for channel in range(3):
        one = inputs[:, channel]
        mean, variance = start.running_mean[channel], start.running_var[channel]
        after = mean, variance
        if training:
            mean, variance = one.mean(), one.var()
            after = 0.9 * after[0] + 0.1 * mean, 0.9 * after[1] + 0.1 * one.var(ddof=1)
        want = (one - mean) / np.sqrt(variance + 1e-5) * start.weight[channel] + start.bias[channel]
        np.testing.assert_allclose(found[:, channel], want, atol=1e-6)
        np.testing.assert_allclose((seen.running_mean[channel], seen.running_var[channel]), after, rtol=1e-6)
    np.testing.assert_array_equal(seen.weight, norm().weight)


def test_one_value_a_channel_has_no_variance():
    with pytest.raises(ValueError, match="has one value a channel: give two at least"):
        norm()(jnp.zeros((1, 3)), training=True)
    called(norm(), jnp.zeros((1, 3)), False)


class Two(eqx.Module):
    first: BatchNorm
    slope: jax.Array
    inner: tuple


def loss(model, batch):
    """Of two normalisations, and what they saw."""
    found, first = model.first(batch * model.slope[None], training=True)
    found, second = model.inner[0](found, training=True)
    seen = eqx.tree_at(lambda each: (each.first, each.inner[0]), model, (first, second))
    return jnp.mean((found - 1) ** 2), seen


def statistics(model):
    first, second = model.first, model.inner[0]
    return first.running_mean, first.running_var, second.running_mean, second.running_var


def carried(model, batch):
    value, seen = loss(model, batch)
    return carried_by_gradient(value, model, seen)


def batches(epoch):
    return np.random.default_rng(epoch).normal(2, 3, (4, 5, 3)).astype("f")


def test_statistics_follow_the_batches_and_all_else_the_optimiser():
    model = Two(norm(), jnp.ones(3), (BatchNorm(3), 7))
    optimiser = adam(0.01, 0.1)  # with a decay, which must not touch the statistics
    found = fit(model, carried, batches, optimiser=stepping_statistics(optimiser), epochs=2)
    moments = optimiser.init(eqx.filter(model, eqx.is_inexact_array))
    losses = []

    @unoptimised_modules
    def stepped(model, moments, batch):
        (value, seen), gradient = eqx.filter_value_and_grad(loss, has_aux=True)(model, batch)
        steps, moments = optimiser.update(gradient, moments, eqx.filter(model, eqx.is_inexact_array))
        model = eqx.apply_updates(model, steps)
        return value, eqx.tree_at(statistics, model, statistics(seen)), moments

    for batch in (each for epoch in range(2) for each in batches(epoch)):
        value, model, moments = stepped(model, moments, jnp.asarray(batch))
        losses.append(value)
    np.testing.assert_allclose(found.losses, np.reshape(losses, (2, 4)).mean(1), rtol=1e-5)
    for name, array in arrays_of(found.model).items():
        np.testing.assert_allclose(array, arrays_of(model)[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_trainings_alike_share_a_program():
    assert stepping_statistics(adam(0.5)) is stepping_statistics(adam(0.5))
    assert isinstance(stepping_statistics(adam(0.5)), optax.GradientTransformation)


@pytest.mark.parametrize("training", [False, True])
def test_padding_is_as_if_it_were_not_there(training, x64):
    rng = np.random.default_rng(0)
    inputs, mask = rng.normal(3, 2, (4, 6, 3)), rng.random((4, 6)) < 0.6
    filled = jnp.asarray(np.where(mask[..., None], inputs, 1e6))
    found, seen = called_with_mask(norm(), filled, jnp.asarray(mask), training)
    alone, after = called(norm(), jnp.asarray(inputs[mask]), training)
    found = np.asarray(found)
    np.testing.assert_allclose(found[mask], alone, rtol=1e-9, atol=1e-9)
    for mine, other in zip(arrays_of(seen).values(), arrays_of(after).values(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)
    assert np.isfinite(found).all()


def test_padding_has_no_gradient():
    inputs = jnp.asarray(np.random.default_rng(0).normal(size=(5, 3)), jnp.float32)
    mask = np.array([True, True, False, True, False])

    def loss(inputs):
        found, _ = masked_norm(norm(), inputs, jnp.asarray(mask), training=True)
        return jnp.sum(jnp.where(mask[:, None], found, 0) ** 3)

    slopes = np.asarray(jax.jit(jax.grad(loss))(inputs))
    assert not slopes[~mask].any()
    assert slopes[mask].any(axis=1).all()


def test_batches_of_one_frame_and_of_none():
    inputs = jnp.asarray(np.full((4, 3), 7.0, np.float32))
    found, seen = called_with_mask(norm(), inputs, jnp.asarray(np.arange(4) == 2))
    start = jax.tree.map(np.asarray, norm())
    np.testing.assert_array_equal(np.asarray(found)[2], start.bias)
    np.testing.assert_array_equal(seen.running_var, start.running_var)
    np.testing.assert_allclose(seen.running_mean, 0.9 * start.running_mean + 0.7, rtol=1e-6)
    found, seen = called_with_mask(norm(), inputs, jnp.asarray(np.zeros(4, bool)))
    assert np.isfinite(found).all()
    for mine, other in zip(arrays_of(seen).values(), arrays_of(norm()).values(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_statistics_do_not_count_in_the_norm_that_is_clipped():
    gradient, nothing = Two(norm(), jnp.array([3.0, 0.0, 4.0]), (norm(), 7)), [jnp.zeros(3)] * 2
    gradient = eqx.tree_at(lambda two: [two.first.weight, two.first.bias], gradient, nothing)
    gradient = eqx.tree_at(lambda two: [two.inner[0].weight, two.inner[0].bias], gradient, nothing)
    gradient = eqx.filter(gradient, eqx.is_inexact_array)
    clipping = blind_to_statistics(optax.clip_by_global_norm(1.0))

    @eqx.filter_jit
    def updated(optimiser):
        return optimiser.update(gradient, clipping.init(gradient), gradient)[0]

    steps = updated(clipping)
    np.testing.assert_allclose(steps.slope, [0.6, 0, 0.8], rtol=1e-6)
    assert not any(np.any(each) for each in statistics(steps))
    followed = updated(stepping_statistics(clipping))
    for step, slope in zip(statistics(followed), statistics(gradient), strict=True):
        np.testing.assert_array_equal(step, -np.asarray(slope))
