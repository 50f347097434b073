"""Which of a recording's own frames stands for each of its segments: the one nearest to their mean."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32, Int64

from dkva.recordings.reading import Recording

__all__ = ["representative_frames", "sampled_frames"]

# A frame this many seconds after the middle is on screen there: times are rounded.
_SLACK = 1e-6

# Rows that are compared at once: a segment may be an hour long.
_ROWS = 1024


def sampled_frames(recording: Recording) -> Int64[np.ndarray, " n"]:
    """The own frame that each row of a recording's features was made of.

    It is the one on screen at the middle of the row's interval; of images without times each is a row.

    Args:
        recording: as it was read.
    """
    if recording.times is None or recording.fps is None:
        return recording.edges[:-1]
    starts, n = recording.times[:-1], len(recording.features)
    centres = starts[0] + (np.arange(n) + 0.5) / recording.fps
    return np.searchsorted(starts, centres + _SLACK, side="right") - 1


def representative_frames(
    recording: Recording, runs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """For each segment the own frame whose features are nearest to the mean of the segment's, by L2.

    Args:
        recording: as it was read.
        runs: segments as own frames, from the first to the last, the latter excluded.

    Returns:
        The frame of each segment that holds a row of features; of equally near ones the first.
    """
    frames = sampled_frames(recording)
    found = {}
    for start, end in runs:
        first, last = np.searchsorted(frames, [start, end])
        if first == last:
            continue
        found[start, end] = int(frames[first + _nearest_to_mean(recording.features[first:last])])
    return found


def _nearest_to_mean(rows: Float32[np.ndarray, "n d"]) -> int:
    mean = rows.mean(axis=0, dtype=np.float64)
    blocks = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
    return int(np.argmin(np.concatenate([((block - mean) ** 2).sum(axis=1) for block in blocks])))
