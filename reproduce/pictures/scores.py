"""Scores of the tables: bars a method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import figures
from figures import Score
from reproduce.base.paths import RESULTS
from reproduce.base.show import LABELS
from reproduce.base.store import read_facts
from reproduce.ledger.paper import number
from reproduce.pictures.base import Picture

__all__ = ["score_of", "table_bars"]


def score_of(record: Mapping, paper: float | None = None) -> Score:
    """A record of a summary, a share, in %."""
    mean, low, high = (math.nan if record[k] is None else 100 * record[k] for k in ("mean", "low", "high"))
    return Score(mean, low, high, math.nan if paper is None else paper)


def table_bars(name: str, folder: Path = RESULTS) -> Picture:
    """Bars of every score of a table, whose lines are methods.

    Args:
        name: of the result.
        folder: the results.
    """
    facts = read_facts(name, folder)
    panels: dict[str, dict[str, Score]] = {}
    for record in facts["table"]:
        measure = LABELS.get(record["measure"], record["measure"]).replace("bound.", "boundary")
        panel = panels.setdefault(f"{measure} in %", {})
        panel[record["method"]] = score_of(record, number(facts["paper"], record, record["measure"]))
    videos = max(record["videos"] for record in facts["table"])
    # The paper's method, learned.
    ours = [m for m, each in facts["methods"].items() if each["id"] == "dkva" and each["settings"]["epochs"]]
    title = f"{facts['title']}: means, 95 % intervals over {videos} videos"
    tops = []
    for measure, scores in panels.items():
        highest, top = max((score.mean, method) for method, score in scores.items())
        tops.append(f"{measure}: {top} ({highest:.1f})")
    return Picture(
        name,
        title,
        f"Bars of {len(next(iter(panels.values())))} methods. Highest in {', '.join(tops)}.",
        (f"{name}.csv", f"{name}.json"),
        figures.score_bars(panels, title, ours=ours),
    )
