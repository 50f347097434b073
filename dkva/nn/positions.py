"""Positions in a sequence as vectors."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Real

__all__ = ["sinusoids"]


def sinusoids(positions: Real[np.ndarray, " n"], width: int) -> Float[np.ndarray, "n {width}"]:
    """Sines and cosines of positions (Vaswani et al. 2017), which may be any numbers.

    Column j of position t is the sine, if j is even, or the cosine of t / 10000^(2·floor(j/2) / width).
    """
    column = np.arange(width)
    angle = positions[:, None] / 10000 ** (column // 2 * 2 / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))
