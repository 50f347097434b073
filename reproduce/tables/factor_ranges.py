"""Ranges of the Gaussian factor that pairs of frames are counted in."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["FACTOR_EDGES", "FACTOR_RANGES"]

FACTOR_EDGES = (0.0, 0.5, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999, 1.0)

#: Columns of the shares, such as "0.5 to 0.9".
FACTOR_RANGES = tuple(f"{low:g} to {high:g}" for low, high in pairwise(FACTOR_EDGES))
