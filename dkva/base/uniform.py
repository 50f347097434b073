"""Uniform segments: a number of frames and of segments in, edges out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

__all__ = ["uniform_edges"]


def uniform_edges(n_frames: int, n_segments: int) -> Int[np.ndarray, " m_plus_1"]:
    """First frames of M uniform segments, and N last [m + 1]; no segment is empty where M <= N."""
    return np.arange(n_segments + 1, dtype=np.int64) * n_frames // n_segments
