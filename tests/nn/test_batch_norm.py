import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from dkva.nn.batch_norm import BatchNorm, carried_by_gradient, stepping_statistics
from dkva.nn.optimising import adam
from dkva.nn.training import fit
from dkva.nn.trees import arrays_of

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def norm():
    """One of three channels, not at its start."""
    values = jnp.array([[2.0, 0.5, -1.0], [0.1, 0.2, 0.3], [1.0, -1.0, 0.0], [4.0, 1.0, 0.25]])
    names = ("weight", "bias", "running_mean", "running_var")
    return eqx.tree_at(lambda n: [getattr(n, name) for name in names], BatchNorm(3), list(values))


@pytest.mark.parametrize("axes", [(), (5,), (2, 3), (2, 2, 3)])
@pytest.mark.parametrize("training", [False, True])
def test_each_channel_by_its_own_statistics(axes, training, x64):
    inputs = np.random.default_rng(0).normal(3, 2, (6, 3, *axes))
    found, seen = norm()(jnp.asarray(inputs), training=training)
    for channel in range(3):
        one = inputs[:, channel]
        start = norm()
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
    norm()(jnp.zeros((1, 3)), training=False)


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
    for batch in (each for epoch in range(2) for each in batches(epoch)):
        (value, seen), gradient = eqx.filter_value_and_grad(loss, has_aux=True)(model, jnp.asarray(batch))
        losses.append(value)
        steps, moments = optimiser.update(gradient, moments, eqx.filter(model, eqx.is_inexact_array))
        model = eqx.apply_updates(model, steps)
        model = eqx.tree_at(statistics, model, statistics(seen))
    np.testing.assert_allclose(found.losses, np.reshape(losses, (2, 4)).mean(1), rtol=1e-5)
    for name, array in arrays_of(found.model).items():
        np.testing.assert_allclose(array, arrays_of(model)[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_trainings_alike_share_a_program():
    assert stepping_statistics(adam(0.5)) is stepping_statistics(adam(0.5))
    assert isinstance(stepping_statistics(adam(0.5)), optax.GradientTransformation)
