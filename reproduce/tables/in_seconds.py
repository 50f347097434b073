"""Lines of the table of recordings: methods at their own smoothing, and smoothed for a shortest action."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.approximation.segmenting import segment_video
from dkva.baselines.smoothed_k_means import smoothed_kmeans
from dkva.experiments.experiment import Method
from dkva.experiments.shortest import settings_for_shortest
from dkva.kernel_means.segmenting import kernel_mean_segments
from reproduce.base.labels import (
    KERNEL_MEANS,
    KERNEL_MEANS_WHITENED,
    PAPERS_KMEANS,
    PAPERS_METHOD,
)
from reproduce.base.methods import EPOCHS, method

__all__ = ["OWN", "RATES", "SHORTEST", "kms_for", "method_lines", "papers_for", "smoothed_kmeans_for"]

#: Shortest actions that smoothing is set for, in seconds.
SHORTEST = (2.0, 3.0, 5.0)

#: What the column `shortest` says of a method's own smoothing.
OWN = "own"

#: Samples a second as the command line takes them: usually, and for a shortest action under 3 s.
RATES = (5.0, 10.0)


def smoothed_kmeans_for(
    features: np.ndarray, n_segments: int, *, seconds: float, rate: float, seed: int = 0
) -> np.ndarray:
    """Labels [n] of smoothed k-means for a shortest action in seconds, at a rate of samples a second."""
    given = settings_for_shortest("smoothed_kmeans", seconds, rate, len(features), n_segments)
    return smoothed_kmeans(features, n_segments, seed=seed, smoothing=given["smoothing"])


def kms_for(
    features: np.ndarray, n_segments: int, *, seconds: float, rate: float, whitening: float, seed: int = 0
) -> np.ndarray:
    """Labels [n] of kernel mean segments likewise."""
    given = settings_for_shortest("kms", seconds, rate, len(features), n_segments)
    return kernel_mean_segments(features, n_segments, seed=seed, whitening=whitening, **given)


def papers_for(
    features: np.ndarray,
    n_segments: int,
    *,
    seconds: float,
    rate: float,
    init: str,
    epochs: int,
    seed: int = 0,
    name: str = "",
) -> np.ndarray:
    """Labels [n] of the paper's method likewise."""
    given = settings_for_shortest("dkva", seconds, rate, len(features), n_segments)
    return segment_video(features, n_segments, seed=seed, name=name, init=init, epochs=epochs, **given)


def method_lines(rate: float, epochs: int = EPOCHS) -> list[Method]:
    """The lines whose features are sampled at one of `RATES`."""
    lines = []
    if rate == RATES[0]:
        own = {"shortest": OWN}
        lines += [method(name, columns=own) for name in ("uniform", "kmeans", "kernel_change_points")]
        lines += [method(name, columns=own) for name in ("tw_finch", "smoothed_kmeans")]
        lines += [
            method("kms", {"whitening": 0.5}, label=KERNEL_MEANS, columns=own),
            method("kms", {"whitening": 1.0}, label=KERNEL_MEANS_WHITENED, columns=own),
            method("dkva", {"epochs": epochs}, label=PAPERS_METHOD, columns=own),
            method("dkva", {"epochs": epochs, "init": "kmeans"}, label=PAPERS_KMEANS, columns=own),
        ]
    for seconds in SHORTEST:
        if (rate == RATES[1]) == (seconds < 3):
            lines += _smoothed(seconds, rate, epochs)
    return lines


def _smoothed(seconds: float, rate: float, epochs: int) -> Sequence[Method]:
    columns = {"shortest": f"{seconds:g} s"}
    at = {"seconds": seconds, "rate": rate}
    return [
        method(smoothed_kmeans_for, at, label="smoothed k-means", columns=columns),
        method(kms_for, {**at, "whitening": 0.5}, label=KERNEL_MEANS, columns=columns),
        method(kms_for, {**at, "whitening": 1.0}, label=KERNEL_MEANS_WHITENED, columns=columns),
        method(papers_for, {**at, "init": "uniform", "epochs": epochs}, label=PAPERS_METHOD, columns=columns),
        method(papers_for, {**at, "init": "kmeans", "epochs": epochs}, label=PAPERS_KMEANS, columns=columns),
    ]
