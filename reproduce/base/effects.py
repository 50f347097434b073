"""Effects: rows in, means and differences with their intervals out, and what they say of a claim."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dkva.metrics.bootstrap import bootstrap_interval, bootstrap_weights, middle_95

__all__ = [
    "DOES_NOT_HOLD",
    "HOLDS",
    "NEEDS_DATA",
    "SMALLEST",
    "UNDECIDED",
    "Effect",
    "difference",
    "effect",
    "paired",
    "per_video",
    "verdict",
]

HOLDS = "holds"
DOES_NOT_HOLD = "does not hold"
UNDECIDED = "undecided"
NEEDS_DATA = "needs data"

#: The smallest effect to speak of, as a share: half a percentage point.
SMALLEST = 0.005


class Effect(NamedTuple):
    """A mean over videos, its 95 % interval (bootstrap over them; NaN for one video) and their number."""

    mean: float
    low: float
    high: float
    n: int


def per_video(rows: Sequence[Mapping], measure: str, unit: str = "video") -> dict[str, float]:
    """Mean of a measure over the rows (seeds, draws) of each video; rows without it are left out."""
    values: dict[str, list[float]] = {}
    for row in rows:
        value = float(row[measure])
        if not math.isnan(value):
            values.setdefault(str(row[unit]), []).append(value)
    return {video: math.fsum(mine) / len(mine) for video, mine in values.items()}


def paired(rows: Sequence[Mapping], a: Mapping, b: Mapping, measure: str, unit: str = "video") -> np.ndarray:
    """A measure under `a` minus under `b`, for each video that has both [videos].

    Args:
        rows: of an experiment.
        a: columns and the values that select the one side, such as {"method": "learned, kernel"}.
        b: the same for the other side.
        measure: the column compared.
        unit: the column that names the video.
    """
    sides = [per_video(_selected(rows, side), measure, unit) for side in (a, b)]
    return np.array([sides[0][video] - sides[1][video] for video in sides[0] if video in sides[1]])


def _selected(rows: Sequence[Mapping], side: Mapping) -> Sequence[Mapping]:
    for name, value in side.items():
        rows = [row for row in rows if row[name] == value]
    return rows


def effect(values) -> Effect:
    """Mean and interval of values, one a video [videos], at least one.

    The interval is that of `dkva.metrics.bootstrap.bootstrap_interval`.
    """
    values = np.asarray(values, np.float64)
    if len(values) < 2:
        return Effect(float(values[0]), math.nan, math.nan, len(values))
    return Effect(float(values.mean()), *_interval(values.tobytes()), len(values))


def difference(a, b) -> Effect:
    """Mean of some videos' values minus that of others' [videos], each resampled by itself."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    mean = float(a.mean() - b.mean())
    if min(len(a), len(b)) < 2:
        return Effect(mean, math.nan, math.nan, len(a) + len(b))
    # The resamples of equal numbers of videos are the same ones: turned, so that they are independent.
    drawn = bootstrap_weights(len(a)) @ a - np.roll(bootstrap_weights(len(b)) @ b, 1)
    return Effect(mean, *middle_95(drawn), len(a) + len(b))


@functools.lru_cache(maxsize=8192)
def _interval(values: bytes) -> tuple[float, float]:
    """Interval of the mean of float64 values; kept, since tables, claims and report ask for the same ones."""
    return bootstrap_interval(np.frombuffer(values))


def verdict(found: Effect, smallest: float = SMALLEST) -> str:
    """What an effect says of the claim that it is above 0.

    The claim holds if the whole interval is above 0. It does not hold if none of the interval reaches
    `smallest`: the effect is on the other side or negligible. Otherwise, as with fewer than two videos, it is
    undecided.
    """
    if found.low > 0:
        return HOLDS
    return DOES_NOT_HOLD if found.high < smallest else UNDECIDED
