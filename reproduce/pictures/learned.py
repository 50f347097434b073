"""The learned approximation of a video of Moving5, from which pictures are made."""

from __future__ import annotations

import warnings

import numpy as np

from dkva import VideoSegmenter
from dkva.base.orientation import TurnedWarning
from reproduce.collections.moving5 import K
from reproduce.tables.moving5 import Chosen

__all__ = ["fitted"]


def fitted(choice: Chosen, features: np.ndarray, name: str) -> VideoSegmenter:
    """The method with Table 2's settings and seed 0, fitted to a video's features [n, d]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TurnedWarning)  # a video has fewer frames than a frame has pixels
        return VideoSegmenter(K, **choice.settings, random_state=0).fit(features, name=name)
