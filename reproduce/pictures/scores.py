"""Scores of the tables and studies: bars a method, curves along a setting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import figures
from figures import Score
from reproduce.paper import number
from reproduce.paths import RESULTS
from reproduce.pictures.base import Picture
from reproduce.show import LABELS
from reproduce.store import read_facts, read_rows, summarise

__all__ = ["kernels", "smoothing", "study", "table_bars"]

#: The method of the paper, at its own settings, and what it is compared with along the study.
_OURS = "learned, kernel"
_STUDIED = ("uniform split", "TW-FINCH", "initial, kernel", "learned, L2", _OURS, f"{_OURS}: 4 × epochs")
_AXES = {
    "travel": "half a path's length in pixels",
    "digit_size": "digit's size in pixels",
    "colour": "digits in colour",
    "order": "order of the digits",
    "repeats": "most times that digit 3 comes",
    "returning": "image of a 3 that comes back",
    "epochs": "epochs",
}
_YES = {"True": "yes", "False": "no"}
_SCORES = ("mof", "iou", "f1")


def _score(record: Mapping, paper: float | None = None) -> Score:
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
        panel[record["method"]] = _score(record, number(facts["paper"], record, record["measure"]))
    videos = max(record["videos"] for record in facts["table"])
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
        figures.score_bars(panels, title, ours=[m for m in facts["methods"] if m.startswith("learned")]),
    )


def study(folder: Path = RESULTS) -> Picture:
    """MoF along what the paper leaves open about Moving5."""
    panels: dict[str, dict[str, list[tuple[str, Score]]]] = {}
    for record in read_facts("study_moving5", folder)["table"]:
        if record["measure"] == "mof" and record["method"] in _STUDIED:
            panel = panels.setdefault(_AXES[record["factor"]], {})
            panel.setdefault(record["method"], []).append((record["value"], _score(record)))
    for methods in panels.values():
        for points in methods.values():
            points.sort(key=lambda point: _in_order(point[0]))
            points[:] = [(_YES.get(value, value), score) for value, score in points]
    title = "Moving5, one setting varied at a time: mean MoF over 50 test videos with 95 % intervals"
    return Picture(
        "moving5_study",
        title,
        f"{len(panels)} panels of curves, one for each of: {', '.join(panels)}; six methods in each. The "
        "table of the study holds the numbers.",
        ("study_moving5.csv", "study_moving5.json"),
        figures.score_curves(panels, title, "MoF in %"),
    )


def _in_order(value: str) -> tuple[float, str]:
    """Numbers by size, before words."""
    try:
        return float(value), ""
    except ValueError:
        return math.inf, ""


def _measured(name: str, setting: str, folder: Path) -> list[dict]:
    """Summary of the rows of a study, a record a data set, value, method and score."""
    rows = read_rows(name, folder)
    for row in rows:
        value = row[setting]
        row[setting] = value if isinstance(value, str) else f"{value:g}"
    return summarise(rows, ("dataset", setting, "method"), _SCORES)


def kernels(folder: Path = RESULTS) -> Picture:
    """Scores of each kernel (paper Figure 3a)."""
    records = _measured("figure3a_kernels", "kernel", folder)
    methods = dict.fromkeys(record["method"] for record in records)
    panels: dict[str, dict[str, Score]] = {}
    for record in records:
        line = record["kernel"] + ("" if len(methods) == 1 else f": {record['method']}")
        panel = f"{record['dataset']}\n{LABELS[record['measure']]} in %"
        panels.setdefault(panel, {})[line] = _score(record)
    lines = list(dict.fromkeys(line for panel in panels.values() for line in panel))
    nothing = Score(math.nan)
    panels = {name: {line: panel.get(line, nothing) for line in lines} for name, panel in panels.items()}
    title = "Kernels compared: mean and 95 % interval over videos"
    return Picture(
        "figure3a_kernels",
        title,
        f"Bars of MoF, IoU and F1 for {len(lines)} kernels on {len(panels) // 3} data sets.",
        ("figure3a_kernels.csv",),
        figures.score_bars(panels, title, ours=[line for line in lines if line.startswith("GaussNTK")]),
    )


def smoothing(folder: Path = RESULTS) -> Picture:
    """Scores along the strength of smoothing (paper Figure 3b)."""
    panels: dict[str, dict[str, list[tuple[str, Score]]]] = {}
    for record in _measured("figure3b_smoothing", "smoothing", folder):
        panel = panels.setdefault(f"{record['dataset']}: {LABELS[record['measure']]}", {})
        panel.setdefault(record["method"], []).append((record["smoothing"], _score(record)))
    for lines in panels.values():
        for points in lines.values():
            points.sort(key=lambda point: _in_order(point[0]))
    title = "Smoothing over time: mean scores and 95 % intervals over videos"
    return Picture(
        "figure3b_smoothing",
        title,
        f"Curves of MoF, IoU and F1 along the strength of smoothing on {len(panels) // 3} data sets.",
        ("figure3b_smoothing.csv",),
        figures.score_curves(panels, title, "score in %", "strength of smoothing a"),
    )
