"""k-means over frames, blind to time (Lloyd 1982; scikit-learn)."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Int, Real

from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_segments, check_whole
from dkva.base.segments import renumbered

__all__ = ["kmeans"]


def kmeans(
    features: Real[np.ndarray, "n d"], n_segments: int, *, seed: int = 0, n_init: int = 10
) -> Int[np.ndarray, " n"]:
    """Labels [n] of k-means with M centres, numbered in order of time.

    Args:
        features: frames [n, d], taken as they are: standardise them first where their units differ.
        n_segments: M, 1 <= M <= N. Fewer labels are returned if fewer frames differ.
        seed: of the initial centres, from 0 to 2**32 - 1.
        n_init: starts, of which the best is kept.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    features = check_features(features)
    check_segments(n_segments, len(features))
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_whole("n_init", n_init, least=1)
    with warnings.catch_warnings():  # fewer different frames than centres
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = KMeans(n_segments, n_init=n_init, random_state=seed).fit(features).labels_
    return renumbered(labels)
