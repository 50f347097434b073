"""A digit that moves along its own straight path, in arithmetic that is exact on any machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

__all__ = ["CANVAS", "DIGITS", "PATHS", "STEPS", "moved", "on_path", "shifted", "sized"]

#: The digits in the paper's order.
DIGITS = (9, 3, 7, 5, 1)

#: Side of a frame in pixels.
CANVAS = 28

#: Direction of each digit's path: rows down, columns right.
PATHS = {9: (1, 0), 3: (1, 1), 7: (1, -1), 5: (0, -1), 1: (0, 1)}

#: Positions per pixel: a power of two, so that weights and sums of the interpolation are exact.
STEPS = 64


def sized(image: np.ndarray, size: int) -> np.ndarray:
    """A digit [28, 28] at another size in the middle of the canvas, uint8 [28, 28]."""
    if size == CANVAS:
        return image
    from PIL import Image

    small = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
    before = (CANVAS - size) // 2
    return np.pad(small, (before, CANVAS - size - before))


def on_path(path: Sequence[int], along: float) -> list[int]:
    """Where a digit is that went so many pixels along a path, in 1/64 pixel, rounded.

    Args:
        path: direction in each axis, -1, 0 or 1.
        along: pixels; on a diagonal it is in each of its axes.
    """
    return [round(along * direction * STEPS) for direction in path]


def shifted(canvas: np.ndarray, down: int, right: int) -> np.ndarray:
    """Grey levels 0 to 255, int64 [28, 28], of a canvas moved by so many 1/64 pixels.

    Args:
        canvas: float64 [28, 28], whole grey levels.
        down: of rows.
        right: of columns.
    """
    offset = (down / STEPS, right / STEPS)
    return np.rint(scipy.ndimage.shift(canvas, offset, order=1, mode="grid-constant")).astype(np.int64)


def moved(canvas: np.ndarray, digit: int, along: float) -> np.ndarray:
    """Grey levels 0 to 255, int64 [28, 28], of a canvas whose digit went so many pixels along its path.

    Args:
        canvas: float64 [28, 28], whole grey levels.
        digit: whose path it is.
        along: rounded to 1/64 pixel; on a diagonal it is in both directions.
    """
    return shifted(canvas, *on_path(PATHS[digit], along))
