"""Random numbers of segments, the same for every method (paper sections 4.1 and 4.3)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dkva.experiments.experiment import Task

__all__ = ["random_k", "with_random_k"]


def random_k(name: str, k: int, draw: int) -> int:
    """M = max(2, K + r) with r uniform in -K … K: one of a video's draws, the same for every method.

    See the paper's sections 4.1 and 4.3; `name` is the video's.
    """
    rng = np.random.default_rng([zlib.crc32(name.encode(errors="surrogatepass")), draw])
    return max(2, k + int(rng.integers(-k, k + 1)))


def with_random_k(tasks: Sequence[Task]) -> list[Task]:
    """Each task once a seed, with a random number of segments of its own; the seed is the draw's number."""
    return [
        replace(
            task,
            n_segments=random_k(task.video, task.n_segments, draw),
            seeds=(draw,),
            columns=dict(task.columns) | {"draw": draw},
        )
        for task in tasks
        for draw in task.seeds
    ]
