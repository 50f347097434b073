"""Positions in a sequence as vectors."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Real

__all__ = ["sinusoids", "stretched_sinusoids"]


def sinusoids(positions: Real[np.ndarray, " n"], width: int) -> Float[np.ndarray, "n {width}"]:
    """Sines and cosines of positions (Vaswani et al. 2017), which may be any numbers.

    Column j of position t is the sine, if j is even, or the cosine of t / 10000^(2·floor(j/2) / width).
    """
    column = np.arange(width)
    angle = positions[:, None] / 10000 ** (column // 2 * 2 / width)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))


def stretched_sinusoids(n_frames: int, length: int, width: int) -> Float[np.ndarray, "n {width}"]:
    """`sinusoids` of a clip at equal distances from 0 to `length` - 1, however many frames it has (CARL).

    So a whole video takes the positions that the clips of the training had; a clip of one frame takes 0.

    Args:
        n_frames: of the clip.
        length: frames of the clips of the training.
        width: of the vectors.
    """
    return sinusoids(np.linspace(0, length - 1, n_frames), width)
