"""Scores of videos that are pooled, with intervals: rows of videos in, scores and intervals out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dkva.metrics.bootstrap import RESAMPLES

__all__ = ["Interval", "with_intervals"]


class Interval(NamedTuple):
    """A score and its 95 % interval; NaN for an interval that cannot be had."""

    score: float
    low: float
    high: float


def with_intervals(
    pooled: Callable[..., Mapping], groups: Sequence[Sequence[Mapping]], *, seed: int = 0
) -> dict[str, Interval]:
    """Mean over groups of their pooled scores, with percentile bootstraps over videos (9999 resamples).

    Videos are drawn within their groups; if each group is one video, groups are drawn. A video by itself
    has no interval. Resamples without a score (NaN) do not count.

    Args:
        pooled: `pooled(rows, weights=None) -> scores by name`; see `dkva.metrics.protocols.Protocol`.
        groups: of each group, the rows of its videos.
        seed: of the resamples.

    Raises:
        ValueError: no group, or one without a video.
    """
    if not groups or not all(groups):
        raise ValueError("there is a group without videos: give the rows of one video at least")
    scores = [pooled(rows) for rows in groups]
    means = {name: float(np.mean([each[name] for each in scores])) for name in scores[0]}
    if sum(map(len, groups)) < 2:
        return {name: Interval(value, np.nan, np.nan) for name, value in means.items()}
    rng = np.random.default_rng(seed)
    if all(len(rows) == 1 for rows in groups):
        weights = _drawn(rng, len(groups)) / len(groups)
        drawn = {name: weights @ [each[name] for each in scores] for name in means}
    else:
        of_groups = [pooled(rows, _drawn(rng, len(rows))) for rows in groups]
        drawn = {name: np.mean([each[name] for each in of_groups], axis=0) for name in means}
    return {name: Interval(value, *_ends(drawn[name])) for name, value in means.items()}


def _drawn(rng: np.random.Generator, n: int) -> np.ndarray:
    """How often each of n videos is drawn in each resample [9999, n]."""
    return rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)


def _ends(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)
