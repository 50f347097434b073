"""Which frames of a video its views have: what CARL, TCC and TCN are trained on.

CARL is Chen et al., Frame-wise action representations for long videos via sequence contrastive learning, CVPR
2022; TCC is Dwibedi et al., Temporal cycle-consistency learning, CVPR 2019; TCN is Sermanet et al.,
Time-contrastive networks, ICRA 2018. Of the latter two it is what CARL's public code draws.
"""

from __future__ import annotations

import math

import numpy as np

from dkva.base.checks import check_number, check_whole
from dkva.nn.sampling import Sample, spread

__all__ = ["anchors_and_positives", "cropped_views", "random_frames", "stretched_views"]


def cropped_views(
    n_frames: int, size: int, rng: np.random.Generator, *, stretch: float = 1.5, overlap: float = 0.2
) -> tuple[Sample, Sample]:
    """Random frames of each of two crops of a video, which overlap (CARL, as its paper has it).

    A crop has from `size` to `stretch`·`size` frames, each number of them as likely. A video of at most
    `size` frames is taken whole in both views, its last frame repeated.

    Args:
        n_frames: V, at least 1.
        size: T, frames of a view.
        rng: it is drawn from only if the video is longer than `size`.
        stretch: frames of the longest crop, in `size`.
        overlap: least share of the shorter crop that is in the other one, too; at 0 they touch at least.

    Raises:
        ValueError: an argument out of range.
    """
    _check(n_frames, size)
    _check_stretch(stretch)
    check_number("overlap", overlap, most=1)
    if n_frames <= size:
        return spread(n_frames, size), spread(n_frames, size)
    longest = min(n_frames, int(stretch * size))
    first, second = rng.integers(size, longest, 2, endpoint=True).tolist()
    start = int(rng.integers(n_frames - first, endpoint=True))
    common = math.ceil(overlap * min(first, second))
    earliest = max(0, start + common - second)
    latest = min(n_frames - second, start + first - common)
    other = rng.integers(earliest, latest, endpoint=True)

    def view(begin, length):
        return Sample(begin + _subset(length, size, rng), np.ones(size, bool))

    return view(start, first), view(other, second)


def stretched_views(
    n_frames: int, size: int, rng: np.random.Generator, *, stretch: float = 1.5
) -> tuple[Sample, Sample]:
    """Random frames of a video that is taken to go on behind its end, twice (CARL, its public code).

    Each view draws from the first ceil(c·V) frames, c uniform from 1 to `stretch`, and what lies behind the
    end repeats the last frame and is masked. The code draws an offset of each view, too, the second's near
    the first's, but both are always 0: their ranges end at V - ceil(c·V), which is never above 0.

    Args:
        n_frames: V, at least 1.
        size: T, frames of a view; of a shorter video V are drawn, and the rest is filled up, masked.
        rng: what is drawn from.
        stretch: the largest c.

    Raises:
        ValueError: an argument out of range.
    """
    _check(n_frames, size)
    _check_stretch(stretch)

    def view():
        length = math.ceil(rng.uniform(1, stretch) * n_frames)
        return _within(_filled(_subset(length, min(n_frames, size), rng), size, n_frames), n_frames)

    return view(), view()


def random_frames(n_frames: int, size: int, rng: np.random.Generator) -> Sample:
    """Any `size` frames of a video, in order of time ("offset_uniform" of CARL's public code, for TCC).

    A video of fewer frames is taken whole, its last frame repeated.

    Args:
        n_frames: V, at least 1.
        size: frames to draw.
        rng: what is drawn from.

    Raises:
        ValueError: an argument out of range.
    """
    _check(n_frames, size)
    return _within(_filled(_subset(n_frames, min(n_frames, size), rng), size, n_frames), n_frames)


def anchors_and_positives(
    n_frames: int, size: int, rng: np.random.Generator, *, window: int = 5
) -> tuple[Sample, Sample]:
    """`random_frames`, and for each of them one that is a little earlier (TCN, in CARL's public code).

    What would lie before the first frame is the first frame, and is masked. A positive is masked, too, if its
    anchor is, so that its mask is that of the pair.

    Args:
        n_frames: V, at least 1.
        size: number of pairs.
        rng: what is drawn from.
        window: a positive is from 1 to this many frames before its anchor.

    Raises:
        ValueError: an argument out of range.
    """
    check_whole("window", window, least=1)
    anchors = random_frames(n_frames, size, rng)
    earlier = anchors.indices - rng.integers(1, window, size, endpoint=True)
    return anchors, Sample(np.maximum(earlier, 0), anchors.mask & (earlier >= 0))


def _check(n_frames: int, size: int) -> None:
    check_whole("n_frames", n_frames, least=1)
    check_whole("size", size, least=1)


def _check_stretch(stretch: float) -> None:
    check_number("stretch", stretch)
    if stretch < 1:
        raise ValueError(f"stretch is {stretch}: give a number >= 1, as a view has all its frames at 1")


def _subset(length: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """`size` of the numbers below `length`, each at most once, in order."""
    return np.sort(rng.choice(length, size, replace=False))


def _filled(places: np.ndarray, size: int, filling: int) -> np.ndarray:
    return np.pad(places, (0, size - len(places)), constant_values=filling)


def _within(places: np.ndarray, n_frames: int) -> Sample:
    """Places of which those behind the end are the last frame, masked."""
    return Sample(np.minimum(places, n_frames - 1), places < n_frames)
