"""Histograms of colours as features: how much of each colour there is in a frame, wherever it is."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int, UInt8

__all__ = ["ColourHistograms", "colour_bins"]

#: Numbers of bins of hue, saturation and value (our choice).
_BINS = (16, 4, 4)

#: Bits of red, green and blue by which a colour's bin is looked up; 8 would need a table of 16 million.
_BITS = 6

#: What the shortened red, green and blue count in a place of the table.
_PLACES = np.array([1 << 2 * _BITS, 1 << _BITS, 1], np.float32)


@dataclass(frozen=True)
class ColourHistograms:
    """Square roots of the shares of a frame's points that have each colour [n, 256].

    Colours are told by hue, saturation and value (of Smith's hexcone, as everywhere) in 16 × 4 × 4 bins (our
    choice), after each of red, green and blue was cut to 6 bits. The distance between square roots of shares
    is √2 times Hellinger's, by which histograms are better compared than as they are (Arandjelović &
    Zisserman, Three things everyone should know to improve object retrieval, CVPR 2012).

    Attributes:
        longest: frames are shrunk so that their longer side is at most this; the shares stay.
    """

    longest: int = 160

    @property
    def id(self) -> str:
        """See `dkva.recordings.encoders.Encoder`."""
        return "colour"

    @property
    def size(self) -> int:
        """The most of the longer side."""
        return self.longest

    @property
    def batch(self) -> int:
        """So few that what is computed on the way stays in the processor's cache (our choice)."""
        return 4

    @property
    def key(self) -> str:
        """Its name, version, size and bins."""
        return f"colour/1 {self.longest} hsv={'x'.join(map(str, _BINS))} bits={_BITS}"

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of any size."""
        n, bins = len(frames), int(np.prod(_BINS))
        # A place in the table has 18 bits, which float32 holds exactly; such a product is the quickest.
        places = (frames >> (8 - _BITS)).reshape(-1, 3).astype(np.float32) @ _PLACES
        found = _table()[places.astype(np.int32)].reshape(n, -1)
        found += bins * np.arange(n, dtype=found.dtype)[:, None]
        counts = np.bincount(found.ravel(), minlength=n * bins).reshape(n, bins)
        return np.sqrt(counts / np.float32(found.shape[1])).astype(np.float32)


def colour_bins(points: UInt8[np.ndarray, "*axes 3"]) -> Int[np.ndarray, "*axes"]:
    """Which of the 256 bins each colour falls in; the bin of value changes first, that of hue last.

    Hues are parted at red, and each of saturation and value at equal steps; a grey has hue and saturation 0.

    Args:
        points: red, green and blue of 8 bits.
    """
    hues, saturations, values = _BINS
    red, green, blue = (points[..., place].astype(np.int32) for place in range(3))
    top = np.maximum(np.maximum(red, green), blue)
    spread = top - np.minimum(np.minimum(red, green), blue)
    # All numbers are whole: a hue is (sixth · spread + difference) / (6 · spread) of the circle.
    turned = np.where(
        top == red,
        (green - blue) + (green < blue) * 6 * spread,
        np.where(top == green, 2 * spread + blue - red, 4 * spread + red - green),
    )
    hue = hues * turned // np.maximum(6 * spread, 1)
    saturation = np.minimum(saturations * spread // np.maximum(top, 1), saturations - 1)
    value = values * top // 256
    return (hue * saturations + saturation) * values + value


@functools.cache
def _table() -> Int[np.ndarray, " places"]:
    """Bins of all colours of 6 bits for each of red, green and blue."""
    levels = (np.arange(1 << _BITS) << (8 - _BITS)).astype(np.uint8)
    return colour_bins(np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 3))
