"""The data sets of the study of kernels, and the method's own settings on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dkva.experiments.experiment import Task
from reproduce.base.methods import EPOCHS
from reproduce.collections import moving5
from reproduce.collections.benchmarks import Opened, Request, smoothing_of
from reproduce.tables.moving5 import chosen_settings

__all__ = ["DATASETS", "LIKE", "kernel_parts"]

#: Keys of its data sets beside Moving5, and the number of videos of Breakfast-like.
DATASETS = ("50salads", "breakfast_sample", "breakfast_like", "basic_motions")
LIKE = 100


def kernel_parts(request: Request, opened: Sequence[Opened]) -> list[tuple[Mapping[str, Any], list[Task]]]:
    """The method's settings and the videos of each data set, Moving5 first unless others are named."""
    found: list[tuple[Mapping[str, Any], list[Task]]] = []
    if not request.named:
        tasks = moving5.tasks(seeds=request.seeds, videos=request.videos, columns={"dataset": "Moving5"})
        found.append((chosen_settings().settings, tasks))
    for each in opened:
        found.append(({"smoothing": smoothing_of(each.source), "epochs": EPOCHS}, each.tasks))
    return found
