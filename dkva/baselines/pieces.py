"""Pieces of equal lengths, for methods that would be slow on every frame of a long video."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from dkva.base.uniform import uniform_edges

__all__ = ["Pieces", "averaged"]


class Pieces(NamedTuple):
    """A video in pieces.

    Attributes:
        means: of each piece's frames [m, d].
        sizes: numbers of frames [m]; `np.repeat(labels, sizes)` are the frames' labels.
    """

    means: Float[np.ndarray, "m d"]
    sizes: Int[np.ndarray, " m"]


def averaged(frames: Float[np.ndarray, "n d"], most: int) -> Pieces:
    """The min(N, most) uniform pieces of a video; up to `most` frames they are the frames themselves.

    Args:
        frames: in order of time [n, d].
        most: pieces at most.
    """
    n = len(frames)
    edges = uniform_edges(n, min(n, most))
    sizes = np.diff(edges)
    return Pieces(np.add.reduceat(frames, edges[:-1], axis=0) / sizes[:, None], sizes)
