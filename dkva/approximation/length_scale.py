"""Length scale of the Gaussian kernel from the distances between a video's frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from dkva.approximation.settings import LENGTH_SCALE

__all__ = ["MAX_FRAMES", "length_scale"]

#: Frames compared at most: longer videos are thinned with an even stride (method: section 2, step 4).
MAX_FRAMES = 5000

_BLOCK = 256

_SAMPLE = 4096

# What becomes of the median of the squared distances, by the names in `dkva.approximation.settings`.
_LENGTH_SCALES: Mapping[str, Callable[[float], float]] = MappingProxyType(
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
        l > 0. If at least half of the pairs coincide, the median is 0 and their mean is used instead;
        if all coincide, or there is one frame, l is 1.

    Raises:
        ValueError: an unknown rule, or a number that is not positive and finite.
    """
    LENGTH_SCALE.check("length_scale", rule)
    if not isinstance(rule, str):
        return float(rule)
    thinned = frames[:: -(-len(frames) // max_frames)]
    squared = _squared_distances(np.ascontiguousarray(thinned, np.float32))
    if not squared.size:
        return 1.0
    median = _median(squared)
    value = _LENGTH_SCALES[rule](median or float(squared.mean(dtype=np.float64)))
    return value or 1.0


def _median(values: Float[np.ndarray, " n"]) -> float:
    """`numpy.median` of at least one value, without touching most of millions of them twice.

    A sample brackets the median; only what lies inside the bracket is put in order.
    """
    low_rank, high_rank = (len(values) - 1) // 2, len(values) // 2
    some = np.sort(values[:: -(-len(values) // _SAMPLE)])
    middle, margin = len(some) // 2, len(some) // 16
    low, high = some[max(0, middle - margin)], some[min(len(some) - 1, middle + margin)]
    inside = values[(values >= low) & (values <= high)]
    below = int(np.count_nonzero(values < low))
    if not below <= low_rank <= high_rank < below + len(inside):  # the sample was misleading
        inside, below = values, 0
    ranks = [low_rank - below, high_rank - below]
    ordered = np.partition(inside, ranks)
    first, second = (float(ordered[rank]) for rank in ranks)
    return first if low_rank == high_rank else (first + second) / 2


def _squared_distances(frames: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " pairs"]:
    """Squared distances of all pairs i < j, block by block; 0 for frames that differ by rounding alone."""
    n = len(frames)
    out = np.empty(n * (n - 1) // 2, np.float32)
    norms = np.einsum("nd,nd->n", frames, frames)
    done = 0
    for start in range(0, n - 1, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n - 1))
        sums = norms[rows, None] + norms[None, start + 1 :]
        block = frames[rows] @ frames[start + 1 :].T
        block *= 2
        np.subtract(sums, block, out=block)
        sums *= 10 * np.finfo(np.float32).eps
        np.putmask(block, block < sums, 0)
        for row, values in enumerate(block):
            count = len(values) - row
            out[done : done + count] = values[row:]
            done += count
    return out
