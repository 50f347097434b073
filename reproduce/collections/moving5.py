"""Moving5 as tasks: which videos, how their frames become features, and what is measured on them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dkva.base.segments import segments
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from dkva.metrics.segmentation import evaluate, score_row
from reproduce.base.paths import GENERATED
from reproduce.collections.made import made
from reproduce.collections.random_k import random_k
from synthetic import moving5

__all__ = [
    "K",
    "dataset",
    "features_of",
    "load_video",
    "measure",
    "random_k_tasks",
    "tasks",
]

#: True number of actions.
K = len(moving5.DIGITS)


def features_of(frames: np.ndarray) -> np.ndarray:
    """Features [n, 2352] of RGB frames [n, 28, 28, 3]: pixels over the frame's norm (paper section 4.1)."""
    pixels = frames.reshape(len(frames), -1).astype(np.float64)
    norms = np.linalg.norm(pixels, axis=1, keepdims=True)
    return (pixels / (norms + 1e-7)).astype(np.float32)


def dataset(settings: moving5.Settings | None = None, folder: Path = GENERATED) -> tuple[Path, str]:
    """Folder and checksum of Moving5 under these settings; made where it is not there or is damaged."""
    return made(moving5, settings or moving5.Settings(), folder)


@functools.lru_cache(maxsize=2)
def _arrays(folder: Path, split: str) -> tuple[np.ndarray, ...]:
    return tuple(
        np.load(folder / split / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        for name in ("frames", "labels", "starts")
    )


def load_video(folder: Path, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 2352] and the digit of each frame [n]."""
    frames, labels, starts = _arrays(folder, split)
    part = slice(starts[index], starts[index + 1])
    return features_of(frames[part]), np.asarray(labels[part])


def measure(truth: np.ndarray, labels: np.ndarray, n_segments: int) -> dict[str, float]:
    """All scores, and three of this data set.

    `boundary_f1` is the harmonic mean of boundary accuracy and precision. `repeats_joined` is, of the further
    appearances of the digit that comes back, the share that most of its frames are labelled as that digit:
    0 where each appearance has a label of its own, NaN where the digit does not come back. `unused` is the
    share of synthetic frames (clusters asked for) that get no frame.
    """
    row = score_row(truth, labels, n_segments)
    accuracy, precision = row["boundary_accuracy"], np.nan_to_num(row["boundary_precision"])
    both = accuracy + precision
    row["boundary_f1"] = 2 * accuracy * precision / both if both else 0.0
    row["unused"] = 1 - row["found"] / n_segments
    matching = evaluate(truth, labels, n_clusters=n_segments).matching
    named = np.array([matching.get(label, -1) for label in labels.tolist()])
    shows = [
        np.mean(named[run.start : run.end] == moving5.REPEATED) > 0.5
        for run in segments(truth)
        if run.label == moving5.REPEATED
    ]
    row["repeats_joined"] = max(sum(shows) - 1, 0) / (len(shows) - 1) if len(shows) > 1 else float("nan")
    return row


def tasks(
    settings: moving5.Settings | None = None,
    split: str = "test",
    *,
    seeds: Sequence[int],
    videos: int | None = None,
    columns: dict | None = None,
) -> list[Task]:
    """The videos of a split with the true number of segments."""
    return [
        Task(name, load, digest, K, tuple(seeds), columns or {}, measure=measure)
        for name, load, digest in _videos(settings, split, videos)
    ]


def random_k_tasks(
    settings: moving5.Settings | None = None,
    split: str = "test",
    *,
    draws: Sequence[int],
    videos: int | None = None,
) -> list[Task]:
    """The videos of a split, each with several random numbers of segments; a draw has a seed of its own."""
    return [
        Task(name, load, digest, random_k(name, K, draw), (draw,), {"draw": draw}, measure=measure)
        for name, load, digest in _videos(settings, split, videos)
        for draw in draws
    ]


def _videos(settings: moving5.Settings | None, split: str, videos: int | None):
    settings = settings or moving5.Settings()
    folder, checksum = dataset(settings)
    code = code_version(load_video)
    for index in range(min(settings.videos, videos or settings.videos)):
        load = functools.partial(load_video, folder, split, index)
        yield f"{split}{index + 1:02d}", load, f"{checksum}/{split}/{index}/{code}"
