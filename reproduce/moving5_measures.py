"""What is measured on Moving5: truth and labels in, the columns of a row out.

A module of its own, so that a row is computed again where this changes and not where other things do.
"""

from __future__ import annotations

import numpy as np

from dkva.metrics import evaluate, score_row
from dkva.runs import segments
from synthetic.moving5 import REPEATED

__all__ = ["measure"]


def measure(truth: np.ndarray, labels: np.ndarray, n_segments: int) -> dict[str, float]:
    """All scores, and three of this data set.

    `boundary_f1` is the harmonic mean of boundary accuracy and precision. `repeats_joined` is, of the further
    appearances of the digit that comes back, the share that most of its frames are labelled as that digit:
    0 where each appearance has a label of its own, NaN where the digit does not come back. `unused` is the
    share of synthetic frames (clusters asked for) that get no frame.
    """
    row = score_row(truth, labels, n_segments)
    accuracy, precision = row["boundary_accuracy"], np.nan_to_num(row["boundary_precision"])
    both = accuracy + precision
    row["boundary_f1"] = 2 * accuracy * precision / both if both else 0.0
    row["unused"] = 1 - row["found"] / n_segments
    matching = evaluate(truth, labels, n_clusters=n_segments).matching
    named = np.array([matching.get(label, -1) for label in labels.tolist()])
    shows = [
        np.mean(named[run.start : run.end] == REPEATED) > 0.5
        for run in segments(truth)
        if run.label == REPEATED
    ]
    row["repeats_joined"] = max(sum(shows) - 1, 0) / (len(shows) - 1) if len(shows) > 1 else float("nan")
    return row
