"""Skeletons of digits: key points of their ink, in arithmetic that is exact on any machine."""

from __future__ import annotations

import numpy as np

from synthetic.moving_digit import CANVAS, STEPS

__all__ = ["JOINTS", "MIRRORED", "PARENTS", "joints_of"]

#: Joints in their order: the centre, and four limbs of two bones each, an inner joint and the tip.
JOINTS = ("centre", "upper", "top", "lower", "bottom", "left", "leftmost", "right", "rightmost")

#: Parent of each joint, -1 of the centre.
PARENTS = (-1, 0, 1, 0, 3, 0, 5, 0, 7)

#: Joints that change places in a mirror.
MIRRORED = ((5, 7), (6, 8))


def joints_of(image: np.ndarray) -> np.ndarray:
    """Joints [9, 2] of a digit, right and down of the canvas's middle in 1/64 pixel, int64.

    The centre is the mean of the ink, pixels of half the brightest grey or more. An inner joint is the mean
    of the ink on its side of the centre, a tip the mean of the outermost row or column of the ink.

    Args:
        image: uint8 [28, 28], not all black.
    """
    down, right = np.nonzero(2 * image.astype(np.int64) >= int(image.max()))
    n = len(down)
    found = [np.ones(n, bool)]
    for axis in (down, right):
        for side in (-1, 1):
            found += [side * (n * axis - axis.sum()) >= 0, side * axis == (side * axis).max()]
    middle = STEPS * (CANVAS - 1) // 2
    return np.array([[_mean(right[ink]) - middle, _mean(down[ink]) - middle] for ink in found])


def _mean(pixels: np.ndarray) -> int:
    """Mean of whole pixels in 1/64 pixel, rounded half up."""
    n = len(pixels)
    return (2 * STEPS * int(pixels.sum()) + n) // (2 * n)
