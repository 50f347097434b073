"""Figure 3b: the strength of the smoothing over time (paper sections 3 and 4.2).

Run: `python -m reproduce.figure3b_smoothing --data-root DATA` (three minutes on two cores without the
benchmarks, seconds once computed); or set DKVA_DATA. Writes results/figure3b_smoothing.csv and .json, from
which `reproduce.figures` draws figure3b_smoothing.

The paper shows curves on 50 Salads, Desktop Assembly and YTI, without numbers in its text. Besides those that
are there, three real Breakfast videos, 100 Breakfast-like ones (synthetic features) and joined sensor
readings are run. Moving5 is never smoothed. The paper says that without smoothing videos are cut into far too
many pieces: "pieces_per_asked" is the number of runs of equal labels over the number of segments asked for.
All else is as in Table 4. Printed at the end: the strength that the paper's rule of long and short videos
chooses, and what it costs against the best one tried (`reproduce.tables.smoothing_rule`).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dkva.base.segments import segments
from dkva.experiments.experiment import Outcome, merged
from dkva.metrics.segmentation import score_row
from reproduce.base.methods import EPOCHS, method
from reproduce.base.options import compute, console
from reproduce.base.store import Table
from reproduce.collections.benchmarks import Opened, options_of, request_of
from reproduce.tables.smoothing_rule import rule_table
from reproduce.tables.studies import end_study, open_studied, with_columns

COMMAND = "python -m reproduce.figure3b_smoothing"
TABLE = Table(
    "figure3b_smoothing",
    "Figure 3b: strength of the smoothing",
    COMMAND,
    by=("dataset", "smoothing"),
    measures=("mof", "iou", "f1", "pieces_per_asked"),
    counts=("pieces_per_asked",),
)
DATASETS = ("50salads", "desktop_assembly", "yti", "breakfast_sample", "breakfast_like", "basic_motions")
LIKE = 100
SMOOTHINGS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
COLUMNS = (
    "dataset", "smoothing", "video", "method", "seed", "n_segments", "n_frames", "found", "mof", "iou", "f1",
    "pieces", "pieces_per_asked",
)  # fmt: skip


def measure(truth: np.ndarray, labels: np.ndarray, n_segments: int, **scoring) -> dict[str, float]:
    """All scores; `pieces`, the runs of equal labels, and `pieces_per_asked`, these over M."""
    pieces = len(segments(labels))
    return score_row(truth, labels, n_segments, **scoring) | {
        "pieces": pieces,
        "pieces_per_asked": pieces / n_segments,
    }


def scores(opened: Opened, smoothings: Sequence[float], epochs: int, options: argparse.Namespace) -> Outcome:
    """Rows of one data set, each strength of smoothing on every video."""
    methods = [
        method("dkva", {"smoothing": smoothing, "epochs": epochs}, columns={"smoothing": smoothing})
        for smoothing in smoothings
    ]
    outcome = compute(methods, [replace(task, measure=measure) for task in opened.tasks], options)
    return with_columns(outcome, COLUMNS)


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    options = options_of(__doc__, seeds=1).parse_args(arguments)
    smoothings, epochs = (SMOOTHINGS[::4], 1) if options.smoke else (SMOOTHINGS, EPOCHS)
    request = request_of(options, DATASETS)
    opened = open_studied(request, LIKE)
    outcome = merged([scores(each, smoothings, epochs, options) for each in opened])
    end_study(TABLE, outcome, opened, request)
    if outcome.rows:
        console().print(rule_table(outcome.rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
