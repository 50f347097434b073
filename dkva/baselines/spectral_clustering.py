"""Spectral clustering of frames that are alike and near in time (Ng, Jordan & Weiss 2001; scikit-learn)."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.approximation.length_scale import length_scale
from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.segments import renumbered
from dkva.baselines.pieces import averaged
from dkva.baselines.standardising import standardised

__all__ = ["spectral"]


def spectral(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    time_width: float = 1.0,
    max_pieces: int = 1000,
    n_init: int = 10,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of spectral clustering with K clusters, numbered in order of time.

    The affinity of two frames is exp(-|x - y|² / m) · exp(-(t - t')² / 2 s²): a Gaussian of their
    standardised features, m the median of the squared distances, times one of their distance in time. The
    leading K eigenvectors of the normalised affinities are clustered by k-means. Widths, number of pieces and
    starts are our choice: publications on videos build their graphs in many ways.

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, 1 <= K <= N.
        seed: of the eigenvectors' and of k-means' starts, from 0 to 2**32 - 1.
        time_width: s in mean segments of N / K frames. With 1 the frames of an action see one another, and an
            action may return a few segments later.
        max_pieces: averaged pieces at most (K, if that is more): time grows with their cube, and a boundary
            is as exact as a piece.
        n_init: starts of k-means, of which the best is kept.

    Raises:
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    from sklearn.cluster import SpectralClustering

    features = check_features(features)
    n = len(features)
    check_segments(n_segments, n)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_number("time_width", time_width, positive=True)
    check_whole("max_pieces", max_pieces, least=2)
    check_whole("n_init", n_init, least=1)
    means, sizes = averaged(standardised(features), max(max_pieces, n_segments))
    if n_segments in (1, len(means)):
        return np.repeat(np.arange(len(means)) * (n_segments > 1), sizes)
    affinity = _affinity(means, time_width * len(means) / n_segments)
    clustering = SpectralClustering(
        n_segments, affinity="precomputed", random_state=seed, n_init=n_init, assign_labels="kmeans"
    )
    with warnings.catch_warnings():  # frames so far apart that the graph falls into parts, or equal ones
        warnings.simplefilter("ignore", UserWarning)
        labels = clustering.fit(affinity).labels_
    return renumbered(np.repeat(labels, sizes))


def _affinity(means: Float[np.ndarray, "m d"], deviation: float) -> Float[np.ndarray, "m m"]:
    """Affinities of pieces [m, m], `deviation` in pieces."""
    from scipy.spatial.distance import cdist

    squared = cdist(means, means, "sqeuclidean")
    time = np.arange(len(means))
    return np.exp(-squared / length_scale(means) - np.subtract.outer(time, time) ** 2 / (2 * deviation**2))
