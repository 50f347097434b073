"""Collections of one activity each, with one model of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dkva.experiments.collections import Collection

__all__ = ["at_once"]


def at_once(apart: Sequence[Collection]) -> list[Collection]:
    """The same test videos and columns, but models are trained on the training videos of all activities.

    A learner has one model in all. What a measure by collection learns, it learns of the training videos of
    the test videos' activity. As the columns are the same, a run has these collections or the others.

    Args:
        apart: of an activity each.
    """
    train = tuple(video for each in apart for video in each.train)
    n_segments = sum(each.n_segments for each in apart)
    return [
        replace(
            each, name=f"{each.name}, trained on all", train=train, n_segments=n_segments, known=each.train
        )
        for each in apart
    ]
