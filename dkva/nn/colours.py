"""Colours of images, changed as torchvision changes them, on real numbers from 0 to 1.

A factor is one number [] or one of each image [n, 1, 1, 1].
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["brightened", "contrasted", "grey", "hue_turned", "normalised", "saturated"]

#: Mean and standard deviation of ImageNet's pixels, red, green and blue, from 0 to 1.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

#: Shares of red, green and blue in a grey value, as in torchvision.
_GREY = (0.2989, 0.587, 0.114)


def brightened(images: Float[Array, "n 3 h w"], factor: Float[Array, "*axes"]) -> Float[Array, "n 3 h w"]:
    """Images of so much the brightness; 0 gives black ones."""
    return jnp.clip(factor * images, 0, 1)


def contrasted(images: Float[Array, "n 3 h w"], factor: Float[Array, "*axes"]) -> Float[Array, "n 3 h w"]:
    """Images of so much the contrast; 0 leaves the mean of each image's grey values."""
    return _blended(images, jnp.mean(grey(images), (1, 2, 3), keepdims=True), factor)


def saturated(images: Float[Array, "n 3 h w"], factor: Float[Array, "*axes"]) -> Float[Array, "n 3 h w"]:
    """Images of so much the saturation; 0 leaves grey values."""
    return _blended(images, grey(images), factor)


def hue_turned(images: Float[Array, "n 3 h w"], turn: Float[Array, "*axes"]) -> Float[Array, "n 3 h w"]:
    """Images whose hues are moved on along the circle of colours, by a share of the whole circle."""
    red, green, blue = jnp.moveaxis(images, 1, 0)
    top = jnp.max(images, 1)
    spread = top - jnp.min(images, 1)
    divisor = jnp.where(spread > 0, spread, 1)
    sixths = jnp.where(
        top == red,
        (green - blue) / divisor,
        jnp.where(top == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    # Red falls from 5 sixths on, green from 3 and blue from 1, by the spread at most.
    starts = jnp.array([5.0, 3.0, 1.0], images.dtype).reshape(1, 3, 1, 1)
    place = (starts + (sixths[:, None] + 6 * turn)) % 6
    return top[:, None] - spread[:, None] * jnp.clip(jnp.minimum(place, 4 - place), 0, 1)


def grey(images: Float[Array, "n 3 h w"]) -> Float[Array, "n 1 h w"]:
    """Grey values of pixels."""
    return jnp.sum(images * _by_colour(_GREY), axis=1, keepdims=True)


def normalised(images: Float[Array, "n 3 h w"]) -> Float[Array, "n 3 h w"]:
    """Images by ImageNet's mean and deviation of each colour."""
    return (images - _by_colour(_MEAN)) / _by_colour(_DEVIATION)


def _blended(images, other, factor):
    return jnp.clip(factor * images + (1 - factor) * other, 0, 1)


def _by_colour(values: tuple[float, ...]) -> Float[Array, "1 3 1 1"]:
    return jnp.array(values).reshape(1, 3, 1, 1)
