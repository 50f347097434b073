"""Claims about the smoothing over time (Figure 3b)."""

from __future__ import annotations

import numpy as np

from dkva.datasets import BENCHMARKS
from reproduce.base.effects import Effect, difference, effect, paired, per_video
from reproduce.ledger.compare import (
    LIKE,
    LIKE_TITLE,
    SALADS_TITLE,
    Place,
    Rows,
    Test,
    by_dataset,
    by_length,
    mean,
    on_each,
)

__all__ = ["SMOOTHING_TESTS"]

#: A range of MoF over strengths of smoothing from which on the method is sensitive to it: two points.
_SENSITIVE = 0.02


def _smoothed_beats_not(rows: Rows) -> np.ndarray:
    return paired(rows, {"smoothing": 2.5}, {"smoothing": 0.0}, "mof")


def _smoothing_helps_the_long(rows: Rows) -> Effect:
    """The lesser of: MoF gained by smoothing on long videos, and that gain beyond the one on short videos."""
    long, short = by_length(rows)
    on_long = rows if len(by_dataset(rows)) == 1 else long
    beyond = difference(_smoothed_beats_not(long), _smoothed_beats_not(short))
    return min(effect(_smoothed_beats_not(on_long)), beyond)


def _too_many_pieces(rows: Rows) -> np.ndarray:
    """Whether an unsmoothed video is cut into more than twice as many pieces as asked for, minus a half."""
    plain = [{**row, "many": row["pieces_per_asked"] > 2} for row in rows if row["smoothing"] == 0]
    return np.array(list(per_video(plain, "many").values())) - 0.5


def _range_over_smoothing(rows: Rows) -> np.ndarray:
    """MoF at the strength whose mean is highest minus at that whose mean is lowest, minus 2 points."""
    strengths = sorted({row["smoothing"] for row in rows if 1 <= row["smoothing"] <= 4})
    means = {s: mean([row for row in rows if row["smoothing"] == s], "mof") for s in strengths}
    high, low = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    return paired(rows, {"smoothing": high}, {"smoothing": low}, "mof") - _SENSITIVE


_NEEDED = (
    "python -m reproduce.figure3b_smoothing, with --data-root DATA where 50 Salads, Desktop Assembly and YTI "
    "are at hand"
)

_SMOOTHING_PLACES = (
    Place(
        "50 Salads, Desktop Assembly, YTI",
        ("figure3b_smoothing",),
        (SALADS_TITLE, BENCHMARKS["desktop_assembly"].title, BENCHMARKS["yti"].title),
    ),
    Place("50 Salads", ("figure3b_smoothing",), (SALADS_TITLE,)),
    Place(f"100 videos of {LIKE}", ("figure3b_smoothing",), (LIKE_TITLE,)),
)

SMOOTHING_TESTS: tuple[Test, ...] = (
    Test(
        "smoothing-is-needed",
        "share of videos that are cut into more than twice as many pieces as asked for without smoothing - "
        "one half, on whichever data set it is least",
        _SMOOTHING_PLACES,
        on_each(_too_many_pieces),
        _NEEDED,
    ),
    Test(
        "smoothing-helps-long-videos",
        "the lesser of two: MoF on long videos, smoothed at strength 2.5 - not smoothed; and that gain - the "
        "gain on short videos. Where there is one data set, the first is on all of it, the second between "
        "its longer half of videos and its shorter one",
        _SMOOTHING_PLACES,
        _smoothing_helps_the_long,
        _NEEDED,
    ),
    Test(
        "sensitive-to-smoothing",
        "MoF at the strength of smoothing from 1 to 4 whose mean is highest - at that whose mean is lowest, "
        "both found on the same videos, - 2 points, on whichever data set it is least",
        _SMOOTHING_PLACES,
        on_each(_range_over_smoothing),
        _NEEDED,
    ),
)
