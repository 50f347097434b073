"""Failure cases: the worst videos, found by their rows, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import figures
from figures import Case
from reproduce.base.effects import per_video
from reproduce.base.labels import LEARNED
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_rows
from reproduce.pictures.base import ARRAYS, DIGITS, Picture, arrays, digits
from reproduce.pictures.failures import FAILURES, faults, in_words, worst

__all__ = ["failures", "likeness_ranks"]

# So that bars have about the colours of the digits themselves.
_COLOURED = tuple(f"digit {digit}" for digit in (3, 9, 7, 5, 1))


def likeness_ranks(likeness: np.ndarray, actions: Sequence[int]) -> dict[frozenset, int]:
    """Rank of each pair of actions by how alike they are [k, k], 1 the most."""
    pairs = [(i, j) for i in range(len(actions)) for j in range(i + 1, len(actions))]
    pairs.sort(key=lambda pair: -likeness[pair])
    return {frozenset((actions[i], actions[j])): rank for rank, (i, j) in enumerate(pairs, 1)}


def failures(folder: Path = RESULTS, count: int = FAILURES) -> Picture:
    """The test videos of Moving5 that Table 2 scores worst, and why (paper Figure 4)."""
    stored = arrays(ARRAYS, "failure", folder)
    rows = read_rows("table2_moving5", folder)
    cases = []
    for name, mean in worst(rows, LEARNED, count):
        truth, labels = stored[f"{name}/truth"].astype(int), stored[f"{name}/labels"].astype(int)
        shown = stored[f"{name}/pictures"]
        words = {digit: f"digit {digit}" for digit in DIGITS}
        reason = in_words(
            truth, faults(truth, labels), words, likeness_ranks(stored[f"{name}/likeness"], DIGITS)
        )
        mof = 100 * np.mean(truth == labels)
        cases.append(
            Case(
                f"{name.replace('test', 'Test video ')}, MoF {mof:.0f} % (five seeds: {100 * mean:.0f} %)",
                {"truth": digits(truth), "learned": digits(labels)},
                {words[digit]: picture for digit, picture in zip(DIGITS, shown, strict=True)},
                reason,
            )
        )
    means = list(per_video([row for row in rows if row["method"] == LEARNED], "mof").values())
    title = (
        f"Failure cases: the {count} worst of {len(means)} test videos of Moving5 (mean MoF "
        f"{100 * np.mean(means):.0f} %), and why"
    )
    return Picture(
        "figure4_failures",
        title,
        " ".join(f"{case.name}: {case.reason}." for case in cases),
        (ARRAYS, "table2_moving5.csv"),
        figures.failure_cases(cases, title, actions=_COLOURED),
    )
