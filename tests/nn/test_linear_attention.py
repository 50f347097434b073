"""Linear attention against loops in NumPy, and what must not change it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled

from dkva.nn.linear_attention import AttentionLayer, linear_attention

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def phi(values):
    return np.where(values > 0, values + 1, np.exp(values))


def heard(queries, keys, values, mask):
    """Of one sequence and head, frame by frame."""
    found = np.zeros((len(queries), values.shape[1]))
    for place, query in enumerate(queries):
        weights = np.array([phi(query) @ phi(key) for key in keys]) * mask
        found[place] = weights @ values / (weights.sum() + 1e-6)
    return found


def drawn(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def test_means_of_values(x64):
    queries, keys, values = drawn((2, 5, 3, 4), (2, 7, 3, 4), (2, 7, 3, 4))
    mask = np.array([[1, 1, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1]], bool)
    found = np.asarray(jax.jit(linear_attention)(*map(jnp.asarray, (queries, keys, values, mask))))
    for one in range(2):
        for head in range(3):
            each = (given[one, :, head] for given in (queries, keys, values))
            np.testing.assert_allclose(found[one, :, head], heard(*each, mask[one]), rtol=1e-12)


def test_nothing_is_heard_of_nobody():
    queries, keys, values = drawn((1, 5, 1, 4), (1, 7, 1, 4), (1, 7, 1, 4))
    nobody = np.zeros((1, 7), bool)
    assert not np.any(jax.jit(linear_attention)(*map(jnp.asarray, (queries, keys, values, nobody))))


@pytest.fixture
def made(x64):
    return filled(AttentionLayer, 6, 3)


@eqx.filter_jit
def called(layer, frames, others, mask):
    return layer(frames, others, mask)


def in_numpy(made, frames, others, mask):
    """A layer applied to one sequence."""

    def normalised(norm, rows):
        centred = rows - rows.mean(1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
        return scaled * np.asarray(norm.weight) + np.asarray(norm.bias)

    query, keys, values = (
        rows @ np.asarray(part.weight).T
        for part, rows in ((made.query, frames), (made.key, others), (made.value, others))
    )
    size = frames.shape[1] // made.heads
    parts = [slice(head * size, (head + 1) * size) for head in range(made.heads)]
    message = np.concatenate([heard(query[:, c], keys[:, c], values[:, c], mask) for c in parts], 1)
    message = normalised(made.norms[0], message @ np.asarray(made.merge.weight).T)
    wide = np.maximum(np.concatenate([frames, message], 1) @ np.asarray(made.widen.weight).T, 0)
    return frames + normalised(made.norms[1], wide @ np.asarray(made.narrow.weight).T)


def test_a_layer_is_that_of_a_plain_program(made):
    frames, others = drawn((2, 5, 6), (2, 4, 6))
    mask = np.array([[1, 1, 0, 1], [1, 1, 1, 1]], bool)
    found = np.asarray(called(made, *map(jnp.asarray, (frames, others, mask))))
    for one in range(2):
        want = in_numpy(made, frames[one], others[one], mask[one])
        np.testing.assert_allclose(found[one], want, rtol=1e-9, atol=1e-10)


def test_what_is_masked_is_not_read_and_order_does_not_count(made):
    (frames,) = drawn((1, 8, 6))
    mask = np.arange(8)[None] < 5

    def call(frames, mask):
        return np.asarray(called(made, *map(jnp.asarray, (frames, frames, mask))))

    short = call(frames[:, :5], np.ones((1, 5), bool))
    found = call(np.where(mask[..., None], frames, 99.0), mask)
    np.testing.assert_allclose(found[:, :5], short, rtol=1e-10, atol=1e-12)
    order = np.random.default_rng(1).permutation(5)
    shuffled = call(frames[:, order], np.ones((1, 5), bool))
    np.testing.assert_allclose(shuffled, short[:, order], rtol=1e-10, atol=1e-12)


def test_heads_divide_the_width(key):
    with pytest.raises(ValueError, match="heads are 4, and 6 features a frame: give a divisor"):
        AttentionLayer(6, 4, key=key)
