"""The authors' Moving5, for those who have their pickle: arrays and lists are read, all else is refused.

A pickle is a program that can run anything. This reader lets it make lists, tuples, numbers, text and numpy
arrays of numbers or text, and stops at anything else. None of numpy's own functions is called on its behalf:
several of them take a buffer of bytes for pointers to objects, so a pickle that calls them can read and write
any memory. What numpy writes into pickles is rebuilt here, from checked parts.

The file holds a pair: a list of videos, each an array [frames, 28, 28, 3] (or [frames, 2352]), and a list of
their labels, one a frame. The authors' program deals the videos to the three splits by a permutation with a
fixed seed; `split_indices` gives the same.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["SPLITS", "read_authors_pickle", "split_indices"]

SPLITS = ("train", "validation", "test")

# Deeper lists of lists hold no video: content, videos, frames, rows, columns, colours, and some to spare.
_DEEPEST = 8

_NUMBERS_AND_TEXT = "biufSU"


class _Dtype:
    """What a pickle says of a dtype."""

    __slots__ = ("dtype",)

    def __init__(self, code: Any, *_: Any):
        dtype = np.dtype(code) if isinstance(code, str) else None
        if dtype is None or dtype.kind not in _NUMBERS_AND_TEXT:
            raise pickle.UnpicklingError(f"it asks for an array of {code!r}")
        self.dtype = dtype

    def __setstate__(self, state: tuple) -> None:
        _, byte_order, *parts = state
        if parts[:3] != [None, None, None]:
            raise pickle.UnpicklingError("it asks for an array of records")
        self.dtype = self.dtype.newbyteorder(byte_order)


class _Array:
    """What a pickle says of an array; the array once all is said."""

    __slots__ = ("array",)

    def __init__(self, *_: Any):
        self.array: np.ndarray | None = None

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, by_columns, values = state
        self.array = _values(values, dtype, shape, "F" if by_columns else "C")


def _values(values: Any, dtype: Any, shape: Any, order: str, axes: Any = None) -> np.ndarray:
    if not isinstance(values, (bytes, bytearray)) or not isinstance(dtype, _Dtype):
        raise pickle.UnpicklingError("it asks for an array of objects")
    flat = np.frombuffer(values, dtype.dtype)
    return flat.reshape(shape).transpose(axes) if order == "K" else flat.reshape(shape, order=order)  # type: ignore[call-overload]


def _from_buffer(*arguments: Any) -> _Array:
    out = _Array()
    out.array = _values(*arguments)
    return out


def _scalar(dtype: Any, value: Any) -> Any:
    return _values(value, dtype, (), "C")[()]


def _bytes(text: Any, encoding: Any) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it asks for the encoding {encoding!r}")
    return text.encode(encoding)


def _nothing(*_: Any) -> None:
    raise pickle.UnpicklingError("it makes an array by hand")


class _Admitted:
    """A function that a pickle may call, and not change."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable):
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it changes what it calls")


# What numpy's pickles call, under the module names of numpy 1 and 2.
_CORES = ("numpy.core", "numpy._core")
_ADMITTED: dict[tuple[str, str], Callable] = {
    ("numpy", "ndarray"): _nothing,
    ("numpy", "dtype"): _Dtype,
    **{(f"{core}.multiarray", "_reconstruct"): _Array for core in _CORES},
    **{(f"{core}.multiarray", "scalar"): _scalar for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): _from_buffer for core in _CORES},
    ("_codecs", "encode"): _bytes,  # how protocols 0 to 2 write an array's bytes
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return _Admitted(_ADMITTED[module, name])

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to something outside itself")


def _plain(value: Any, depth: int = 0) -> Any:
    """Lists with the arrays that were read in the place of what was said of them."""
    if depth > _DEEPEST:
        raise pickle.UnpicklingError("it holds lists in lists without end")
    if isinstance(value, (list, tuple)):
        return [_plain(part, depth + 1) for part in value]
    return value.array if isinstance(value, _Array) else value


def read_authors_pickle(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Frames [n, 28, 28, 3] and labels [n] of every video, in the file's order; they may be read-only.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a pickle that holds or calls anything but arrays and lists, or other arrays than these.
    """
    try:
        with path.open("rb") as file:
            content = _plain(_Reader(file).load())
    except (
        pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError,
        ValueError, OverflowError, MemoryError,
    ) as error:  # fmt: skip
        raise ValueError(
            f"{path}: is refused: {error}; give the authors' file of arrays and lists"
        ) from error
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
