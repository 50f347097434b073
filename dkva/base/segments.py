"""Labels in, runs of equal labels out, or the labels renumbered."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

__all__ = ["Segment", "renumbered", "segments"]


class Segment(NamedTuple):
    """A run of frames with one label: frames start, …, end - 1."""

    start: int
    end: int
    label: object


def _plain(label):
    """A label as plain Python: arrays of numbers hold numpy's own, arrays of objects do not."""
    return label.item() if isinstance(label, np.generic) else label


def segments(labels) -> list[Segment]:
    """Runs of equal labels in order of time, end exclusive.

    Args:
        labels: integers or strings [n].

    Raises:
        ValueError: labels that are not one-dimensional.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"labels have shape {labels.shape}: give one label a frame")
    edges = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), len(labels)]
    return [
        Segment(start, end, _plain(labels[start])) for start, end in itertools.pairwise(edges) if end > start
    ]


def renumbered(labels) -> Int[np.ndarray, " n"]:
    """The same partition with labels 0, 1, … in order of first appearance [n]."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
