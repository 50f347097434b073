"""Arrays of other shapes than [n, d]: axes of length 1, key points, and what else extractors leave."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dkva.base.orientation import WIDTHS, looks_turned
from dkva.datasets.errors import DataError
from dkva.datasets.reading import Note

__all__ = ["flatten", "orientation"]

# Height and width of a picture, at least; maps of features are smaller.
_PICTURE = 32

# Key points of a body, and values of each, at most.
_POINTS, _VALUES = 150, 8


def flatten(path: Path, array: np.ndarray) -> tuple[np.ndarray, list[Note]]:
    """An array [n, d] of one that holds the same with axes of length 1, or of key points [n, k, 2 or 3].

    Args:
        path: the file, for errors.
        array: of any shape.

    Raises:
        DataError: any other shape, with what it looks like; no frames.
    """
    shape = array.shape
    if 0 in shape:
        raise DataError(path, f"holds an array of shape {shape}, no frames", "export the file again")
    if array.ndim == 2:
        return array, []
    if array.ndim < 2:
        what = f"a single column, an array of shape {shape}" if shape else "a single number"
        raise DataError(path, f"holds {what}", "save one row of features a frame (is it a label file?)")
    kept = tuple(length for length in shape if length > 1)
    if len(kept) < 2:
        remedy = "save one row of features a frame"
        raise DataError(path, f"holds a single frame or a single column, an array of shape {shape}", remedy)
    parts = []
    if kept != shape:
        parts.append("axes of length 1 are dropped")
    if len(kept) == 3 and kept[2] in (2, 3):
        flat = (kept[0], kept[1] * kept[2])
        parts.append(f"the {kept[1]} key points of {kept[2]} values are put side by side")
        if kept[2] == 3:
            parts.append("if the third value is a confidence, save array[..., :2] instead")
    elif len(kept) == 2:
        flat = kept
    else:
        raise DataError(path, f"holds an array of shape {shape}", _meaning(kept))
    text = f"shape {_by(shape)} is read as {flat[0]} frames of {flat[1]} features: {'; '.join(parts)}"
    return array.reshape(flat), [Note("shape", text, {"from": list(shape), "to": list(flat)})]


def _by(shape: tuple[int, ...]) -> str:
    return " by ".join(map(str, shape))


def _meaning(shape: tuple[int, ...]) -> str:
    """What an array of 3 or more axes looks like, and what to do; written as a remedy."""
    n, *_, last = shape
    if len(shape) == 3:
        middle = shape[1]
        if n in (2, 3) and middle <= _POINTS:
            return f"key points of {last} frames? say that it is transposed (--transposed), or save array.T"
        if n < middle:
            return f"{n} recordings or streams of {middle} frames? save each as a file of its own, array[0]"
        if last <= _VALUES:
            return f"{middle} points of {last} values? put them side by side, array.reshape(len(array), -1)"
        return (
            f"{middle} crops, patches or tokens a frame? average them first, array.mean(axis=1), "
            "or save one of them, array[:, 0]"
        )
    if len(shape) == 4 and last in (1, 3, 4) and min(shape[1:3]) >= _PICTURE:
        return f"pictures of {shape[1]} by {shape[2]} pixels? extract features from them first"
    if len(shape) == 4 and shape[1] in (1, 3, 4) and min(shape[2:]) >= _PICTURE:
        return f"pictures of {shape[2]} by {last} pixels? extract features from them first"
    if len(shape) == 4 and last in (2, 3):
        return (
            f"{shape[1]} bodies of {shape[2]} key points? put them side by side, "
            "array.reshape(len(array), -1), or save one of them, array[:, 0]"
        )
    if len(shape) == 4 and last > shape[1]:
        return (
            "maps of features, the last axis being the features? average them first, array.mean(axis=(1, 2))"
        )
    axes = ", ".join(map(str, range(2, len(shape))))
    return f"maps of features? average them first, array.mean(axis=({axes}))"


def orientation(frames: int, features: int, transposed: bool) -> list[Note]:
    """A note if rows and columns of a file may be the other way round.

    Args:
        frames: as understood.
        features: as understood.
        transposed: whether the file was said to hold a column a frame.
    """
    value = {"frames": frames, "features": features}
    read = f"read as {frames} frame{'s' * (frames != 1)} of {features} features"
    if not transposed:
        if looks_turned(frames, features):
            text = f"{read}; if each column is a frame, say --transposed"
            return [Note("orientation", text, value)]
    elif (frames in WIDTHS and features not in WIDTHS) or (frames < features and features not in WIDTHS):
        return [Note("orientation", f"{read}; if each row is a frame, leave out --transposed", value)]
    return []
