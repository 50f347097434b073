"""Cuts of one video into several numbers of segments, and the number that they suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from dkva.kernel_means.settings import LEAST_LEVELS, MOST_LEVELS

if TYPE_CHECKING:
    import numpy as np

    from dkva.kernel_means.levels import Hierarchy

__all__ = ["HIERARCHICAL", "MOST_FINEST", "Levels", "described", "level_of", "made", "suggestion"]

#: The method whose levels are those of a hierarchy, by its id.
HIERARCHICAL = "kms"

#: Segments of the finest level that may be asked for: more are slow to make and draw, and nobody reads them.
MOST_FINEST = 50

# Frames a segment, at least, of what is suggested: of very short videos of noise each frame is one.
_LEAST_FRAMES = 5

# Pieces of a video that TW-FINCH partitions for a hint, at most (our choice): its time grows as their square.
_PARTITIONED = 4000


@dataclass(frozen=True)
class Levels:
    """Which cuts are made.

    Attributes:
        low: segments of the coarsest.
        high: of the finest; of a video of fewer frames it is one a frame.
        nested: whether each level is merged of the finest.
        given: the same in the user's words, for messages.
    """

    low: int = 2
    high: int = MOST_LEVELS
    nested: bool = False
    given: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


def made(
    features: np.ndarray, finest: int, *, seed: int, settings: Mapping[str, Any], nested: bool
) -> Hierarchy:
    """The cuts of a video's features [n, d] into 1, 2, … segments.

    Args:
        features: in order of time.
        finest: segments of the last cut, or one a frame if there are fewer frames.
        seed: of the method.
        settings: fields of `dkva.kernel_means.settings.KernelMeanSettings`.
        nested: whether levels are merged of the finest.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a seed out of range.
    """
    from dkva.base.checks import check_features
    from dkva.kernel_means.segmenting import cut_video
    from dkva.kernel_means.settings import KernelMeanSettings

    frames = check_features(features)
    finest, chosen = min(finest, len(frames)), KernelMeanSettings(**settings)
    cut = cut_video(frames, 1, chosen, seed=seed, levels=finest, nested=nested)
    return cast("Hierarchy", cut.hierarchy)


def described(hierarchy: Hierarchy, low: int) -> list[dict]:
    """The levels from `low` segments on, for the document."""
    return [
        level_of(level.n_segments, level.labels)
        | {"cost": round(float(level.cost), 6), "nesting": round(float(level.nesting), 6)}
        for level in hierarchy.levels[low - 1 :]
    ]


def level_of(n_segments: int, labels: np.ndarray) -> dict:
    """A cut into at most so many actions, the labels [n], as a level for the document."""
    from dkva.base.segments import segments

    runs = segments(labels)
    return {
        "n_segments": n_segments,
        "switches": len(runs) - 1,
        "segments": [{"start": start, "end": end, "label": label} for start, end, label in runs],
    }


def suggestion(hierarchy: Hierarchy, features: np.ndarray, low: int) -> dict:
    """A hint for the number of segments, for the document: the number, what each rule says, and the curve.

    Args:
        hierarchy: of at least three levels.
        features: that it is of [n, d].
        low: the least number to hint at.

    Returns:
        `k`; `rules`, the numbers by the penalty, the eigengap and TW-FINCH's coarsest partition within the
        levels (None without one); and `curve`, the levels from `low` on, with the
        `penalised` scatter of those that the first rule looks at. k is the median of the rules, but at most
        one segment in five frames, or 2; or `low` if that is larger.

    Raises:
        ValueError: features beyond float32's range, which TW-FINCH needs.
    """
    from dkva.baselines.pieces import averaged
    from dkva.baselines.twfinch import tw_finch_partitions
    from dkva.kernel_means.suggesting import by_eigengap, by_penalty, penalised_scatter, suggest_k

    finest = len(hierarchy.levels)
    pieces = averaged(features, _PARTITIONED).means if len(features) > _PARTITIONED else features
    sizes = [int(labels.max()) + 1 for labels in tw_finch_partitions(pieces)]
    within = [size for size in sizes if max(low, 2) <= size <= finest]
    return {
        "k": max(low, min(suggest_k(hierarchy, within), max(2, len(features) // _LEAST_FRAMES))),
        "rules": {
            "penalty": by_penalty(hierarchy),
            "eigengap": by_eigengap(hierarchy.spectrum, finest),
            "tw_finch": min(within, default=None),
        },
        "curve": [
            {
                "n_segments": level.n_segments,
                "cost": round(float(level.cost), 6),
                "scatter": round(float(level.scatter), 6),
                **(
                    {"penalised": round(penalised_scatter(level), 6)}
                    if level.n_segments >= LEAST_LEVELS
                    else {}
                ),
                "switches": int(level.switches),
            }
            for level in hierarchy.levels[low - 1 :]
        ],
    }
