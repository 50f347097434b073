"""Shares of sums over videos, from rows of counts, with weights for a bootstrap over videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["shares"]


def shares(rows: Sequence[Mapping], parts: Mapping[str, tuple[str, str]], weights=None) -> dict:
    """Sums of one column over sums of another.

    Args:
        rows: of each video, its counts by name.
        parts: of each share, the names of what is summed and of what it is divided by.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        The shares by name, NaN if the divisor is 0: floats, or arrays [r] with weights.
    """
    counts = np.ones((1, len(rows))) if weights is None else np.asarray(weights, np.float64)
    found = {}
    for name, columns in parts.items():
        some, total = (counts @ np.asarray([row[each] for row in rows], np.float64) for each in columns)
        found[name] = np.divide(some, total, out=np.full(len(counts), np.nan), where=total > 0)
    return found if weights is not None else {name: float(share[0]) for name, share in found.items()}
