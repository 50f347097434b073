"""Cuts at numbers of segments that rules suggest: features in, labels out."""

from __future__ import annotations

import functools
import hashlib

import numpy as np

from dkva.baselines.twfinch import tw_finch_partitions
from dkva.kernel_means.levels import Hierarchy
from dkva.kernel_means.segmenting import cut_video
from dkva.kernel_means.settings import MOST_LEVELS, KernelMeanSettings
from dkva.kernel_means.suggesting import by_eigengap, by_penalty, suggest_k
from dkva.metrics.segmentation import evaluate

__all__ = ["MEDIAN", "NESTED", "RULES", "TRUE", "cut_by_rule", "measure"]

#: What `-k auto` of the command line takes, the rules that it is the median of, and what it is held against.
MEDIAN, TRUE = "median of the three", "true number"
#: The true number in a hierarchy whose levels are merged of the finest.
NESTED = "true number, nested"
RULES = ("penalty", "eigengap", "TW-FINCH's coarsest partition", MEDIAN, "always 4", TRUE, NESTED)


def cut_by_rule(features: np.ndarray, n_segments: int, *, rule: str) -> np.ndarray:
    """Labels [n] by kernel mean segments, cut into as many segments as one of `RULES` says.

    Args:
        features: in order of time [n, d].
        n_segments: the true number, which `TRUE` takes.
        rule: one of `RULES`.
    """
    if rule == NESTED:
        return _levels(features, nested=True).levels[n_segments - 1].labels
    hierarchy, sizes = _suggesting(_Frames(features))
    finest = len(hierarchy.levels)
    within = [size for size in sizes if 2 <= size <= finest]
    suggested = {
        "penalty": lambda: by_penalty(hierarchy),
        "eigengap": lambda: by_eigengap(hierarchy.spectrum, finest),
        "TW-FINCH's coarsest partition": lambda: min(within, default=finest),
        MEDIAN: lambda: suggest_k(hierarchy, within),
        "always 4": lambda: 4,
        TRUE: lambda: n_segments,
    }
    return hierarchy.levels[suggested[rule]() - 1].labels


class _Frames:
    """Features that are equal if they hold the same, so that what is made of them can be kept."""

    def __init__(self, features: np.ndarray):
        self.features = features
        self._digest = hashlib.blake2b(np.ascontiguousarray(features).data).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frames) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)


@functools.lru_cache(maxsize=1)
def _suggesting(frames: _Frames) -> tuple[Hierarchy, list[int]]:
    """Cuts into 1 to `MOST_LEVELS` segments, and the sizes of TW-FINCH's partitions."""
    sizes = [int(labels.max()) + 1 for labels in tw_finch_partitions(frames.features)]
    return _levels(frames.features, nested=False), sizes


def _levels(features: np.ndarray, *, nested: bool) -> Hierarchy:
    finest = min(MOST_LEVELS, len(features))
    cut = cut_video(features, 1, KernelMeanSettings(), seed=0, levels=finest, nested=nested)
    assert cut.hierarchy is not None  # noqa: S101 (levels are asked for)
    return cut.hierarchy


def measure(truth: np.ndarray, labels: np.ndarray, n_segments: int) -> dict[str, float]:
    """The number of labels, how far it is from the true one, and the scores.

    IoU is divided by the true number, or that of the labels if it is larger: a true action that no label is
    of counts against a coarse cut.
    """
    found = len(np.unique(labels))
    scores = evaluate(truth, labels, n_clusters=max(found, n_segments))
    return {
        "found": found,
        "off": abs(found - n_segments),
        "mof": scores.mof,
        "iou": scores.iou,
        "f1": scores.f1,
    }
