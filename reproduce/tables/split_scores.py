"""Scores over splits: the counts of each test video in, its part of the mean over the splits' scores out.

F1 and the like are ratios of sums over the videos of a split, and published numbers are means over splits. A
row holds the video's part of that mean, to first order, so that the mean over all rows of a seed is the mean
over the splits, and a bootstrap over videos gives its interval (`dkva.metrics.pooling`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dkva.metrics.pooling import pooled

__all__ = ["Ratio", "numbered", "parts_over_splits", "scored"]

#: What a video adds to the numerator and to the denominator of a score, of its counts.
Ratio = Callable[[Mapping], tuple[float, float]]

# What rows begin with.
_ABOUT = ("dataset", "split", "video", "method", "seed")


def parts_over_splits(rows: Sequence[Mapping], ratio: Ratio) -> np.ndarray:
    """Each video's part of a score's mean over splits [videos]; NaN in a split that has no score.

    Args:
        rows: of one method and seed, with the columns `split` and what `ratio` reads.
        ratio: of the score.
    """
    splits = np.array([row["split"] for row in rows])
    sums, sizes = np.transpose([ratio(row) for row in rows]).astype(np.float64)
    found = {split: pooled(sums[splits == split], sizes[splits == split]) for split in np.unique(splits)}
    known = {split: each for split, each in found.items() if np.isfinite(each.figure)}
    parts = np.full(len(rows), np.nan)
    if not known:
        return parts
    middle = np.mean([each.figure for each in known.values()])
    n_videos = sum(len(each.parts) for each in known.values())
    for split, each in known.items():
        # A split counts as much as another, whatever the number of its videos.
        weight = n_videos / (len(known) * len(each.parts))
        parts[splits == split] = middle + weight * (each.parts - middle)
    return parts


def scored(
    rows: Sequence[Mapping], ratios: Mapping[str, Ratio], further: Mapping[str, object] | None = None
) -> list[dict]:
    """Rows of a table: what each is of, and its part of each score.

    Args:
        rows: of test videos, by any methods and seeds.
        ratios: of the scores, by the columns they get.
        further: columns of all rows.
    """
    groups: dict[tuple, list[Mapping]] = {}
    for row in rows:
        groups.setdefault((row["method"], row["seed"]), []).append(row)
    out = []
    for mine in groups.values():
        parts = {name: parts_over_splits(mine, ratio) for name, ratio in ratios.items()}
        out += [
            {name: row[name] for name in _ABOUT}
            | dict(further or {})
            | {name: float(values[place]) for name, values in parts.items()}
            for place, row in enumerate(mine)
        ]
    return out


def numbered(numerator: str, denominator: str) -> Ratio:
    """The ratio of two counts by their columns."""
    return lambda row: (row[numerator], row[denominator])
