"""A video as methods that are trained on collections are given it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["Video"]


@dataclass(frozen=True)
class Video:
    """One video of a collection; nothing is read before it is asked for.

    Attributes:
        name: what rows call it.
        load: gives features [n, d] and truth [n], or None for the truth; called in the process that does the
            work, so a function of a module or a `functools.partial` of one.
        checksum: of what `load` gives.
        activity: what the video shows as a whole, such as "coffee"; None if the collection is of one kind.
        shows_truth: whether the truth may be read. Learners that are not supervised are given videos without.
    """

    name: str
    load: Callable[[], tuple]
    checksum: str
    activity: str | None = None
    shows_truth: bool = True

    def features(self) -> np.ndarray:
        """Features [n, d]."""
        return np.asarray(self.load()[0])

    def truth(self) -> np.ndarray:
        """True label of each frame [n].

        Raises:
            ValueError: the video has no truth, or its truth is not to be seen.
        """
        if not self.shows_truth:
            raise ValueError(
                f"{self.name}: its truth is not shown to a learner that is not supervised; mark the learner "
                "as supervised if it learns from labels"
            )
        labels = self.load()[1]
        if labels is None:
            raise ValueError(f"{self.name}: has no true labels; give them, or leave the video out")
        return np.asarray(labels)

    def without_truth(self) -> Video:
        """The same video for learning without labels."""
        return replace(self, shows_truth=False)
