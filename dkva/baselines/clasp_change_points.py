"""Change points of ClaSP, and segments that are alike given one label (Ermshaus et al. 2023; claspy)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.segments import renumbered
from dkva.baselines.pieces import averaged
from dkva.baselines.standardising import standardised

__all__ = ["clasp"]

# Window where the search for one fails: what claspy itself takes for a feature that tells it nothing.
_WINDOW = 5


def clasp(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    oversegmentation: float = 2.0,
    max_pieces: int = 4000,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of ClaSP's segments merged to K by Ward's criterion, numbered in order of time.

    ClaSP cuts again and again, each time at the frame for which a classifier by nearest neighbours tells best
    windows before it from windows after it; the length of windows is found from the features. More change
    points than needed are asked for. Then the two segments are merged, wherever they lie, that add least to
    the scatter of standardised frames around their means (Ward 1963), until K are left: labels may return.

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, 1 <= K <= N. Fewer labels are returned if fewer segments are found: none is shorter
            than five windows.
        seed: of ClaSP's ensemble, from 0 to 2**32 - 1.
        oversegmentation: change points asked for, in multiples of K; at least K - 1 are.
        max_pieces: averaged pieces at most, since time grows with their square: a boundary is as exact as a
            piece.

    Raises:
        ImportError: claspy is not installed.
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    features = check_features(features)
    n, k = len(features), n_segments
    check_segments(k, n)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_number("oversegmentation", oversegmentation, positive=True)
    check_whole("max_pieces", max_pieces, least=2)
    means, sizes = averaged(standardised(features), max_pieces)
    means = means[:, means.any(axis=0)]
    if k == 1 or not means.shape[1]:
        return np.zeros(n, np.int64)
    starts = _change_points(means, max(k - 1, round(oversegmentation * k)), seed)
    segment = np.searchsorted(starts, np.arange(len(means)), side="right")
    return renumbered(np.repeat(_merged(means, sizes, segment, k), sizes))


def _change_points(means: Float[np.ndarray, "m d"], most: int, seed: int) -> Int[np.ndarray, " c"]:
    """First pieces of ClaSP's segments, but for the first one, in order: as many as it finds up to `most`."""
    try:
        from claspy.segmentation import BinaryClaSPSegmentation
    except ImportError as error:
        raise ImportError(
            "clasp needs claspy: pip install claspy (its bounds may move numpy and scikit-learn back; "
            "in a clone, make clasp gives it an environment of its own)"
        ) from error
    # No test of significance: the number is given. One thread: videos run beside each other.
    settings = {"n_segments": most + 1, "validation": None, "n_jobs": 1, "random_state": seed}
    try:
        found = BinaryClaSPSegmentation(**settings).fit_predict(means)
    except OverflowError:  # its search doubles the window for ever if none within the video will do
        found = BinaryClaSPSegmentation(window_size=_WINDOW, **settings).fit_predict(means)
    return np.asarray(found, np.int64)


def _merged(
    means: Float[np.ndarray, "m d"], sizes: Int[np.ndarray, " m"], group: Int[np.ndarray, " m"], to: int
) -> Int[np.ndarray, " m"]:
    """Groups [m] of pieces, merged until at most `to` are left."""
    count = int(group.max()) + 1
    weights = np.bincount(group, sizes)
    centres = np.stack([np.bincount(group, sizes * column) for column in means.T], axis=1) / weights[:, None]
    group, left = group.copy(), np.arange(count)
    while len(left) > to:
        first, second = np.triu_indices(len(left), 1)
        first, second = left[first], left[second]
        share = weights[first] * weights[second] / (weights[first] + weights[second])
        best = int((share * np.square(centres[first] - centres[second]).sum(axis=1)).argmin())
        kept, gone = first[best], second[best]
        centres[kept] = np.average(centres[[kept, gone]], axis=0, weights=weights[[kept, gone]])
        weights[kept] += weights[gone]
        group[group == gone] = kept
        left = left[left != gone]
    return group
