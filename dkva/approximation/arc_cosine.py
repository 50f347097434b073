"""The arc-cosine kernels of order 0 and 1: the cosine of an angle in, Gaussian expectations of ReLU out.

Closed forms of Cho & Saul (2009), with derivatives that stay finite for equal and for opposite frames.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["arc_cosine_0", "arc_cosine_1"]

# Hastings' polynomial for arccos on [0, 1] (Abramowitz & Stegun 4.4.46, absolute error below 2e-8):
# single precision at a tenth of the cost of the library's arccos, which XLA does not vectorise on CPUs.
_ARCCOS = (
    1.5707963050,
    -0.2145988016,
    0.0889789874,
    -0.0501743046,
    0.0308918810,
    -0.0170881256,
    0.0066700901,
    -0.0012624911,
)


def _arccos(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    if cosine.dtype != jnp.float32:
        return jnp.arccos(cosine)
    size = jnp.abs(cosine)
    series = jnp.full_like(size, _ARCCOS[-1])
    for coefficient in reversed(_ARCCOS[:-1]):
        series = series * size + coefficient
    angle = jnp.sqrt(1 - size) * series
    return jnp.where(cosine < 0, jnp.pi - angle, angle)


@jax.custom_jvp
def arc_cosine_0(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """(pi - t) / (2 pi) at cosine = cos t: the derivative expectation E' of ReLU."""
    return (jnp.pi - _arccos(cosine)) / (2 * jnp.pi)


@arc_cosine_0.defjvp
def _arc_cosine_0_jvp(primals, tangents):
    (cosine,), (tangent,) = primals, tangents
    # The slope is infinite where frames coincide or oppose; there d(cosine) is 0 but for rounding, and
    # an upper limit of 1/sqrt(eps) keeps that rounding small.
    square = jnp.maximum((1 - cosine) * (1 + cosine), jnp.finfo(cosine.dtype).eps)
    return arc_cosine_0(cosine), tangent / (2 * jnp.pi * jnp.sqrt(square))


@jax.custom_jvp
def arc_cosine_1(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """(sin t + (pi - t) cos t) / (2 pi) at cosine = cos t: the expectation E of ReLU at unit variances."""
    sine = jnp.sqrt((1 - cosine) * (1 + cosine))
    return sine / (2 * jnp.pi) + arc_cosine_0(cosine) * cosine


@arc_cosine_1.defjvp
def _arc_cosine_1_jvp(primals, tangents):
    (cosine,), (tangent,) = primals, tangents
    return arc_cosine_1(cosine), arc_cosine_0(cosine) * tangent
