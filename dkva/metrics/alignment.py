"""All metrics of alignment at once, a row a test video.

Each is in a module of its own, where its published variants are named: `kendall`, `phase_progression`,
`phase_classification`, `frame_retrieval` and `dtw_accuracy`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.metrics.dtw_accuracy import dtw_accuracy
from dkva.metrics.frame_retrieval import frame_retrieval
from dkva.metrics.kendall import kendall_taus
from dkva.metrics.phase_classification import phase_accuracy
from dkva.metrics.phase_progression import phase_progression
from dkva.metrics.phases import labelled_frames
from dkva.metrics.pooling import Pooled, unknown

__all__ = ["alignment_rows"]


def alignment_rows(
    train: Sequence,
    train_truths: Sequence,
    test: Sequence,
    test_truths: Sequence,
    *,
    fractions: Sequence[float] = (0.1, 0.5, 1.0),
    classifier: str = "svm",
    ks: Sequence[int] = (5, 10, 15),
    stride: int = 1,
) -> list[dict]:
    """Each test video's part of the metrics of alignment, whose mean over videos is the metric.

    Frames whose label is below 0 are dropped first. A video without others is left out: as a test video it
    has a row of None, and the means are of the rows that have numbers.

    Args:
        train: of each training video, its embedded frames [n_i, e].
        train_truths: of each, the phase of each frame [n_i].
        test: of each test video, its embedded frames.
        test_truths: of each, the phase of each frame.
        fractions: of the training videos, for the accuracies.
        classifier: see `dkva.metrics.phase_classification.phase_accuracy`.
        ks: numbers of neighbours of AP@K.
        stride: every how many-th frame is taken for tau, AP@K and DTW accuracy.

    Returns:
        Of each test video: `tau` (tau-b), `tau_dropped` (pairs of videos with it as the first that have no
        tau), `progression` (of all training videos; missing phases as in VAOT), `accuracy_50` and the like
        for each fraction in percent, `ap_5` and the like for each K (the mean over videos), `dtw_accuracy`.
        None if a metric cannot be had: for want of labels, of a second phase or of a second video.

    Raises:
        ValueError: see the metrics' functions.
    """
    train, train_truths = labelled_frames(train, train_truths, empty=True)
    test, test_truths = labelled_frames(test, test_truths, empty=True)
    given = _with_frames(train), _with_frames(train_truths)
    asked = _with_frames(test), _with_frames(test_truths)
    nothing = unknown(len(asked[0]))
    tells = len({phase for truth in asked[1] for phase in truth.tolist()}) > 1
    learns = tells and len(given[0]) > 0

    taus = kendall_taus(asked[0], stride=stride)
    accuracies = {
        fraction: phase_accuracy(*given, *asked, fraction=fraction, classifier=classifier)
        if learns
        else nothing
        for fraction in fractions
    }
    precisions = frame_retrieval(*asked, ks, stride=stride) if tells else dict.fromkeys(ks, nothing)
    columns: dict[str, list] = {
        "tau": _plain(taus.tau),
        "tau_dropped": taus.dropped.tolist(),
        "progression": _plain(phase_progression(*given, *asked) if learns else nothing),
        **{f"accuracy_{100 * fraction:g}": _plain(of) for fraction, of in accuracies.items()},
        **{f"ap_{k}": _plain(of) for k, of in precisions.items()},
        "dtw_accuracy": _plain(dtw_accuracy(*asked, stride=stride) if tells else nothing),
    }
    measured = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [next(measured) if len(truth) else dict.fromkeys(columns) for truth in test_truths]


def _with_frames(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Those of the videos that have a frame."""
    return [array for array in arrays if len(array)]


def _plain(metric: Pooled) -> list[float | None]:
    """A metric's parts as JSON has them; NaN, which it has not, as None."""
    return [None if np.isnan(part) else part for part in metric.parts.tolist()]
