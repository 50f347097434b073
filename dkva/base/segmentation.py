"""What a method makes of one video, before it is described, scored or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Segmentation"]


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The labels of one video and what gave them.

    Attributes:
        labels: whole numbers [n], one a frame.
        n_features: d of the features.
        method: id of the method.
        settings: all that the method was given beside the features: the number of segments, its settings, and
            the seed where it takes one; plain enough for JSON.
        margins: how clear each frame's label is [n], NaN where there is no second label to compare with; None
            where the method has no margins.
        origin: the package that the method belongs to.
        names: of the classes that labels are the places of; None if labels are mere numbers.
        confidence: of each frame's label [n], from 0 to 1; None if the method has none.
    """

    labels: np.ndarray
    n_features: int
    method: str
    settings: Mapping[str, object] = field(default_factory=dict)
    margins: np.ndarray | None = None
    origin: str = "dkva"
    names: tuple[str, ...] | None = None
    confidence: np.ndarray | None = None
