"""A few videos of many, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.experiments.experiment import Task

__all__ = ["subset"]


def subset(tasks: Sequence[Task], videos: int) -> list[Task]:
    """So many videos, drawn once and for all, in their order."""
    if len(tasks) <= videos:
        return list(tasks)
    drawn = np.random.default_rng(0).choice(len(tasks), videos, replace=False)
    return [tasks[index] for index in sorted(drawn.tolist())]
