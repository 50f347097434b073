"""Boundaries placed on frames: a cut between two pieces is moved within them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.kernel_means.embedding import Embedding

__all__ = ["frame_labels", "label_means"]


def frame_labels(
    features: Real[np.ndarray, "n d"],
    embedding: Embedding,
    labels: Int[np.ndarray, " p"],
    means: Mapping[int, Float[np.ndarray, " r"]] | None = None,
) -> Int[np.ndarray, " n"]:
    """Labels of the frames [n] of labels of the pieces [p], each boundary refined within its two pieces.

    Between a piece of label a and the next of label b, the frames of both are split where the sum of
    |phi(x) - mu_a|² over those before and of |phi(x) - mu_b|² over those after is least; phi is a frame's
    embedding as it is, not averaged over time, and mu the mean over a label's pieces. On a tie the split
    nearest to where the pieces meet is taken. Every segment keeps at least one frame.

    `means` are of other pieces than these, as of several videos together.
    """
    points, edges = embedding.points, embedding.edges
    switches = np.flatnonzero(labels[1:] != labels[:-1]) + 1
    bounds = edges[switches].copy()
    if edges[-1] > len(points):
        means = label_means(points, labels) if means is None else means
        last = 0
        for place, piece in enumerate(switches):
            first, end = edges[piece - 1], edges[piece + 1]
            if end - first > 2:
                before, after = means[labels[piece - 1]], means[labels[piece]]
                frames = embedding.frames(features[first:end])
                # |phi - before|² - |phi - after|² of each frame; its sum up to the split is to be least.
                gain = 2 * frames @ (after - before) + before @ before - after @ after
                splits = np.arange(max(first, last) + 1, end)
                cost = np.cumsum(gain)[splits - 1 - first]
                ties = splits[cost == cost.min()]
                bounds[place] = ties[np.abs(ties - edges[piece]).argmin()]
            last = bounds[place]
    runs = np.diff(np.concatenate([[0], bounds, edges[-1:]]))
    return np.repeat(labels[np.concatenate([[0], switches])], runs)


def label_means(
    points: Float[np.ndarray, "p r"], labels: Int[np.ndarray, " p"]
) -> dict[int, Float[np.ndarray, " r"]]:
    """Mean of each label's points."""
    return {int(label): points[labels == label].mean(axis=0) for label in np.unique(labels)}
