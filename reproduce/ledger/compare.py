"""How a claim is tested: where its rows are, and the comparisons that several claims share."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dkva.datasets import BENCHMARKS
from reproduce.base.effects import Effect, effect, paired, per_video

__all__ = [
    "LIKE",
    "LIKE_TITLE",
    "LONG",
    "SALADS_TITLE",
    "SHORT",
    "STUDY",
    "Line",
    "Place",
    "Rows",
    "Test",
    "beats",
    "by_dataset",
    "by_length",
    "differences",
    "mean",
    "on_each",
]

Rows = Sequence[Mapping]

#: What tells a line of a table from others: columns and their values.
Line = Mapping[str, str]

#: The study of Moving5.
STUDY = "study_moving5"

#: The benchmarks of long and of short videos, in the paper's words (section 4.2).
LONG = ("50salads", "mpii_cooking", "breakfast")
SHORT = ("hollywood_extended", "desktop_assembly", "yti")

#: What stands in for the benchmarks where they are absent, in words; and data sets in the column `dataset`.
LIKE = "Breakfast-like (synthetic features on real label sequences; no benchmark)"
LIKE_TITLE = "Breakfast-like (synthetic features on real label sequences)"
SALADS_TITLE = "50 Salads (mid)"


@dataclass(frozen=True)
class Place:
    """Where a claim can be tested.

    Attributes:
        data: what the rows are of.
        results: results in results/ that hold the rows; all of them are needed. Those in benchmarks/ are
            measurements, whose rows say how long a method took on a video.
        datasets: data sets whose rows are used, where results hold those of several; all of them are needed.
    """

    data: str
    results: tuple[str, ...]
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Test:
    """How a claim is tested.

    Attributes:
        claim: its name in `reproduce.ledger.claim_tests.ALL_CLAIMS`.
        how: what is compared.
        places: where, the best first: the first whose results are there is used.
        values: rows, which say in `result` where they are from, to one value a video [videos], or to their
            effect; above 0 is on the claim's side. Of several effects by what is compared, the least counts.
            None where nothing here could hold the rows.
        needs: what brings the rows where there are none.
    """

    claim: str
    how: str
    places: tuple[Place, ...] = ()
    values: Callable[[Rows], np.ndarray | Effect | Mapping[str, Effect]] | None = None
    needs: str = ""


def beats(a: str, b: str, measure: str = "mof") -> Callable[[Rows], np.ndarray]:
    """A measure of method `a` minus that of `b`, for each video that has both."""
    return lambda rows: paired(rows, {"method": a}, {"method": b}, measure)


def mean(rows: Rows, measure: str) -> float:
    """Mean over videos of a measure."""
    return statistics.fmean(per_video(rows, measure).values())


def by_dataset(rows: Rows) -> dict[str, list[Mapping]]:
    """Rows of each data set."""
    parts: dict[str, list[Mapping]] = {}
    for row in rows:
        parts.setdefault(row["dataset"], []).append(row)
    return parts


def on_each(values: Callable[[Rows], np.ndarray]) -> Callable[[Rows], Effect]:
    """The effect on the data set where it is least on the claim's side."""
    return lambda rows: min(effect(values(part)) for part in by_dataset(rows).values())


def by_length(rows: Rows) -> tuple[list[Mapping], list[Mapping]]:
    """Rows of the paper's long and short data sets; of one data set, of its longer and its shorter half."""
    parts = by_dataset(rows)
    if len(parts) == 1:
        frames = {row["video"]: row["n_frames"] for row in rows}
        middle = statistics.median(frames.values())
        long = {video for video, n in frames.items() if n > middle}
        return [r for r in rows if r["video"] in long], [r for r in rows if r["video"] not in long]
    titles = {BENCHMARKS[key].title for key in LONG}
    named = [{**row, "video": (row["dataset"], row["video"])} for row in rows]
    long = {dataset for dataset in parts if dataset.removesuffix(" (mid)") in titles}
    return [r for r in named if r["dataset"] in long], [r for r in named if r["dataset"] not in long]


def differences(
    pairs: Sequence[tuple[str, Line, Line]], measures: Mapping[str, str], within: float = 0
) -> Callable[[Rows], dict[str, Effect]]:
    """One line minus another, by what is compared and data set; those without a video are left out.

    Args:
        pairs: what is compared in words, the one line and the other.
        measures: in words, by their columns.
        within: what the one may be below the other.
    """

    def values(rows: Rows) -> dict[str, Effect]:
        found = {}
        for dataset, part in by_dataset(rows).items():
            for words, one, other in pairs:
                for measure, called in measures.items():
                    differences = paired(part, one, other, measure) + within
                    if len(differences):
                        found[f"{words}, {called}, {dataset}"] = effect(differences)
        return found

    return values
