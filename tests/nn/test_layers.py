import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from scipy.special import softmax

from dkva.nn.layers import dropped, linear, masked_softmax, unit, xavier

pytestmark = pytest.mark.fast


@pytest.mark.numerics
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
def test_a_layer_is_applied_to_every_row(bias, shape):
    layer = filled(eqx.nn.Linear, 3, 4, use_bias=bias)
    inputs = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = np.asarray(eqx.filter_jit(linear)(layer, jnp.asarray(inputs)))
    assert found.shape == (*shape[:-1], 4)
    row_of = eqx.filter_jit(layer)
    rows = [row_of(jnp.asarray(row)) for row in inputs.reshape(-1, 3)]
    np.testing.assert_allclose(found.reshape(-1, 4), np.stack(rows), rtol=1e-5, atol=1e-6)


@pytest.mark.numerics
def test_a_softmax_of_what_is_there():
    logits = np.array([[1.0, 2.0, 500.0, -1e30], [1e4, 1e4, 1e4 - 1, 3.0], [1.0, 2.0, 3.0, 4.0]], np.float32)
    mask = np.array([[True, True, False, False], [True, True, True, False], [False] * 4])
    softmax_of = jax.jit(masked_softmax)
    found = np.asarray(softmax_of(jnp.asarray(logits), jnp.asarray(mask)))
    rows = [softmax(row[there]) if there.any() else [] for row, there in zip(logits, mask, strict=True)]
    np.testing.assert_allclose(found[0], [*rows[0], 0, 0], rtol=1e-6)
    np.testing.assert_allclose(found[1], [*rows[1], 0], rtol=1e-6)
    assert not found[2].any()
    by_one = np.asarray(softmax_of(jnp.asarray(logits), jnp.asarray(mask[:1])))
    np.testing.assert_allclose(by_one[:, :2].sum(1), 1, rtol=1e-6)
    slope_of = jax.jit(jax.grad(lambda logits: jnp.sum(masked_softmax(logits, jnp.asarray(mask))[:, 0])))
    slope = np.asarray(slope_of(jnp.asarray(logits)))
    p = rows[0][0]
    np.testing.assert_allclose(slope[0], [p * (1 - p), -p * (1 - p), 0, 0], rtol=1e-6)
    assert not slope[2].any()


@pytest.mark.numerics
def test_unit_vectors_and_zero():
    vectors = jnp.array([[3.0, 4.0], [0.0, 0.0], [-1e-15, 0.0]])
    np.testing.assert_allclose(jax.jit(unit)(vectors), [[0.6, 0.8], [0, 0], [-1, 0]], rtol=1e-6)
    gradient = np.asarray(
        jax.jit(jax.grad(lambda v: jnp.sum(unit(v) * jnp.array([[1.0, 2.0]] * 3))))(vectors)
    )
    assert np.isfinite(gradient).all()
    # Of x·c / |x| at (3, 4): c / |x| - x (x·c) / |x|³.
    np.testing.assert_allclose(gradient[0], [1 / 5 - 3 * 11 / 125, 2 / 5 - 4 * 11 / 125], rtol=1e-5)
    np.testing.assert_array_equal(gradient[1], 0)


def test_dropped_values(key):
    inputs = jnp.full((100, 100), 3.0)
    found = np.asarray(dropped(inputs, 0.25, key))
    np.testing.assert_array_equal(np.unique(found), [0, 4])
    assert np.mean(found == 0) == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / 1e4))
    np.testing.assert_array_equal(dropped(inputs, 0.25, None), inputs)
    np.testing.assert_array_equal(dropped(inputs, 0.0, key), inputs)


def test_xavier_weights(key):
    layer = eqx.nn.Linear(30, 60, key=key)
    found = xavier(layer, key=key)
    assert np.abs(found.weight).max() == pytest.approx(np.sqrt(6 / 90), rel=0.01)
    assert np.abs(xavier(layer, key=key, together=3).weight).max() == pytest.approx(
        np.sqrt(6 / 210), rel=0.01
    )
    np.testing.assert_array_equal(found.bias, layer.bias)
