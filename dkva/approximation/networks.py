"""Infinitely wide fully-connected networks: inner products of frames in, NNGP and NTK Gram matrices out.

In the NTK parameterisation (Jacot et al. 2018; Lee et al. 2018), by closed forms: of Cho & Saul (2009) for
ReLU and of Williams (1997) for erf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.approximation.arc_cosine import arc_cosine_0, arc_cosine_1
from dkva.approximation.products import Products, on_diagonal
from dkva.approximation.settings import KernelSettings
from dkva.approximation.views import safe_root

__all__ = ["Activation", "Layer", "network_kernels"]


class Layer(NamedTuple):
    """Covariances of one layer's inputs: S(x, y) [n, m], S(x, x) [n], S(y, y) [m]."""

    xy: Float[Array, "n m"]
    xx: Float[Array, " n"]
    yy: Float[Array, " m"]


class Activation(NamedTuple):
    """An activation f by its Gaussian expectations.

    Attributes:
        expectations: (S, same) -> E[f(a) f(b)] and E[f'(a) f'(b)], both [n, m].
        variance: S(x, x) [n] -> E[f(a)²] [n].
    """

    expectations: Callable[[Layer, bool], tuple[Array, Array]]
    variance: Callable[[Array], Array]


def _relu_expectations(s: Layer, same: bool) -> tuple[Array, Array]:
    scale = safe_root(s.xx)[:, None] * safe_root(s.yy)[None, :]
    cosine = on_diagonal(same, 1.0, jnp.clip(s.xy / scale, -1, 1))
    return scale * arc_cosine_1(cosine), arc_cosine_0(cosine)


def _erf_expectations(s: Layer, same: bool) -> tuple[Array, Array]:
    del same
    x, y = (1 + 2 * s.xx)[:, None], (1 + 2 * s.yy)[None, :]
    # |2S| < sqrt(xy) in exact arithmetic (Cauchy-Schwarz). Equal frames of very large norm round onto it,
    # where the slope of arcsin is infinite.
    limit = 1 - float(jnp.finfo(s.xy.dtype).eps)
    inside = jnp.clip(2 * s.xy / jnp.sqrt(x * y), -limit, limit)
    # (1 + 2a)(1 + 2b) - 4S² >= 1 + 2a + 2b, again by Cauchy-Schwarz.
    gap = jnp.maximum(x * y - 4 * s.xy * s.xy, x + y - 1)
    return (2 / jnp.pi) * jnp.arcsin(inside), (4 / jnp.pi) / jnp.sqrt(gap)


def _erf_variance(variance: Array) -> Array:
    return (2 / jnp.pi) * jnp.arcsin(2 * variance / (1 + 2 * variance))


# Of the infinitely wide networks, by the names in `dkva.approximation.settings`.
_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "relu": Activation(_relu_expectations, lambda variance: variance / 2),
        "erf": Activation(_erf_expectations, _erf_variance),
    }
)


def network_kernels(network: KernelSettings, products: Products) -> tuple[Array, Array]:
    """NNGP and NTK [n, m] (method: section 3; paper Eq. 4 in the infinite-width limit)."""
    w, c = network.weight_std**2, network.bias_std**2
    activation = _ACTIVATIONS[network.activation]
    s = Layer(*(w * p / products.dim + c for p in (products.xy, products.xx, products.yy)))
    tangent = s.xy
    for _ in range(network.depth):
        expectation, derivative = activation.expectations(s, products.same)
        s_next = Layer(
            w * expectation + c, w * activation.variance(s.xx) + c, w * activation.variance(s.yy) + c
        )
        tangent = s_next.xy + w * tangent * derivative
        s = s_next
    return s.xy, tangent
