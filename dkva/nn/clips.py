"""Clips of a video's frames as an ImageNet network takes them: context, augmentation, size and scale.

As in LAV (Haresh et al. 2021) and VAOT, but for one thing: pixels are real numbers from the first step to the
last, where those programs round to 8 bits after each.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt8

__all__ = ["Augmentation", "draw_augmentation", "images", "with_context"]

#: Mean and standard deviation of ImageNet's pixels, red, green and blue, from 0 to 1.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

#: Shares of red, green and blue in a grey value, as in torchvision.
_GREY = (0.2989, 0.587, 0.114)


class Augmentation(NamedTuple):
    """What was drawn to augment a clip.

    Attributes:
        brightness: factor of each image [n].
        contrast: factor of each image [n].
        contrast_first: whether the contrast of an image is changed before its brightness [n].
        flip: whether left and right are exchanged in all of them [].
    """

    brightness: Float[Array | np.ndarray, " n"]
    contrast: Float[Array | np.ndarray, " n"]
    contrast_first: Bool[Array | np.ndarray, " n"]
    flip: Bool[Array | np.ndarray, ""]


def draw_augmentation(
    n_images: int, rng: np.random.Generator, *, brightness: float, contrast: float, flip: float
) -> Augmentation:
    """Draw the augmentation of a clip: colours for each of its images, as published, and one flip for all.

    Args:
        n_images: of the clip, those of the context among them.
        rng: what is drawn from.
        brightness: factors are uniform from 1 minus this, 0 at least, to 1 plus this.
        contrast: likewise.
        flip: probability.
    """

    def factors(most):
        return rng.uniform(max(0, 1 - most), 1 + most, n_images).astype(np.float32)

    return Augmentation(
        factors(brightness),
        factors(contrast),
        rng.random(n_images) < 0.5,
        np.array(rng.random() < flip),
    )


def with_context(frames: Int[np.ndarray, " n"], stride: int) -> Int[np.ndarray, "n 2"]:
    """Each frame behind its context, the one `stride` frames before it, or the first of the video."""
    return np.stack([np.maximum(0, frames - stride), frames], axis=1)


def images(
    frames: UInt8[Array, "n h w 3"], size: int, augmentation: Augmentation | None = None
) -> Float[Array, "n 3 s s"]:
    """Frames as a network for ImageNet takes them: augmented, resized, and by ImageNet's mean and deviation.

    Args:
        frames: of 8 bits.
        size: s, to which both sides are stretched or shrunk, by linear interpolation with antialiasing.
        augmentation: what was drawn; None, after training, leaves all as it is.
    """
    pixels = jnp.moveaxis(jnp.asarray(frames, float) / 255, -1, 1)
    if augmentation is not None:
        pixels = _jittered(pixels, augmentation)
    pixels = jax.image.resize(pixels, (*pixels.shape[:2], size, size), "linear", antialias=True)
    if augmentation is not None:
        pixels = jnp.where(augmentation.flip, pixels[..., ::-1], pixels)
    return (pixels - _by_colour(_MEAN)) / _by_colour(_DEVIATION)


def _jittered(pixels, augmentation):
    """Images [n, 3, h, w] of other brightness and contrast, as torchvision's ColorJitter makes them."""
    brightness, contrast, first = (
        jnp.asarray(each, dtype).reshape(-1, 1, 1, 1)
        for each, dtype in zip(augmentation[:3], (pixels.dtype, pixels.dtype, bool), strict=True)
    )

    def brightened(images):
        return jnp.clip(brightness * images, 0, 1)

    def contrasted(images):
        grey = jnp.sum(images * _by_colour(_GREY), axis=1, keepdims=True)
        return jnp.clip(contrast * images + (1 - contrast) * jnp.mean(grey, (1, 2, 3), keepdims=True), 0, 1)

    return jnp.where(first, brightened(contrasted(pixels)), contrasted(brightened(pixels)))


def _by_colour(values: tuple[float, ...]) -> Float[Array, "1 3 1 1"]:
    return jnp.array(values).reshape(1, 3, 1, 1)
