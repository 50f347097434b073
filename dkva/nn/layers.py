"""Layers over the last axis, whatever axes are before it."""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["dropped", "linear", "masked_softmax", "unit", "xavier"]


def linear(layer: eqx.nn.Linear, inputs: Float[Array, "*axes d"]) -> Float[Array, "*axes e"]:
    """A linear layer as one matrix product, which is faster than to map it over rows."""
    outputs = inputs @ layer.weight.T
    return outputs if layer.bias is None else outputs + jnp.broadcast_to(layer.bias, outputs.shape)


def dropped(inputs: Float[Array, "*axes"], rate: float, key: Array | None) -> Float[Array, "*axes"]:
    """Dropout (Srivastava et al. 2014): values are set to 0 at this rate, and the others scaled up.

    Args:
        inputs: of any shape.
        rate: from 0, below 1.
        key: what is set to 0; None, after training, leaves all as it is.
    """
    return eqx.nn.Dropout(rate)(inputs, key=key, inference=key is None)


def masked_softmax(logits: Float[Array, "*axes n"], mask: Bool[Array, "*#axes n"]) -> Float[Array, "*axes n"]:
    """Softmax over the last axis of what the mask lets through, 0 elsewhere; all 0 if it lets nothing."""
    top = jnp.max(logits, axis=-1, keepdims=True, where=mask, initial=jnp.finfo(logits.dtype).min)
    weights = jnp.exp(jnp.where(mask, logits - jax.lax.stop_gradient(top), -jnp.inf))
    total = jnp.sum(weights, axis=-1, keepdims=True)
    return weights / jnp.where(total > 0, total, 1)


def unit(vectors: Float[Array, "*axes d"]) -> Float[Array, "*axes d"]:
    """Vectors of unit norm; 0 stays 0, and has the gradient 0."""
    squared = jnp.sum(vectors * vectors, axis=-1, keepdims=True)
    positive = squared > 0
    return vectors * jnp.where(positive, 1 / jnp.sqrt(jnp.where(positive, squared, 1)), 0)


def xavier(layer: eqx.nn.Linear, *, key: Array, together: int = 1) -> eqx.nn.Linear:
    """A linear layer with weights uniform within ± sqrt(6 / (inputs + outputs)) (Glorot & Bengio 2010).

    Args:
        layer: its biases stay.
        key: of the weights.
        together: layers of this size whose weights are one matrix in PyTorch, which are taken as one here.
    """
    outputs, inputs = layer.weight.shape
    bound = math.sqrt(6 / (inputs + together * outputs))
    weight = jax.random.uniform(key, layer.weight.shape, layer.weight.dtype, -bound, bound)
    return eqx.tree_at(lambda each: each.weight, layer, weight)
