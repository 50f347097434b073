"""A hierarchy of cuts, from one segment to many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.base.segments import renumbered
from dkva.kernel_means.boundaries import frame_labels
from dkva.kernel_means.cutting import best_cut, cost
from dkva.kernel_means.embedding import Embedding, local_means
from dkva.kernel_means.merging import merged
from dkva.kernel_means.refining import Cut, measured
from dkva.kernel_means.settings import KernelMeanSettings

__all__ = ["Hierarchy", "Level", "hierarchy_of"]


class Level(NamedTuple):
    """One cut of a hierarchy.

    Attributes:
        n_segments: K that was asked for.
        labels: 0, 1, … in order of first appearance [n].
        cost: scatter + pick_price · switches / K.
        scatter: mean squared distance of a piece from the mean of its label: 1 for one label, 0 at best.
        switches: boundaries between segments.
        nesting: share of the frames that lie in the coarser level's label which most frames of their own
            label lie in: 1 if every label of this level is a part of one of the level before.
    """

    n_segments: int
    labels: Int[np.ndarray, " n"]
    cost: float
    scatter: float
    switches: int
    nesting: float


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Cuts of one video into 1, 2, …, K segments.

    Attributes:
        levels: from the coarsest to the finest; `levels[k - 1]` has k segments.
        spectrum: variances of the finest level's points along their principal components, falling [r].
    """

    levels: tuple[Level, ...]
    spectrum: Float[np.ndarray, " r"]


def hierarchy_of(
    features: Real[np.ndarray, "n d"],
    embedding: Embedding,
    finest: int,
    settings: KernelMeanSettings,
    *,
    seed: int,
    nested: bool = False,
) -> Hierarchy:
    """Cuts into 1, …, `finest` segments.

    Each level is the method's own cut for its K, the same that the estimator makes, and `Level.nesting` says
    how near it is to being a part of the level before. With `nested` every level is merged of the finest by
    Ward's criterion on the maximum mean discrepancy, so that each segment is cut further and never anew.
    Nested levels are for reading: what was measured is the method's own cut of each number.

    Args:
        features: in order of time [n, d]; read only around boundaries, and not at all if each piece is one
            frame.
        embedding: of these features.
        finest: at most the number of pieces.
        settings: of the method.
        seed: of the starts by k-means.
        nested: whether levels are merged of the finest.
    """
    n = len(embedding.points)

    def averaged(k: int) -> np.ndarray:
        return local_means(embedding.points, settings.averaging * n / k)

    points = averaged(finest)
    if nested:
        found = _merged_levels(features, embedding, points, finest, settings, seed)
    else:
        cuts = [best_cut(averaged(k), k, settings, seed) for k in range(1, finest + 1)]
        found = [(cut, frame_labels(features, embedding, cut.labels)) for cut in cuts]
    levels: list[Level] = []
    for k, (cut, labels) in enumerate(found, start=1):
        nesting = _nesting(levels[-1].labels, labels) if levels else 1.0
        levels.append(Level(k, labels, cost(cut, k, settings), cut.scatter, cut.switches, nesting))
    spectrum = np.linalg.eigvalsh(points.T @ points / n)[::-1]
    return Hierarchy(tuple(levels), np.maximum(spectrum, 0))


def _merged_levels(features, embedding, points, finest, settings, seed) -> list[tuple[Cut, np.ndarray]]:
    """Cut of the pieces and labels of the frames of each level, merged of the finest."""
    labels = best_cut(points, finest, settings, seed).labels
    frames = frame_labels(features, embedding, labels)
    sizes = np.bincount(labels)
    means = np.stack([points[labels == label].mean(axis=0) for label in range(len(sizes))])
    groups = merged(means, sizes, 1)[::-1]
    # One group where all frames are equal.
    numbers = [renumbered(groups[min(k, len(sizes)) - 1]) for k in range(1, finest + 1)]
    return [(measured(points, number[labels]), number[frames]) for number in numbers]


def _nesting(coarse, fine) -> float:
    shared = np.zeros((int(fine.max()) + 1, int(coarse.max()) + 1), np.int64)
    np.add.at(shared, (fine, coarse), 1)
    return float(shared.max(axis=1).sum() / len(fine))
