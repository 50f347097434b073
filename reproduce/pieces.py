"""What the study of smoothing measures: all scores, and into how many pieces a video is cut.

A module of its own, so that a row is computed again where this changes and not where other things do.
"""

from __future__ import annotations

import numpy as np

from dkva.metrics import score_row
from dkva.runs import segments

__all__ = ["measure"]


def measure(truth: np.ndarray, labels: np.ndarray, n_segments: int, **scoring) -> dict[str, float]:
    """All scores; `pieces`, the runs of equal labels, and `pieces_per_asked`, these over M."""
    pieces = len(segments(labels))
    return score_row(truth, labels, n_segments, **scoring) | {
        "pieces": pieces,
        "pieces_per_asked": pieces / n_segments,
    }
