"""Columns that look like a clock by their values, whatever their names: these are told, not left out."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

__all__ = ["like_clocks", "may_be_epoch"]

# Fewer rows may rise evenly by chance.
_LEAST = 10

# Seconds since 1970 from 2001 to 2033, and how many parts of a second may be counted.
_EPOCH = (1e9, 2e9)
_PARTS = (1.0, 1e3, 1e6, 1e9)

# float32 holds no more decimals than this.
_DECIMALS = 6


def may_be_epoch(values: Float[np.ndarray, "*shape"]) -> Bool[np.ndarray, "*shape"]:
    """Which values may be times since 1970, in seconds, milliseconds, microseconds or nanoseconds."""
    values = np.asarray(values, np.float64)
    low, high = _EPOCH
    return np.any([(low * parts <= values) & (values < high * parts) for parts in _PARTS], axis=0)


def like_clocks(values: Float[np.ndarray, "n d"], exact: dict[int, Float[np.ndarray, " n"]]) -> list[int]:
    """Columns that rise from row to row as a clock does, by index.

    They rise by a constant step, within the rounding of the decimals that are written, or are times since
    1970, whose steps need not be equal.

    Args:
        values: columns.
        exact: some of them with all their digits, by index.
    """
    if len(values) < _LEAST:
        return []
    head = values[:_LEAST]
    rising = set(np.flatnonzero((head[1:] > head[:-1]).all(axis=0)).tolist()) | exact.keys()
    return [i for i in sorted(rising) if _is_clock(exact.get(i, values[:, i]))]


def _is_clock(column: Float[np.ndarray, " n"]) -> bool:
    head = np.asarray(column[:_LEAST], np.float64)
    if not _is_even(head, column.dtype) and not may_be_epoch(head).all():
        return False  # most columns, at once
    whole = np.asarray(column, np.float64)
    if not np.isfinite(whole).all() or not (np.diff(whole) > 0).all():
        return False
    return _is_even(whole, column.dtype) or bool(may_be_epoch(whole).all())


def _is_even(column: Float[np.ndarray, " n"], kind: np.dtype) -> bool:
    """Whether all values lie on a line, but for their rounding, and rise."""
    with np.errstate(invalid="ignore", over="ignore"):
        line = np.linspace(column[0], column[-1], len(column))
        size = max(abs(column[0]), abs(column[-1]))
        digits = 2 * float(np.spacing(np.asarray(size, kind)))
        off = np.abs(column - line).max()
        return bool(column[-1] > column[0] and off <= _rounding(column, digits) + digits)


def _rounding(column: Float[np.ndarray, " n"], digits: float) -> float:
    """How far rounding may take values off a line through the first and last: a unit of the last decimal."""
    for decimals in range(_DECIMALS):
        if (np.abs(column - np.round(column, decimals)) <= digits).all():
            return 10.0**-decimals
    return 0.0
