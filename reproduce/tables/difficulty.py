"""Difficulty of Breakfast-like by TW-FINCH's published scores on Breakfast: rows in, numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reproduce.base.labels import TW_FINCH
from reproduce.ledger.paper import TABLES

__all__ = ["CHECK", "CHOOSE", "HALVES", "PUBLISHED", "VIDEOS", "choice", "distances", "means"]

#: The halves by the remainder of the subject's number by two: where it is chosen, and where it is checked.
HALVES = {1: "Breakfast-like (synthetic), odd subjects", 0: "Breakfast-like (synthetic), even subjects"}
CHOOSE, CHECK = HALVES[1], HALVES[0]

#: Videos of each half.
VIDEOS = 200

#: The paper's row, in %.
PUBLISHED = {measure: TABLES["table4"]["Breakfast", TW_FINCH, measure] for measure in ("mof", "iou", "f1")}


def means(rows: Sequence[Mapping], dataset: str) -> dict[float, dict[str, float]]:
    """Mean of each measure over the videos of a half, in %, by difficulty."""
    groups: dict[float, list[Mapping]] = {}
    for row in rows:
        if row["dataset"] == dataset:
            groups.setdefault(row["difficulty"], []).append(row)
    return {
        difficulty: {measure: 100 * float(np.mean([row[measure] for row in mine])) for measure in PUBLISHED}
        for difficulty, mine in groups.items()
    }


def distances(rows: Sequence[Mapping], dataset: str) -> dict[float, float]:
    """Sum of squared differences from the published row, in points, by difficulty."""
    return {
        difficulty: sum((scores[measure] - published) ** 2 for measure, published in PUBLISHED.items())
        for difficulty, scores in means(rows, dataset).items()
    }


def choice(rows: Sequence[Mapping]) -> float:
    """The difficulty nearest to the published row on the half for choosing."""
    found = distances(rows, CHOOSE)
    return min(found, key=lambda difficulty: found[difficulty])
