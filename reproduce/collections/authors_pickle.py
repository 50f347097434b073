"""The authors' Moving5, for those who have their pickle: arrays and lists are read, all else is refused.

The file holds a pair: a list of videos, each an array [frames, 28, 28, 3] (or [frames, 2352]), and a list of
their labels, one a frame. The authors' program deals the videos to the three splits by a permutation with a
fixed seed; `split_indices` gives the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dkva.datasets.pickles import read_pickle

__all__ = ["SPLITS", "read_authors_pickle", "split_indices"]

SPLITS = ("train", "validation", "test")


def read_authors_pickle(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Frames [n, 28, 28, 3] and labels [n] of every video, in the file's order; they may be read-only.

    Raises:
        ValueError: no such file, or a pickle that holds or calls anything but arrays and lists, or other
            arrays than these.
    """
    content = read_pickle(path, "give the authors' file of arrays and lists")
    if not (isinstance(content, list) and len(content) == 2):
        raise ValueError(f"{path}: holds no pair of videos and labels; give the authors' file")
    videos, labels = content
    listed = all(isinstance(part, list) or (isinstance(part, np.ndarray) and part.ndim) for part in content)
    if not listed or len(videos) != len(labels):
        raise ValueError(f"{path}: holds no two lists of one length; give the authors' file")
    return [_video(path, index, *pair) for index, pair in enumerate(zip(videos, labels, strict=True))]


def _video(path: Path, index: int, frames: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    try:
        frames, labels = np.asarray(frames), np.asarray(labels)
    except ValueError as error:  # rows of unequal lengths
        raise ValueError(
            f"{path}: video {index} is no array with one label a frame ({error}); give the authors' file"
        ) from error
    if frames.dtype.kind not in "uif" or labels.dtype.kind not in "uifUS" or labels.ndim != 1:
        raise ValueError(
            f"{path}: video {index} is {frames.dtype} with labels {labels.dtype} of shape {labels.shape}; "
            "frames must be numbers, and labels one number or word a frame"
        )
    if frames.ndim < 2 or len(frames) != len(labels) or not len(frames):
        raise ValueError(
            f"{path}: video {index} has frames of shape {frames.shape} and {len(labels)} labels; "
            "give one label a frame"
        )
    return frames, labels


def split_indices(videos: int) -> dict[str, np.ndarray]:
    """Indices of each split's videos, as the authors' program deals them: thirds of a fixed permutation."""
    order = np.random.RandomState(0).permutation(videos)
    first, second = videos // 3, 2 * videos // 3
    return dict(zip(SPLITS, np.split(order, [first, second]), strict=True))
