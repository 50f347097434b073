"""Convolutions over three frames that lie apart, the layers of all networks for frames in this folder."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["dilated", "dilated_layer"]


def dilated_layer(width: int, dilation: int, *, key: Array) -> eqx.nn.Conv1d:
    """A convolution of each frame and the two that lie so many frames before and behind it.

    Weights and biases start uniform within ± 1 / sqrt(inputs), as in PyTorch.

    Args:
        width: numbers of a frame, before and after.
        dilation: frames between.
        key: of the initial weights.
    """
    return eqx.nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, key=key)


def dilated(layer: eqx.nn.Conv1d, frames: Float[Array, "n f"]) -> Float[Array, "n f"]:
    """Such a layer over the frames of a video; beyond its ends all is 0.

    It is one matrix product of each frame beside the two others, which is faster on a CPU than a convolution.

    Args:
        layer: of `dilated_layer`.
        frames: of one video.
    """
    (distance,) = layer.dilation
    n = len(frames)
    around = jnp.pad(frames, ((distance, distance), (0, 0)))
    beside = jnp.concatenate([around[:n], frames, around[2 * distance :]], axis=1)
    weight = jnp.reshape(jnp.moveaxis(layer.weight, 2, 1), (layer.weight.shape[0], -1))
    found = beside @ weight.T
    return found if layer.bias is None else found + jnp.reshape(layer.bias, (1, -1))
