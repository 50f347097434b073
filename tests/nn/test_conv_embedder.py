"""The embedder by its definition; against PyTorch, with gradients: tests/against_torch."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from scipy.signal import correlate

from dkva.nn.conv_embedder import ConvEmbedder
from dkva.nn.trees import arrays_of

pytestmark = pytest.mark.fast

MAPS = np.random.default_rng(0).standard_normal((4, 2, 3, 4, 5))


@eqx.filter_jit
def run(embedder, maps, key):
    return embedder(maps, key=key)


def made(dropout=0.0):
    return filled(ConvEmbedder, 3, hidden=6, outputs=2, dropout=dropout)


@pytest.mark.numerics
def test_embedded_frames_are_those_of_the_definition(x64):
    arrays = arrays_of(made())
    found = np.swapaxes(MAPS, 1, 2)
    for place in range(2):
        padded = np.pad(found, ((0, 0), (0, 0), (1, 1), (1, 1), (1, 1)))
        weight, bias = (arrays[f"convolutions.{place}.{each}"] for each in ("weight", "bias"))
        found = np.array([[correlate(clip, each, "valid")[0] for each in weight] for clip in padded]) + bias
        mean, variance = (each((0, 2, 3, 4), keepdims=True) for each in (found.mean, found.var))
        scale, shift = (arrays[f"norms.{place}.{each}"][:, None, None, None] for each in ("weight", "bias"))
        found = np.maximum((found - mean) / np.sqrt(variance + 1e-5) * scale + shift, 0)
    vectors = found.max((2, 3, 4))
    for place in range(3):
        vectors = vectors @ arrays[f"layers.{place}.weight"].T + arrays[f"layers.{place}.bias"]
        vectors = np.maximum(vectors, 0) if place < 2 else vectors
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embedded, seen = run(made(), jnp.asarray(MAPS), jax.random.key(1))
    np.testing.assert_allclose(embedded, vectors, atol=1e-10)
    assert not np.array_equal(seen.norms[1].running_mean, made().norms[1].running_mean)


def test_after_training_nothing_is_drawn_and_no_statistic_moves():
    maps = jnp.asarray(MAPS, jnp.float32)
    embedded, seen = run(made(0.5), maps, None)
    np.testing.assert_array_equal(embedded, run(made(0.0), maps, None)[0])
    for name, array in arrays_of(seen).items():
        np.testing.assert_array_equal(array, arrays_of(made())[name])
    # A frame does not depend on those beside it.
    embedded = np.asarray(embedded)
    np.testing.assert_allclose(
        embedded[1:2], run(made(), jnp.asarray(MAPS[1:2], jnp.float32), None)[0], atol=1e-6
    )
    np.testing.assert_allclose(np.linalg.norm(embedded, axis=1), 1, rtol=1e-6)


def test_dropout_is_drawn_from_the_key():
    maps = jnp.asarray(MAPS, jnp.float32)
    first, again, other = (run(made(0.5), maps, jax.random.key(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden": 0}, "hidden is 0"),
        ({"outputs": 0}, "outputs is 0"),
        ({"dropout": 1.0}, "dropout is 1.0: give a number below 1"),
    ],
)
def test_bad_arguments(change, message, key):
    with pytest.raises(ValueError, match=message):
        ConvEmbedder(3, **{"hidden": 4, "outputs": 2, "dropout": 0.1, "key": key} | change)
