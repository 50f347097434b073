"""Labels in, runs of equal labels out."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

__all__ = ["Segment", "segments"]


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
