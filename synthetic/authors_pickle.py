"""The authors' Moving5, for those who have their pickle: arrays and lists are read, all else is refused.

A pickle is a program that can run anything. This reader lets it make lists, tuples, numbers, text and numpy
arrays of numbers, by the few functions that numpy itself writes into pickles, and stops at anything else.

The file holds a pair: a list of videos, each an array [frames, 28, 28, 3] (or [frames, 2352]), and a list of
their labels, one a frame. The authors' program deals the videos to the three splits by a permutation with a
fixed seed; `split_indices` gives the same.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["SPLITS", "read_authors_pickle", "split_indices"]

SPLITS = ("train", "validation", "test")

# What numpy's pickles call, under the module names of numpy 1 and 2.
_CORES = ("numpy.core", "numpy._core")
_ADMITTED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    *((f"{core}.multiarray", "_reconstruct") for core in _CORES),
    *((f"{core}.multiarray", "scalar") for core in _CORES),
    *((f"{core}.numeric", "_frombuffer") for core in _CORES),
    ("_codecs", "encode"),  # how protocol 2 writes an array's bytes
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        if module.startswith("numpy._core") and not hasattr(np, "_core"):
            module = module.replace("numpy._core", "numpy.core")
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to something outside itself")


def read_authors_pickle(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Frames [n, 28, 28, 3] and labels [n] of every video, in the file's order.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a pickle that holds or calls anything but arrays and lists, or other arrays than these.
    """
    try:
        with path.open("rb") as file:
            content = _Reader(file).load()
    except FileNotFoundError:
        raise
    except (
        pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError,
        ValueError, OverflowError, MemoryError,
    ) as error:  # fmt: skip
        raise ValueError(
            f"{path}: is refused: {error}; give the authors' file of arrays and lists"
        ) from error
    if not (isinstance(content, (list, tuple)) and len(content) == 2):
        raise ValueError(f"{path}: holds no pair of videos and labels; give the authors' file")
    videos, labels = content
    if not all(isinstance(part, (list, tuple, np.ndarray)) for part in content) or len(videos) != len(labels):
        raise ValueError(f"{path}: holds no two lists of one length; give the authors' file")
    return [_video(path, index, *pair) for index, pair in enumerate(zip(videos, labels, strict=True))]


def _video(path: Path, index: int, frames: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    frames, labels = np.asarray(frames), np.asarray(labels)
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
