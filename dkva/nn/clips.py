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

from dkva.nn.colours import brightened, contrasted, normalised

__all__ = ["Augmentation", "check_frames", "draw_augmentation", "images", "with_context"]


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


def check_frames(name: str, frames) -> UInt8[np.ndarray, "n h w 3"]:
    """Frames of one video as an array of 8 bits, or ValueError that names the argument and the remedy."""
    array = np.asarray(frames)
    if array.ndim != 4 or array.shape[-1] != 3 or 0 in array.shape or array.dtype != np.uint8:
        raise ValueError(
            f"{name} are {array.dtype} of shape {array.shape}: give numbers of 8 bits (uint8) [frames, "
            "height, width, 3], grey ones three times"
        )
    return array


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
    return normalised(pixels)


def _jittered(pixels, augmentation):
    """Images [n, 3, h, w] of other brightness and contrast, as torchvision's ColorJitter makes them."""
    brightness, contrast, first = (
        jnp.asarray(each, dtype).reshape(-1, 1, 1, 1)
        for each, dtype in zip(augmentation[:3], (pixels.dtype, pixels.dtype, bool), strict=True)
    )
    jittered = brightened(contrasted(pixels, contrast), brightness)
    return jnp.where(first, jittered, contrasted(brightened(pixels, brightness), contrast))
