"""Positions in a sequence as vectors."""

from __future__ import annotations

import numpy as np

__all__ = ["sinusoids"]


def sinusoids(length: int, width: int) -> np.ndarray:
    """Sines and cosines of each position [length, width], for any length (Vaswani et al. 2017).

    Column j of position t is the sine, if j is even, or the cosine of t / 10000^(2·floor(j/2) / width).
    """
    column = np.arange(width)
    angle = np.arange(length)[:, None] / 10000 ** (column // 2 * 2 / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))
