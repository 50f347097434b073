"""A video of a collection, wherever it comes from: its name, and its features and labels when asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

__all__ = ["Untold", "Video"]


@dataclass(frozen=True)
class Video(ABC):
    """One video; nothing is read before it is asked for.

    Attributes:
        name: what it is called, with its activity before a slash if it has one, such as
            "coffee/P03_cam01_P03_coffee".
    """

    name: str

    @property
    def activity(self) -> str | None:
        """Its activity, or None."""
        return self.name.split("/")[0] if "/" in self.name else None

    @abstractmethod
    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] and labels [n], or None for the labels if there are none.

        Raises:
            ValueError: what is there cannot be used; the message names the file and the remedy.
        """

    def features(self) -> np.ndarray:
        """Features [n, d]. Raises ValueError as `load`."""
        return self.load()[0]

    def labelled(self) -> tuple[np.ndarray, np.ndarray]:
        """Features [n, d] and the true label of each frame [n].

        Raises:
            ValueError: as `load`, or there are no labels.
        """
        features, labels = self.load()
        if labels is None:
            raise ValueError(f"{self.name}: has no true labels; give them, or leave the video out")
        return features, labels

    def truth(self) -> np.ndarray:
        """True label of each frame [n]. Raises ValueError as `labelled`."""
        return self.labelled()[1]


@dataclass(frozen=True)
class Untold(Video):
    """A video whose truth is not to be seen, for methods that learn without it.

    Attributes:
        video: the video itself.
    """

    video: Video

    @classmethod
    def of(cls, video: Video) -> Untold:
        """The same video without its truth."""
        return cls(video.name, video)

    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d], and None. Raises ValueError as the video itself."""
        return self.video.load()[0], None

    def labelled(self) -> tuple[np.ndarray, np.ndarray]:
        """Raises ValueError: the truth is not shown."""
        raise ValueError(
            f"{self.name}: its truth is not shown to a learner that is not supervised; mark the learner as "
            "supervised if it learns from labels"
        )
