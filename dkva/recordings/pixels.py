"""Pixels as features: what a frame shows, on few points. No package is needed and nothing was trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from dkva.base.checks import check_whole

__all__ = ["Pixels"]

#: Sides of frames of 256 points have 196,608 features: an hour of them at 5 frames a second takes 14 GB.
_MOST = 256


@dataclass(frozen=True)
class Pixels:
    """Red, green and blue of frames that are stretched to a small square, from 0 to 1.

    Features are the rows of the square from top to bottom, in each its points from left to right, of each the
    three colours: d = 3 · side².

    Attributes:
        side: points along a side of the square; 28 gives d = 2352.

    Raises:
        ValueError: a side that is no whole number from 1 to 256.
    """

    side: int = 28

    def __post_init__(self) -> None:
        check_whole("size", self.side, least=1, most=_MOST)

    @property
    def id(self) -> str:
        """See `dkva.recordings.encoders.Encoder`."""
        return "pixels"

    @property
    def size(self) -> tuple[int, int]:
        """The square."""
        return (self.side, self.side)

    @property
    def batch(self) -> int:
        """As many as are quick to copy (our choice)."""
        return 64

    @property
    def key(self) -> str:
        """Its name, version and size."""
        return f"pixels/1 {self.side}x{self.side}"

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of that size."""
        return frames.reshape(len(frames), -1).astype(np.float32) / np.float32(255)
