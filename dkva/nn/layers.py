"""Layers over the last axis, whatever axes are before it."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["linear", "unit"]


def linear(layer: eqx.nn.Linear, inputs: Float[Array, "*axes d"]) -> Float[Array, "*axes e"]:
    """A linear layer as one matrix product, which is faster than to map it over rows."""
    outputs = inputs @ layer.weight.T
    return outputs if layer.bias is None else outputs + jnp.broadcast_to(layer.bias, outputs.shape)


def unit(vectors: Float[Array, "*axes d"]) -> Float[Array, "*axes d"]:
    """Vectors of unit norm; 0 stays 0, and has the gradient 0."""
    squared = jnp.sum(vectors * vectors, axis=-1, keepdims=True)
    positive = squared > 0
    return vectors * jnp.where(positive, 1 / jnp.sqrt(jnp.where(positive, squared, 1)), 0)
