"""ASOT's decoder on one video by itself, without training: k-means centres stand for the actions.

This is not the published system, which is trained on all videos of an activity; it is what its decoder makes
of frames that are not learned.
"""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Int, Real

from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.segments import renumbered
from dkva.nn.training_videos import standardised
from dkva.transport.fused_gw import decode

__all__ = ["asot_single"]


def _centres(frames: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Centres of unit norm, in the order of the mean times of their frames."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.preprocessing import normalize

    with warnings.catch_warnings():  # fewer different frames than centres
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KMeans(k, n_init=10, random_state=seed).fit(frames)
    counts = np.bincount(found.labels_, minlength=k)
    times = np.bincount(found.labels_, np.arange(len(frames)), minlength=k) / np.maximum(counts, 1)
    return normalize(found.cluster_centers_[np.argsort(times, kind="stable")])


def asot_single(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    rounds: int = 0,
    standardise: bool = True,
    rho: float = 0.2,
    eps: float = 0.04,
    alpha: float = 0.7,
    radius: float = 0.04,
    lambda_actions: float = 0.01,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of one video by ASOT's decoder on k-means centres of its frames, numbered in order of time.

    Settings of the decoder are those that the published system is applied with on Breakfast. That there is
    one video, k-means on unit frames, centres in order of their mean times, and no further rounds are our
    choices.

    Args:
        features: in order of time [n, d].
        n_segments: K, 1 <= K <= N. Fewer labels are returned if an action gets no frame.
        seed: of k-means.
        rounds: times that centres are replaced by the mean frames of their shares, and frames decoded again.
        standardise: whether features are standardised first.
        rho: weight of the prior |i/N - j/K|.
        eps: weight of the entropy.
        alpha: weight of the structure, from 0 to 1.
        radius: how near near frames are, as a share of the video; less than one frame leaves neighbours out.
        lambda_actions: weight of the penalty that keeps the actions' shares alike.

    Raises:
        ValueError: features that are no finite numbers [n, d], or a setting out of range.
    """
    from sklearn.preprocessing import normalize

    features = check_features(features).astype(np.float32)
    check_segments(n_segments, len(features))
    check_whole("seed", seed, least=0, most=2**32 - 1)
    check_whole("rounds", rounds, least=0)
    check_number("radius", radius, positive=True, most=1)
    frames = normalize(standardised(features) if standardise else features)
    centres = _centres(frames, n_segments, seed)

    def decoded(centres: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():  # short videos have no neighbours within the radius
            warnings.filterwarnings("ignore", "radius", UserWarning)
            return decode(
                1 - frames @ centres.T,
                rho=rho,
                eps=eps,
                alpha=alpha,
                radius=radius,
                lambda_actions=lambda_actions,
            ).assignment

    assignment = decoded(centres)
    for _ in range(rounds):
        assignment = decoded(normalize(assignment.T @ frames))
    return renumbered(assignment.argmax(1))
