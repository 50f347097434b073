"""Views of a video's frames as an ImageNet network takes them, all frames of a view changed alike.

As in CARL (Chen et al., Frame-wise action representations for long videos via sequence contrastive learning,
CVPR 2022) and its public code, but for three things: pixels are real numbers from the first step to the last,
where that program rounds to 8 bits after each; colours are torchvision's, and the blur is a Gaussian, where
it has those of Pillow; and a frame that is not square is cut to a square after training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt8

from dkva.base.checks import check_number
from dkva.nn.colours import brightened, contrasted, grey, hue_turned, normalised, saturated

__all__ = ["DrawnView", "ImageViewSettings", "draw_view", "plain_view", "view"]

#: Least and largest deviation of the blur, in pixels of the view, and how far it reaches: three of them.
_SIGMAS, _REACH = (0.1, 2.0), 6

#: Crops that are drawn until one lies within the frame.
_TRIES = 10


@dataclass(frozen=True, kw_only=True)
class ImageViewSettings:
    """How views are drawn; the defaults are CARL's.

    Attributes:
        crop_area: least area of a crop, as a share of the frame's.
        crop_aspect: a crop is up to this many times as wide as high, or as high as wide.
        flip: probability that left and right are exchanged.
        jitter: probability that brightness, contrast, saturation and hue are changed, in any order.
        brightness: its factor is up to this far from 1, and 0 at least.
        contrast: likewise.
        saturation: likewise.
        hue: it is moved on by up to this share of the circle of colours, either way.
        blur: probability of a blur.
        released_blur: whether images are blurred after each of the four changes of colour, and never without
            them, as in CARL's public code; else once at most.
        grey: probability that colours become grey.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    crop_area: float = 0.8
    crop_aspect: float = 4 / 3
    flip: float = 0.5
    jitter: float = 0.8
    brightness: float = 0.8
    contrast: float = 0.8
    saturation: float = 0.8
    hue: float = 0.2
    blur: float = 0.5
    released_blur: bool = False
    grey: float = 0.2

    def __post_init__(self) -> None:
        check_number("crop_area", self.crop_area, positive=True, most=1)
        check_number("crop_aspect", self.crop_aspect)
        if self.crop_aspect < 1:
            raise ValueError(f"crop_aspect is {self.crop_aspect}: give a number >= 1; crops are square at 1")
        for name in ("flip", "jitter", "blur", "grey"):
            check_number(name, getattr(self, name), most=1)
        for name in ("brightness", "contrast", "saturation"):
            check_number(name, getattr(self, name))
        check_number("hue", self.hue, most=0.5)


class DrawnView(NamedTuple):
    """What was drawn for all frames of a view.

    Attributes:
        crop: its first row and column, height and width, in pixels of the frames [4].
        flip: whether left and right are exchanged [].
        jitter: whether colours are changed [].
        order: of brightness 0, contrast 1, saturation 2 and hue 3 [4].
        factors: of brightness, contrast and saturation, and by how much the hue is moved on [4].
        blur: whether there is one [].
        sigma: its deviation, in pixels of the view [].
        grey: whether colours become grey [].
    """

    crop: Int[Array | np.ndarray, " 4"]
    flip: Bool[Array | np.ndarray, ""]
    jitter: Bool[Array | np.ndarray, ""]
    order: Int[Array | np.ndarray, " 4"]
    factors: Float[Array | np.ndarray, " 4"]
    blur: Bool[Array | np.ndarray, ""]
    sigma: Float[Array | np.ndarray, ""]
    grey: Bool[Array | np.ndarray, ""]


def draw_view(height: int, width: int, rng: np.random.Generator, settings: ImageViewSettings) -> DrawnView:
    """Draw what a view is made by; as many numbers are drawn whatever happens, but for the crop.

    Args:
        height: of the frames.
        width: of the frames.
        rng: what is drawn from.
        settings: how.
    """

    def happens(probability):
        return np.array(rng.random() < probability)

    crop = _drawn_crop(height, width, rng, settings)
    flip, jitter = happens(settings.flip), happens(settings.jitter)
    order = rng.permutation(4).astype(np.int32)
    factors = [
        rng.uniform(max(0, 1 - most), 1 + most)
        for most in (settings.brightness, settings.contrast, settings.saturation)
    ]
    hue = rng.uniform(-settings.hue, settings.hue)
    blur, sigma = happens(settings.blur), np.float32(rng.uniform(*_SIGMAS))
    drawn = np.array([*factors, hue], np.float32)
    return DrawnView(crop, flip, jitter, order, drawn, blur, np.array(sigma), happens(settings.grey))


