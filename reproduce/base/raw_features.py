"""Features as they are, in the place of a trained encoder: what embedded frames must be better than."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dkva.base.video import Video

__all__ = ["RawFeatures", "train_nothing"]


class RawFeatures:
    """A model that gives features as they are."""

    def embed(self, features) -> np.ndarray:
        """The features [n, d] themselves."""
        return np.asarray(features)

    def arrays(self) -> dict[str, np.ndarray]:
        """No arrays: nothing was learned."""
        return {}

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> RawFeatures:
        """The model; it has no arrays."""
        del arrays
        return cls()


def train_nothing(videos: Sequence[Video]) -> RawFeatures:
    """The model, which no video is needed for."""
    del videos
    return RawFeatures()
