"""Dilated convolutions against those of equinox."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled

from dkva.supervised.dilated import dilated, dilated_layer

pytestmark = pytest.mark.fast


@pytest.mark.numerics
@pytest.mark.parametrize(("n", "dilation"), [(7, 1), (7, 2), (7, 8), (1, 4)])
def test_it_is_a_convolution(x64, n, dilation):
    layer = filled(dilated_layer, 5, dilation)
    frames = jnp.asarray(np.random.default_rng(1).standard_normal((n, 5)))
    found = eqx.filter_jit(dilated)(layer, frames)
    np.testing.assert_allclose(found, eqx.filter_jit(layer)(frames.T).T, rtol=1e-12, atol=1e-13)


def test_weights_start_as_in_pytorch(key):
    layer = dilated_layer(60, 4, key=key)
    bound = 1 / np.sqrt(3 * 60)
    for array in (layer.weight, layer.bias):
        assert jnp.max(jnp.abs(array)) <= bound
        assert jnp.max(jnp.abs(array)) > 0.9 * bound
