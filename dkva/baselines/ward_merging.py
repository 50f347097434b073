"""Ward merging: neighbouring segments are merged bottom up, first those that differ least (Ward 1963)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Real

from dkva.base.checks import check_features, check_segments
from dkva.base.segments import renumbered
from dkva.baselines.standardising import standardised

__all__ = ["ward"]


def ward(features: Real[np.ndarray, "n d"], n_segments: int) -> Int[np.ndarray, " n"]:
    """Labels [n] of K contiguous segments, numbered in order of time.

    Every frame begins as a segment of its own. Of all neighbours the two are merged that add least to the
    scatter of standardised frames around their segments' means, until K are left (scikit-learn's
    agglomerative clustering along a chain). Every segment is an action of its own: none returns.

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, 1 <= K <= N.

    Raises:
        ValueError: features that are not finite numbers [n, d], or K out of range.
    """
    from scipy.sparse import diags_array
    from sklearn.cluster import AgglomerativeClustering

    features = check_features(features)
    n = len(features)
    check_segments(n_segments, n)
    if n_segments in (1, n):
        return np.arange(n) * (n_segments > 1)
    chain = diags_array([np.ones(n - 1)] * 2, offsets=[-1, 1], format="csr")
    merging = AgglomerativeClustering(n_segments, linkage="ward", connectivity=chain)
    return renumbered(merging.fit(standardised(features)).labels_)
