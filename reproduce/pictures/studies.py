"""Studies: curves along a setting, bars of kernels and of settings, the spread over seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import figures
from figures import Score
from reproduce.base.labels import (
    GAUSS_NTK,
    INITIAL,
    LEARNED,
    LEARNED_L2,
    MORE_EPOCHS,
    TW_FINCH,
    UNIFORM,
)
from reproduce.base.paths import RESULTS
from reproduce.base.show import LABELS
from reproduce.base.store import read_facts, read_rows, summarise
from reproduce.pictures.base import Picture, listed
from reproduce.pictures.scores import score_of
from reproduce.tables.smoothing_rule import by_rule

__all__ = ["gaussian_factor", "kernels", "seeds", "settings_study", "smoothing", "study"]

#: What is compared along the study of Moving5.
_STUDIED = (UNIFORM, TW_FINCH, INITIAL, LEARNED_L2, LEARNED, MORE_EPOCHS)
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


def study(folder: Path = RESULTS) -> Picture:
    """MoF along what the paper leaves open about Moving5."""
    panels: dict[str, dict[str, list[tuple[str, Score]]]] = {}
    for record in read_facts("study_moving5", folder)["table"]:
        if record["measure"] == "mof" and record["method"] in _STUDIED:
            panel = panels.setdefault(_AXES[record["factor"]], {})
            panel.setdefault(record["method"], []).append((record["value"], score_of(record)))
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
    panels: dict[str, dict[str, Score]] = {}
    for record in records:
        panel = f"{record['dataset']}\n{LABELS[record['measure']]} in %"
        panels.setdefault(panel, {})[record["kernel"]] = score_of(record)
    panels = _of_same_lines(panels)
    lines = list(next(iter(panels.values())))
    title = "Kernels compared: mean and 95 % interval over videos"
    return Picture(
        "figure3a_kernels",
        title,
        f"Bars of MoF, IoU and F1 for {len(lines)} kernels on {len(panels) // 3} data sets. "
        f"{_highest(panels, 'MoF')}",
        ("figure3a_kernels.csv",),
        figures.score_bars(panels, title, ours=[GAUSS_NTK]),
    )


def _of_same_lines(panels: Mapping[str, Mapping[str, Score]]) -> dict[str, dict[str, Score]]:
    """Panels with every line of any of them, an empty score where one lacks it."""
    lines = dict.fromkeys(line for panel in panels.values() for line in panel)
    nothing = Score(math.nan)
    return {name: {line: panel.get(line, nothing) for line in lines} for name, panel in panels.items()}


def _highest(panels: Mapping[str, Mapping[str, Score]], measure: str) -> str:
    """Which line has the highest mean in each panel of a measure, in a sentence."""
    tops = []
    for name, panel in panels.items():
        dataset, _, shown = name.partition("\n")
        if shown.startswith(measure):
            there = {line: score.mean for line, score in panel.items() if not math.isnan(score.mean)}
            top = max(there, key=there.__getitem__)
            tops.append(f"{top} ({there[top]:.1f}) on {dataset}")
    return f"Highest {measure}: {'; '.join(tops)}."


def smoothing(folder: Path = RESULTS) -> Picture:
    """Scores along the strength of smoothing (paper Figure 3b)."""
    panels: dict[str, dict[str, list[tuple[str, Score]]]] = {}
    marked: dict[str, str] = {}
    ruled = by_rule(read_rows("figure3b_smoothing", folder))
    for record in _measured("figure3b_smoothing", "smoothing", folder):
        name = f"{record['dataset']}: {LABELS[record['measure']]}"
        panels.setdefault(name, {}).setdefault(record["method"], []).append(
            (record["smoothing"], score_of(record))
        )
        if record["dataset"] in ruled:
            marked[name] = f"{ruled[record['dataset']].rule:g}"
    for lines in panels.values():
        for points in lines.values():
            points.sort(key=lambda point: _in_order(point[0]))
    title = "Smoothing over time: mean scores and 95 % intervals over videos"
    best = listed({f"on {name}": found.best for name, found in ruled.items()})
    return Picture(
        "figure3b_smoothing",
        title,
        f"Curves of MoF, IoU and F1 along the strength of smoothing on {len(panels) // 3} data sets. The "
        f"strength with the highest MoF: {best}.",
        ("figure3b_smoothing.csv",),
        figures.score_curves(
            panels,
            title,
            "score in %",
            "strength of smoothing a",
            marked=marked,
            mark="what the paper's rule chooses",
        ),
    )


def settings_study(name: str, folder: Path = RESULTS) -> Picture:
    """Scores of each value of each setting of a study, a panel a data set and score.

    Args:
        name: of the study, with the columns factor and value.
        folder: the results.
    """
    facts = read_facts(name, folder)
    several = len({record["factor"] for record in facts["table"]}) > 1
    panels: dict[str, dict[str, Score]] = {}
    own: dict[str, str] = {}
    learned = {row["factor"] for row in read_rows(name, folder) if row["method"] == LEARNED}
    for record in facts["table"]:
        line = f"{record['factor']}: {record['value']}" if several else record["value"]
        if record["factor"] in learned:
            own.setdefault(record["factor"], line)
        panel = panels.setdefault(f"{record['dataset']}\n{LABELS[record['measure']]} in %", {})
        panel[line] = score_of(record)
    title = f"{facts['title']}: mean and 95 % interval over videos"
    return Picture(
        name,
        title,
        f"Bars of MoF, IoU and F1 of {len(next(iter(panels.values())))} settings on {len(panels) // 3} data "
        f"sets; dark: the method's own. {_highest(panels, 'MoF')}",
        (f"{name}.csv", f"{name}.json"),
        figures.score_bars(panels, title, ours=list(own.values())),
    )


def seeds(folder: Path = RESULTS) -> Picture:
    """MoF of every seed on single videos."""
    panels: dict[str, dict[str, list[float]]] = {}
    for row in read_rows("study_seeds", folder):
        panels.setdefault(row["dataset"], {}).setdefault(row["video"], []).append(100 * row["mof"])
    ranges = [max(scores) - min(scores) for panel in panels.values() for scores in panel.values()]
    number = max(len(scores) for panel in panels.values() for scores in panel.values())
    title = f"{number} seeds on single videos: MoF"
    return Picture(
        "study_seeds",
        title,
        f"A line of {number} rings for each of {len(ranges)} videos. The scores of a video lie between "
        f"{min(ranges):.1f} and {max(ranges):.1f} points apart.",
        ("study_seeds.csv",),
        figures.score_strips(panels, title, "MoF in %", "a seed"),
    )


def gaussian_factor(folder: Path = RESULTS) -> Picture:
    """How often the Gaussian factor of a pair of frames lies in each range."""
    facts = read_facts("gaussian_factor", folder)
    panels: dict[str, dict[str, Score]] = {}
    medians: dict[str, float] = {}
    for record in facts["table"]:
        if " to " in record["measure"]:
            panel = panels.setdefault(f"{record['dataset']}\nshare of pairs in %", {})
            panel[record["measure"]] = score_of(record)
        elif record["measure"] == "median":
            medians[f"on {record['dataset']}"] = record["mean"]
    title = (
        "The Gaussian factor exp(-|x - y|² / l²) at the paper's length scale: pairs of frames in each range"
    )
    return Picture(
        "gaussian_factor",
        title,
        f"Histograms of {len(panels)} data sets. The median factor: {listed(medians)}.",
        ("gaussian_factor.json",),
        figures.score_bars(panels, title, columns=2),
    )
