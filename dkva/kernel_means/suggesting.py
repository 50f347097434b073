"""A hint for the number of segments. No rule that was tried finds it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dkva.kernel_means.levels import Hierarchy, Level
from dkva.kernel_means.settings import LEAST_LEVELS

__all__ = ["by_eigengap", "by_penalty", "penalised_scatter", "suggest_k"]

# What a segment and a switch add to the scatter.
_OF_SEGMENT, _OF_SWITCH = 0.03, 0.01

# Variances below this share of the first are rounding, whose ratios mean nothing.
_LEAST_VARIANCE = 1e-6


def suggest_k(hierarchy: Hierarchy, partition_sizes: Sequence[int] = ()) -> int:
    """A hint for K: the median of up to three rules, each of which is often wrong.

    On 21 labelled sequences of five domains half of the hints were off by two segments or more, and the cuts
    at the hints had lower scores, above all F1, than those at the true numbers
    (`reproduce/study_suggested_k.py`): look at the levels, too.

    Args:
        hierarchy: of at least three levels.
        partition_sizes: numbers of clusters of another method's natural partitions, such as TW-FINCH's
            (`dkva.baselines.tw_finch_partitions`); the least of them from 2 to the finest level is the third
            rule. Without one the median is of two, rounded down.

    Returns:
        K from 2 to the finest level.

    Raises:
        ValueError: fewer than three levels.
    """
    finest = len(hierarchy.levels)
    if finest < LEAST_LEVELS:
        levels = f"{finest} level{'s' * (finest != 1)}"
        raise ValueError(f"the hierarchy has {levels}: make at least {LEAST_LEVELS} of them")
    rules = [by_penalty(hierarchy), by_eigengap(hierarchy.spectrum, finest)]
    rules += sorted(size for size in partition_sizes if 2 <= size <= finest)[:1]
    return int(np.median(rules))


def penalised_scatter(level: Level) -> float:
    """The scatter + .03 · K + .01 · switches; not the cost, by which cuts into one K are compared."""
    return level.scatter + _OF_SEGMENT * level.n_segments + _OF_SWITCH * level.switches


def by_penalty(hierarchy: Hierarchy) -> int:
    """The K of at least 3 of least `penalised_scatter`; the least on a tie."""
    return min(hierarchy.levels[LEAST_LEVELS - 1 :], key=penalised_scatter).n_segments


def by_eigengap(spectrum: Float[np.ndarray, " r"], finest: int) -> int:
    """The K from 2 to `finest` whose K - 1 first variances stand out most: the largest ratio to the next.

    The means of K clusters span K - 1 directions around their own mean. Where fewer than two variances are
    above rounding, K is 2.
    """
    floor = _LEAST_VARIANCE * max(spectrum[:1].sum(), np.finfo(float).tiny)
    variances = np.full(finest, floor)
    first = spectrum[:finest]
    variances[: len(first)] = np.maximum(first, floor)
    return 2 + int(np.argmax(variances[:-1] / variances[1:]))
