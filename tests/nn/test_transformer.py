"""The encoder against one in NumPy, head by head, and what must not change anything."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from unoptimised import unoptimised, unoptimised_modules

from dkva.nn.positions import stretched_sinusoids
from dkva.nn.transformer import TransformerEncoder

pytestmark = pytest.mark.fast


def _called(encoder, frames, positions, **given):
    return encoder(jnp.asarray(frames), jnp.asarray(positions), **given)


called, cheaply_called = eqx.filter_jit(_called), unoptimised_modules(_called)


def made(dropout=0.0, width=8):
    """With norms and biases that do something."""
    return filled(TransformerEncoder, width, heads=2, layers=3, hidden=16, dropout=dropout)


def in_numpy(encoder, frames, positions, mask):
    def at(module, place):
        return np.asarray(module.weight[place]), np.asarray(module.bias[place])

    def applied(module, place, frames):
        weight, bias = at(module, place)
        return frames @ weight.T + bias

    def normalised(module, place, frames):
        scale, shift = at(module, place)
        centred = frames - frames.mean(1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5) * scale + shift

    layers, frames = encoder.layers, frames + positions
    for place in range(len(layers.widen.weight)):
        read = normalised(layers.norms[0], place, frames)
        query, key, value = (
            applied(getattr(layers.attention, f"{name}_proj"), place, read)
            for name in ("query", "key", "value")
        )
        heads, size = layers.attention.num_heads, frames.shape[1] // layers.attention.num_heads
        heard = []
        for columns in (slice(head * size, (head + 1) * size) for head in range(heads)):
            weights = np.exp(query[:, columns] @ key[:, columns].T / np.sqrt(size)) * mask
            heard.append(weights / weights.sum(1, keepdims=True) @ value[:, columns])
        frames = frames + applied(layers.attention.output_proj, place, np.concatenate(heard, 1))
        wide = np.maximum(applied(layers.widen, place, normalised(layers.norms[1], place, frames)), 0)
        frames = frames + applied(layers.narrow, place, wide)
    return frames


@pytest.mark.numerics
def test_layers_are_those_of_a_plain_program(x64):
    encoder = made()
    frames = np.random.default_rng(0).normal(size=(7, 8))
    positions = stretched_sinusoids(7, 20, 8)
    for mask in (np.ones(7, bool), np.arange(7) < 5, np.arange(7) % 2 == 0):
        found = called(encoder, frames, positions, mask=mask)
        np.testing.assert_allclose(found, in_numpy(encoder, frames, positions, mask), rtol=1e-11)
    bare = cheaply_called(encoder, frames, positions)
    np.testing.assert_allclose(bare, in_numpy(encoder, frames, positions, np.ones(7, bool)), rtol=1e-11)


@pytest.mark.numerics
def test_padding_changes_nothing():
    encoder = made()
    frames = np.random.default_rng(1).normal(size=(14, 8)).astype(np.float32)
    positions = stretched_sinusoids(14, 10, 8).astype(np.float32)
    frames[10:] = 1e3
    mask = np.arange(14) < 10

    @jax.jit
    @functools.partial(jax.grad, has_aux=True)
    def total(frames, mask):
        found = _called(encoder, frames, positions, mask=mask)
        return jnp.sum(found[:10]), found

    slopes, padded = map(np.asarray, total(frames, mask))
    plain = cheaply_called(encoder, frames[:10], positions[:10])
    np.testing.assert_allclose(padded[:10], plain, atol=1e-4)
    assert slopes[:10].any()
    assert not slopes[10:].any()
    assert np.isfinite(total(frames, np.zeros(14, bool))[1]).all()


def test_dropout_acts_in_training_alone():
    frames, positions = np.random.default_rng(0).normal(size=(2, 10, 8)).astype(np.float32)

    @functools.partial(unoptimised, static_argnames="dropout")  # draws take seconds to compile
    def call(key=None, dropout=0.5):
        return made(dropout)(jnp.asarray(frames), jnp.asarray(positions), key=key)

    first, again, other = (call(jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    np.testing.assert_array_equal(call(), call(dropout=0.0))


def test_dropout_keeps_what_is_expected(x64):
    # With weights of 0 layers add nothing, so that what is dropped is of the frames themselves.
    encoder = jax.tree.map(
        lambda leaf: jnp.asarray(np.zeros(leaf.shape)) if eqx.is_inexact_array(leaf) else leaf, made(0.25)
    )
    frames = np.full((500, 8), 3.0)
    found = np.asarray(called(encoder, frames, np.zeros_like(frames), key=jax.random.key(4)))
    assert set(np.unique(found)) == {0.0, 4.0}
    assert np.mean(found == 0) == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / found.size))


def test_weights_start_as_in_the_public_program_but_each_layer_by_itself(key):
    layers = TransformerEncoder(64, heads=4, layers=2, hidden=128, key=key).layers
    squares = [getattr(layers.attention, f"{name}_proj") for name in ("query", "key", "value", "output")]
    for part in (*squares, layers.widen, layers.narrow):
        inputs, outputs = part.weight.shape[1:]
        bound = np.sqrt(6 / (inputs + outputs))
        assert 0.98 * bound < np.abs(part.weight).max() <= bound
        assert not np.allclose(part.weight[0], part.weight[1])
        assert 0.8 < np.abs(part.bias).max() * np.sqrt(part.weight.shape[2]) <= 1
    assert not any(np.allclose(one.weight, squares[0].weight) for one in squares[1:])
    assert layers.dropout == 0.1
    assert layers.widen.weight.shape == (2, 128, 64)


def test_heads_that_do_not_divide_the_width(key):
    with pytest.raises(ValueError, match="heads are 3, and 8 features a frame: give a divisor"):
        TransformerEncoder(8, heads=3, layers=1, hidden=4, key=key)
