"""k-means on smoothed features of a long video: some features at a time, so that memory stays small.

Filters over time and inner products with centres exchange: the products of smoothed frames are the smoothed
products of frames. So smoothed frames are needed for the pieces alone, of which there are at most 4000.
"""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.column_blocks import by_columns
from dkva.base.segments import renumbered
from dkva.base.uniform import uniform_edges
from dkva.baselines.pieces import averaged
from dkva.baselines.smoothed_k_means import PIECES
from dkva.baselines.standardising import standardised
from dkva.baselines.time_filter import gaussian_filtered

__all__ = ["long_smoothed_kmeans"]


def long_smoothed_kmeans(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    smoothing: float = 1 / 12,
    n_init: int = 10,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of `dkva.baselines.smoothed_kmeans`, but for frames as near to two centres as rounding.

    The labels do not depend on which thread is the quicker one.

    Args:
        features: frames in order of time [n, d], which may be mapped from a file; read twice, some features
            at a time.
        n_segments: as in `smoothed_kmeans`, and so are the others.
        seed: of the initial centres.
        smoothing: in mean segments of N / K frames.
        n_init: starts.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    features = check_features(features)
    n, d = features.shape
    check_segments(n_segments, n)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_number("smoothing", smoothing, most=1)
    check_whole("n_init", n_init, least=1)
    deviation, most = smoothing * n / n_segments, max(PIECES, n_segments)

    def rows(columns: slice) -> Float[np.ndarray, "n c"]:
        return standardised(np.ascontiguousarray(features[:, columns]))

    def pieces(columns: slice) -> Float[np.ndarray, "m c"]:
        return averaged(gaussian_filtered(rows(columns), deviation), most).means

    # Blocks in threads; in what is given to one of them, further threads would wait for one another.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different frames than centres
        means = np.empty((min(n, most), d))
        for columns, found in by_columns(pieces, n, d):
            means[:, columns] = found
        sizes = np.diff(uniform_edges(n, len(means)))
        fitted = KMeans(n_segments, n_init=n_init, random_state=seed, copy_x=False)
        centres = fitted.fit(means, sample_weight=sizes).cluster_centers_
        del means
        products = np.zeros((n, len(centres)))
        for _, product in by_columns(lambda columns: rows(columns) @ centres[:, columns].T, n, d):
            products += product
        # Squared distances to the centres but for what all centres of a frame share.
        distances = np.square(centres).sum(axis=1) - 2 * gaussian_filtered(products, deviation)
    return renumbered(distances.argmin(axis=1))
