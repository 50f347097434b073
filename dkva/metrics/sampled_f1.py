"""F1 of sampled segments: how many true segments are recovered, judged by 15 random frames of each.

By Kukleva et al. (CVPR 2019), and as ASOT's program computes it, oddities included. A segment's frames reach
to the first frame of the next one, so that a foreign frame may be drawn. And every video is taken to have as
many predicted segments as there are classes, so that precision, and F1, may exceed 1 if actions return.
"""

from __future__ import annotations

import itertools

import numpy as np
import scipy
from jaxtyping import Float, Int

from dkva.base.segments import segments

__all__ = ["DRAWN", "REPETITIONS", "expected_hits", "f1_of_hits", "run_starts", "sampled_hits"]

#: Frames that are drawn of a segment.
DRAWN = 15

#: How often they are drawn.
REPETITIONS = 50

_SMALL = 1e-8


def run_starts(truth: Int[np.ndarray, " n"]) -> Int[np.ndarray, " s"]:
    """First frame of each run of equal classes [s]."""
    return np.asarray([run.start for run in segments(truth)])


def sampled_hits(
    truth: Int[np.ndarray, " n"], mapped: Int[np.ndarray, " n"], seed: int = 0
) -> Int[np.ndarray, " s"]:
    """In how many of 50 repetitions each run of the truth is hit [s], by the published drawing.

    A run is hit if more than half of 15 frames, drawn with replacement between its first frame and that of
    the next run, both included, are mapped to its class.

    Args:
        truth: class of each frame [n].
        mapped: class that each frame's cluster is matched to [n].
        seed: of numpy's legacy generator, which the published program draws with.
    """
    drawing = np.random.RandomState(seed)
    bounds = _bounds(truth)
    hits = np.zeros(len(bounds) - 1, np.int64)
    for _ in range(REPETITIONS):
        for run, (first, last) in enumerate(itertools.pairwise(bounds)):
            drawn = drawing.randint(first, last + 1, DRAWN)
            hits[run] += 2 * np.count_nonzero(mapped[drawn] == truth[first]) > DRAWN
    return hits


def expected_hits(truth: Int[np.ndarray, " n"], mapped: Int[np.ndarray, " n"]) -> Float[np.ndarray, " s"]:
    """The mean of `sampled_hits` over all drawings [s], without drawing.

    Draws are independent, so that the right ones among 15 have a binomial distribution. F1 is linear in the
    hits, so that F1 of the expected hits is also the expectation of F1 (but for the 1e-8 in its denominator).

    Args:
        truth: class of each frame [n].
        mapped: class that each frame's cluster is matched to [n].
    """
    bounds = _bounds(truth)
    shares = [np.mean(mapped[first : last + 1] == truth[first]) for first, last in itertools.pairwise(bounds)]
    return REPETITIONS * scipy.stats.binom.sf(DRAWN // 2, DRAWN, shares)


def f1_of_hits(hits, runs, videos, classes) -> Float[np.ndarray, " r"]:
    """2PR / (P + R + 1e-8) of P = hits / (50 · videos · classes) and R = hits / (50 · runs).

    Args:
        hits: of all runs together [r], one a resample like the others.
        runs: runs of the truth [r].
        videos: videos that these are of [r].
        classes: classes in the truth [r].
    """
    precision = np.divide(hits, REPETITIONS * np.multiply(videos, classes))
    recall = np.divide(hits, REPETITIONS * np.asarray(runs))
    return 2 * precision * recall / (precision + recall + _SMALL)


def _bounds(truth) -> Int[np.ndarray, " bounds"]:
    """First frames of the runs, and the last frame of all."""
    return np.append(run_starts(truth), len(truth) - 1)
