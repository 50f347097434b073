"""Length scale of the Gaussian kernel from the distances between a video's frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from dkva.checks import check_choice, check_number

__all__ = ["LENGTH_SCALES", "MAX_FRAMES", "length_scale"]

#: Frames compared at most: longer videos are thinned with an even stride (method: section 2, step 4).
MAX_FRAMES = 5000

_BLOCK = 256

#: Readings of the length scale by name: what to do with the median of the squared distances.
LENGTH_SCALES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"median_squared": lambda squared: squared, "median": math.sqrt}
)


def length_scale(
    frames: Float[np.ndarray, "n d"], rule: str | float = "median_squared", max_frames: int = MAX_FRAMES
) -> float:
    """Length scale l of the Gaussian kernel for one video.

    Args:
        frames: standardised frames [n, d].
        rule: "median_squared", the median of the squared distances between different frames (paper section
            3, before Eq. 5); "median", the median distance (Gretton et al. 2012); or l itself.
        max_frames: frames compared at most, taken with an even stride.

    Returns:
        l > 0. Where at least half of the pairs coincide the median is 0 and their mean stands in for it;
        where all coincide, or there is one frame, l is 1.

    Raises:
        ValueError: an unknown rule, or a number that is not positive and finite.
    """
    check_length_scale(rule)
    if not isinstance(rule, str):
        return float(rule)
    thinned = frames[:: -(-len(frames) // max_frames)]
    squared = _squared_distances(np.ascontiguousarray(thinned, np.float32))
    if not squared.size:
        return 1.0
    middle = squared.size // 2
    squared.partition([middle - 1, middle] if squared.size > 1 else [0])
    median = float(squared[middle])
    if squared.size % 2 == 0:
        median = (median + float(squared[middle - 1])) / 2
    value = LENGTH_SCALES[rule](median or float(squared.mean(dtype=np.float64)))
    return value or 1.0


def check_length_scale(rule: str | float) -> None:
    """Raise ValueError where `rule` names no reading and is no positive finite number."""
    if isinstance(rule, str):
        check_choice("length_scale", rule, LENGTH_SCALES)
    else:
        check_number("length_scale", rule, positive=True)


def _squared_distances(frames: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " pairs"]:
    """Squared distances of all pairs i < j, block by block; 0 for frames that differ by rounding alone."""
    n = len(frames)
    out = np.empty(n * (n - 1) // 2, np.float32)
    norms = np.einsum("nd,nd->n", frames, frames)
    done = 0
    for start in range(0, n - 1, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n - 1))
        sums = norms[rows, None] + norms[None, start + 1 :]
        block = sums - 2 * (frames[rows] @ frames[start + 1 :].T)
        block[block < 10 * np.finfo(np.float32).eps * sums] = 0
        upper = np.arange(block.shape[1])[None, :] >= np.arange(block.shape[0])[:, None]
        values = block[upper]
        out[done : done + values.size] = values
        done += values.size
    return out
