"""Which frames of a video a network is trained on: as many of each, whatever the video's length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Sample", "sampled", "segment_uniform", "spread"]


class Sample(NamedTuple):
    """Frames of one video.

    Attributes:
        indices: in order of time [size].
        mask: False if a frame is a repetition that fills up a short video [size].
    """

    indices: np.ndarray
    mask: np.ndarray


def sampled(n_frames: int, size: int, rng: np.random.Generator) -> Sample:
    """One random frame of each of `size` equal parts (ASOT, Xu & Gould 2024, its public code).

    The last frame is never drawn. A video of at most `size` frames is taken whole, its last frame repeated.

    Args:
        n_frames: V, at least 1.
        size: frames to draw.
        rng: it is drawn from only if the video is longer than `size`.
    """
    if n_frames <= size:
        return _whole(n_frames, size)
    edges = np.linspace(0, n_frames - 1, size + 1).astype(int)
    return Sample(rng.integers(edges[:-1], edges[1:]), np.ones(size, bool))


def spread(n_frames: int, size: int) -> Sample:
    """`size` frames at equal distances, the first and the last among them; a short video as `sampled`."""
    if n_frames <= size:
        return _whole(n_frames, size)
    return Sample(np.linspace(0, n_frames - 1, size).astype(int), np.ones(size, bool))


def segment_uniform(n_frames: int, size: int, rng: np.random.Generator) -> Sample:
    """One random frame of each of `size` equal parts, by "segment_uniform" (LAV, Haresh et al. 2021; VAOT).

    Where `size` does not divide the video's length, its first frames follow once more behind its last one, so
    that the last parts may give frames of the beginning; frames are sorted. A video of at most `size` is
    taken whole, its last frame repeated.

    Args:
        n_frames: V, at least 1.
        size: frames to draw.
        rng: it is drawn from only if the video is longer than `size`.
    """
    if n_frames <= size:
        return _whole(n_frames, size)
    part = -(-n_frames // size)
    places = part * np.arange(size) + rng.integers(part, size=size)
    return Sample(np.sort(places % n_frames), np.ones(size, bool))


def _whole(n_frames: int, size: int) -> Sample:
    places = np.arange(size)
    return Sample(np.minimum(places, n_frames - 1), places < n_frames)
