"""Failure cases: the worst videos of a table, and why they fail (paper Figure 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dkva.base.segments import segments
from reproduce.base.effects import per_video

__all__ = ["FAILURES", "Fault", "faults", "in_words", "worst"]

#: How many of the worst videos are shown.
FAILURES = 3


class Fault(NamedTuple):
    """Wrong frames that have one cause.

    Attributes:
        kind: "unmatched" (the action is cut into further pieces), "taken" (most of the action goes to the
            synthetic frame of another one), "shifted" (a boundary lies elsewhere) or "mixed" (a part of the
            action goes to the synthetic frame of another one).
        action: the true action of these frames.
        other: the action whose synthetic frame they were given to; None where that frame is matched to none.
        share: of the video's frames.
    """

    kind: str
    action: int
    other: int | None
    share: float


def worst(rows: Sequence[Mapping], method: str, count: int, measure: str = "mof") -> list[tuple[str, float]]:
    """The videos with the lowest mean score over seeds and that score, worst first."""
    means = per_video([row for row in rows if row["method"] == method], measure)
    return sorted(means.items(), key=lambda pair: (pair[1], pair[0]))[:count]


def faults(truth: np.ndarray, named: np.ndarray) -> list[Fault]:
    """What a video's wrong frames have in common, the most frames first.

    Args:
        truth: action of each frame [n], at least 0.
        named: the action that each frame's label is matched to [n]; below 0 where it is matched to none.
    """
    wrong = named != truth
    counted: dict[tuple[str, int, int | None], int] = {}
    pairs = np.where(wrong, truth * (1 + named.max() + len(named)) + named, -1 - len(named))
    for start, end, _ in segments(pairs):
        if not wrong[start]:
            continue
        action, other = int(truth[start]), int(named[start])
        mine = named[truth == action]
        if other < 0:
            key: tuple[str, int, int | None] = ("unmatched", action, None)
        elif np.mean(mine == other) > 0.5:
            key = ("taken", action, other)
        elif _runs_on(truth, named, start, end, other):
            key = ("shifted", action, other)
        else:
            key = ("mixed", action, other)
        counted[key] = counted.get(key, 0) + end - start
    found = [Fault(*key, number / len(truth)) for key, number in counted.items()]
    return sorted(found, key=lambda fault: -fault.share)


def _runs_on(truth, named, start: int, end: int, other: int) -> bool:
    """Whether the wrong frames [start, end) touch frames that are rightly given to the same label."""
    sides = [i for i in (start - 1, end) if 0 <= i < len(truth)]
    return any(truth[i] == named[i] == other for i in sides)


def in_words(
    truth: np.ndarray,
    found: Sequence[Fault],
    names: Mapping[int, str],
    alike: Mapping[frozenset, int],
    most: int = 3,
) -> str:
    """The gravest faults as a sentence.

    Args:
        truth: action of each frame [n].
        found: of `faults`.
        names: name of each action.
        alike: rank of each pair of actions by how alike their mean frames are, 1 the most.
        most: number of faults told.
    """
    times: dict[int, int] = {}
    for start, _, _ in segments(truth):
        times[int(truth[start])] = times.get(int(truth[start]), 0) + 1
    parts: list[str] = []
    told = set()
    for fault in found[:most]:
        action = names[fault.action]
        if times[fault.action] > 1 and fault.action not in told:
            action += f" (shown {times[fault.action]} times)"
        told.add(fault.action)
        share = f"{100 * fault.share:.0f} % of the frames"
        if fault.other is None:
            parts.append(f"{action} is cut in pieces: {share}")
        elif fault.kind == "shifted":
            parts.append(f"the boundary of {action} and {names[fault.other]} is shifted: {share}")
        else:
            rank = alike[frozenset((fault.action, fault.other))]
            how = "taken" if fault.kind == "taken" else "in part taken"
            alike_as = f"{_ordinal(rank)} most alike of {len(alike)} pairs"
            parts.append(f"{action} is {how} for {names[fault.other]}: {share}, {alike_as}")
    return "; ".join(parts) if parts else "no frame is wrong"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
