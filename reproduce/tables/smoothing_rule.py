"""The paper's rule for the strength of smoothing, and what it costs against the best strength tried."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reproduce.base.effects import Effect, effect, paired, per_video
from reproduce.base.show import lines
from reproduce.collections.benchmarks import LONG, SHORT, SOURCES

__all__ = ["LONG_FROM", "Ruled", "by_rule", "rule", "rule_table"]

#: Frames on average from which on the videos of a data set are long that is none of the paper's. Of its own
#: the longest of short videos has 835, the shortest of long ones 2099; this is the middle.
LONG_FROM = 1467


class Ruled(NamedTuple):
    """What the rule says of a data set, and what comes of it.

    Attributes:
        frames: of a video on average.
        rule: strength of smoothing that the paper's rule chooses; for short videos our guess, as the paper's
            value is lost from its text.
        best: strength tried whose mean MoF is highest, found on the same videos.
        cost: MoF at the rule's strength minus that at the best, in share, paired by video.
    """

    frames: float
    rule: float
    best: float
    cost: Effect


def rule(dataset: str, frames: float) -> float:
    """Strength of smoothing for a data set by its title, or by its videos' mean frames (paper section 4.2).

    The paper names the six benchmarks as long or short; what stands in for one is taken for it.
    """
    for source in SOURCES:
        if source.title == dataset and source.smoothing is not None:
            return source.smoothing
    return LONG if frames >= LONG_FROM else SHORT


def by_rule(rows: Sequence[Mapping]) -> dict[str, Ruled]:
    """What the rule says of each data set in rows of `reproduce.figure3b_smoothing` that has its strength."""
    found = {}
    for dataset in dict.fromkeys(row["dataset"] for row in rows):
        mine = [row for row in rows if row["dataset"] == dataset]
        frames = statistics.fmean({row["video"]: row["n_frames"] for row in mine}.values())
        means = {
            strength: math.fsum(scores.values()) / len(scores)
            for strength in sorted({row["smoothing"] for row in mine})
            if (scores := per_video([row for row in mine if row["smoothing"] == strength], "mof"))
        }
        chosen, best = rule(dataset, frames), max(means, key=means.__getitem__)
        if chosen in means:
            cost = effect(paired(mine, {"smoothing": chosen}, {"smoothing": best}, "mof"))
            found[dataset] = Ruled(frames, chosen, best, cost)
    return found


def rule_table(rows: Sequence[Mapping]):
    """What the rule chooses on each data set, and MoF there minus at the best strength."""
    columns = ["data set", "mean frames", "rule", "best here", "MoF, rule - best [95 % interval], points"]
    out = lines("Which smoothing the paper's rule chooses", columns)
    for dataset, ruled in by_rule(rows).items():
        mean, low, high = (100 * value for value in ruled.cost[:3])
        cells = f"{ruled.frames:.0f}", f"{ruled.rule:g}", f"{ruled.best:g}"
        out.add_row(dataset, *cells, f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]")
    return out