def _drawn_crop(height, width, rng, settings) -> np.ndarray:
    """A crop of random area and shape, as of torchvision's RandomResizedCrop; the middle if none fits."""
    most = settings.crop_aspect
    for _ in range(_TRIES):
        area = rng.uniform(settings.crop_area, 1) * height * width
        aspect = math.exp(rng.uniform(-math.log(most), math.log(most)))
        columns, rows = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < columns <= width and 0 < rows <= height:
            top, left = (
                rng.integers(height - rows, endpoint=True),
                rng.integers(width - columns, endpoint=True),
            )
            return np.array([top, left, rows, columns], np.int32)
    return _middle(height, width, min(height, round(width * most)), min(width, round(height * most)))


def _middle(height, width, rows, columns) -> np.ndarray:
    return np.array([(height - rows) // 2, (width - columns) // 2, rows, columns], np.int32)


def view(
    frames: UInt8[Array, "n h w 3"], size: int, drawn: DrawnView, *, released_blur: bool = False
) -> Float[Array, "n 3 s s"]:
    """Frames as a network for ImageNet takes them in training: all by the same crop, flip and colours.

    Args:
        frames: of 8 bits.
        size: s, to which the crop is stretched or shrunk, by linear interpolation without antialiasing.
        drawn: for them all.
        released_blur: see `ImageViewSettings`.
    """
    pixels = _cropped(frames, size, drawn.crop)
    pixels = jnp.where(drawn.flip, pixels[..., ::-1], pixels)
    blur = _blur_matrix(size, jnp.asarray(drawn.sigma, pixels.dtype))

    def blurred(images):
        return jax.lax.cond(drawn.blur, lambda given: _mapped(given, blur, blur), lambda given: given, images)

    factors = jnp.asarray(drawn.factors, pixels.dtype)
    changes = [
        (lambda images, change=change, factor=factors[place]: change(images, factor))
        for place, change in enumerate((brightened, contrasted, saturated, hue_turned))
    ]

    def changed(images, which):
        images = jax.lax.switch(which, changes, images)
        return (blurred(images) if released_blur else images), None

    def jittered(images):
        return jax.lax.scan(changed, images, jnp.asarray(drawn.order))[0]

    pixels = jax.lax.cond(drawn.jitter, jittered, lambda images: images, pixels)
    pixels = pixels if released_blur else blurred(pixels)
    return normalised(jnp.where(drawn.grey, grey(pixels), pixels))


def plain_view(frames: UInt8[Array, "n h w 3"], size: int) -> Float[Array, "n 3 s s"]:
    """Frames as the network takes them after training: the largest square in their middle, to `size`."""
    height, width = frames.shape[1:3]
    side = min(height, width)
    return normalised(_cropped(frames, size, _middle(height, width, side, side)))


def _cropped(frames, size, crop):
    """A crop of the frames, from 0 to 1 [n, 3, s, s]."""
    pixels = jnp.moveaxis(jnp.asarray(frames, float) / 255, -1, 1)
    top, left, rows, columns = jnp.asarray(crop, pixels.dtype)
    height, width = pixels.shape[2:]
    return _mapped(pixels, _crop_matrix(height, size, top, rows), _crop_matrix(width, size, left, columns))


def _mapped(images, by_row, by_column):
    """Images whose rows and columns are these mixtures of those that there are [n, 3, s, s]."""
    exact = {"precision": jax.lax.Precision.HIGHEST}
    return jnp.einsum("nchw,sh,tw->ncst", images, by_row, by_column, optimize="optimal", **exact)


def _crop_matrix(length, size, start, extent):
    """Weights [size, length] of linear interpolation inside a part of a line, whose ends go on."""
    places = (jnp.arange(size, dtype=start.dtype) + 0.5) * extent / size - 0.5
    places = start + jnp.clip(places, 0, extent - 1)
    return jnp.maximum(0, 1 - jnp.abs(places[:, None] - jnp.arange(length, dtype=start.dtype)[None]))


def _blur_matrix(size, sigma):
    """Weights [size, size] of a Gaussian along a line, which is mirrored at its first and last pixel."""
    away = np.arange(-_REACH, _REACH + 1)
    weights = jnp.exp(-0.5 * (jnp.asarray(away, sigma.dtype) / sigma) ** 2)
    there = np.pad(np.arange(size), _REACH, mode="reflect")
    sources = there[np.arange(size)[:, None] + np.arange(len(away))]
    return (
        jnp.zeros((size, size), sigma.dtype)
        .at[np.arange(size)[:, None], sources]
        .add(jnp.broadcast_to(weights / jnp.sum(weights), sources.shape))
    )
