"""Cells of the tables of real recordings: stored rows in, texts out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reproduce.base.effects import effect, paired
from reproduce.base.labels import (
    BATCH_ESTIMATOR,
    RECORDING_INITIAL,
    RECORDING_LEARNED,
    UNIFORM,
    VIDEO_ESTIMATOR,
)
from reproduce.base.show import with_interval

__all__ = ["GAINS", "gains", "parity_cells"]

#: What is compared on BasicMotions, the first minus the second.
GAINS = ((RECORDING_LEARNED, UNIFORM), (RECORDING_LEARNED, RECORDING_INITIAL))

_MEASURES = ("mof", "iou", "f1")


def gains(rows: list[dict], a: str, b: str) -> list[str]:
    """One line of differences on BasicMotions, paired by sequence, in percentage points."""
    cells = []
    for measure in _MEASURES:
        found = effect(paired(rows, {"method": a}, {"method": b}, measure))
        cells.append(with_interval({"mean": found.mean, "low": found.low, "high": found.high}))
    return cells


def parity_cells(rows: Sequence[dict], name: str) -> list[str]:
    """Scores of a Breakfast video for each estimator: mean ± deviation over seeds, and the range of MoF."""
    out = []
    for estimator in (VIDEO_ESTIMATOR, BATCH_ESTIMATOR):
        chosen = [row for row in rows if row["video"] == name and row["method"] == estimator]
        values = 100 * np.array([[row[measure] for measure in _MEASURES] for row in chosen])
        spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
        means = (f"{m:.1f}±{s:.1f}" for m, s in zip(values.mean(axis=0), spread, strict=True))
        out.append(f"{' / '.join(means)}  (MoF {values[:, 0].min():.1f} to {values[:, 0].max():.1f})")
    return out
