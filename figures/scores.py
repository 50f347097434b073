"""Scores with their intervals: bars a method, and curves along a setting."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from figures.style import OTHERS, OURS, THEIRS, bare, entitle, line_style

__all__ = ["Score", "score_bars", "score_curves", "score_strips"]

_ON_DARK = [withStroke(linewidth=3, foreground="white")]


class Score(NamedTuple):
    """A mean with its interval, in the unit of the axis; NaN if there is none.

    Attributes:
        mean: where the bar ends.
        low: lower end of the interval.
        high: upper end.
        paper: the paper's number.
    """

    mean: float
    low: float = math.nan
    high: float = math.nan
    paper: float = math.nan

    @property
    def reach(self) -> tuple[float, float]:
        """How far the interval reaches below and above the mean; nothing if there is none."""
        if math.isnan(self.low) or math.isnan(self.high):
            return 0.0, 0.0
        return max(self.mean - self.low, 0.0), max(self.high - self.mean, 0.0)


def score_bars(
    panels: Mapping[str, Mapping[str, Score]], title: str, *, ours: Sequence[str] = (), columns: int = 3
) -> Figure:
    """A bar a method and a panel a score, from 0; whiskers are intervals, diamonds the paper's numbers.

    Args:
        panels: name of each score with its unit; in it each method's score. All have the same methods.
        title: what is seen.
        ours: methods whose bars are dark.
        columns: panels side by side, at most.
    """
    names = list(next(iter(panels.values())))
    columns = min(columns, len(panels))
    if columns > 1 and len(panels) % columns == 1:  # no panel alone in the last row
        columns += 1
    lines = -(-len(panels) // columns)
    figure = Figure(
        figsize=(2.1 + 2.6 * columns, lines * (0.75 + 0.26 * len(names)) + 0.75), layout="constrained"
    )
    grid = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    places = np.arange(len(names))
    theirs = False
    for axes, (measure, scores) in zip(grid, panels.items(), strict=False):
        found = [scores[name] for name in names]
        axes.barh(
            places,
            [score.mean for score in found],
            height=0.72,
            color=[OURS if name in ours else OTHERS for name in names],
            xerr=np.transpose([score.reach for score in found]),
            error_kw={"elinewidth": 1.1, "capsize": 2.5, "ecolor": "black", "path_effects": _ON_DARK},
        )
        paper = [(score.paper, place) for score, place in zip(found, places, strict=True)]
        paper = [(value, place) for value, place in paper if not math.isnan(value)]
        if paper:
            theirs = True
            values, at = zip(*paper, strict=True)
            axes.scatter(values, at, marker="D", s=26, color=THEIRS, edgecolors="white", zorder=4)
        axes.set_xlabel("\n".join(textwrap.fill(line, 27) for line in measure.splitlines()))
        axes.set_xlim(left=0)
        bare(axes, "x")
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    grid[0].set_yticks(places, [textwrap.fill(name, 30) for name in names], fontsize=9)
    grid[0].invert_yaxis()
    if theirs:
        handle = grid[0].scatter([], [], marker="D", s=26, color=THEIRS, label="the paper's number")
        figure.legend(handles=[handle], loc="outside lower center", frameon=False, fontsize=9)
    entitle(figure, title)
    return figure


def score_curves(
    panels: Mapping[str, Mapping[str, Sequence[tuple[str, Score]]]],
    title: str,
    measure: str,
    setting: str | None = None,
    *,
    marked: Mapping[str, str] | None = None,
    mark: str = "",
) -> Figure:
    """A line a method along the values of a setting, a panel a data set or a setting; whiskers are intervals.

    Args:
        panels: name of each panel; in it each method's name, and its (value, score) in the order of the axis.
            A value that a method lacks leaves a gap.
        title: what is seen.
        measure: the score, with its unit.
        setting: what the values are; None where each panel's name says so.
        marked: a value in some panels, by their names, that a vertical line goes through.
        mark: what that value is.
    """
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(max(3.9 * columns, 5.2), 3.1 * lines + 0.8), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    methods = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    drawn: dict = {}
    for axes, (name, panel) in zip(grid, panels.items(), strict=False):
        values = list(dict.fromkeys(value for points in panel.values() for value, _ in points))
        for method, points in panel.items():
            index = methods.index(method)
            shift = 0.06 * (index - (len(methods) - 1) / 2)  # intervals side by side
            drawn[method] = axes.errorbar(
                [values.index(value) + shift for value, _ in points],
                [score.mean for _, score in points],
                np.transpose([score.reach for _, score in points]),
                **line_style(index),
                markersize=4,
                linewidth=1.3,
                elinewidth=0.7,
                label=method,
            )
        if marked and marked.get(name) in values:
            at = values.index(marked[name])
            drawn[mark] = axes.axvline(at, color="#777777", linewidth=6, alpha=0.3, zorder=0, label=mark)
        steep = max(len(value) for value in values) * len(values) > 42
        axes.set_xticks(
            range(len(values)),
            values,
            rotation=30 if steep else 0,
            ha="right" if steep else "center",
            rotation_mode="anchor",
        )
        axes.set_xlabel(setting or name)
        if setting:
            axes.set_title(textwrap.fill(name, 42), fontsize=10)
        bare(axes)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    for axes in grid[::columns]:
        axes.set_ylabel(measure)
    named = [*(methods if len(methods) > 1 else ()), *((mark,) if mark in drawn else ())]
    if named:
        handles = [drawn[name] for name in named]
        ncols = max(1, min(4, int(13 * figure.get_figwidth()) // (max(map(len, named)) + 8)))
        figure.legend(handles, named, loc="outside lower center", ncols=ncols, frameon=False, fontsize=9)
    entitle(figure, title)
    return figure


def score_strips(
    panels: Mapping[str, Mapping[str, Sequence[float]]], title: str, measure: str, each: str
) -> Figure:
    """Every score of a name as a dot on its line, and their mean as a bar; a panel a data set.

    Args:
        panels: name of each panel; in it the scores of each name, such as one a seed of each video.
        title: what is seen.
        measure: the score, with its unit.
        each: what a dot is.
    """
    names = [len(panel) for panel in panels.values()]
    figure = Figure(figsize=(8.4, 1.3 + 0.32 * sum(names) + 0.5 * len(names)), layout="constrained")
    grid = figure.subplots(len(panels), 1, squeeze=False, sharex=True, height_ratios=names).ravel()
    for axes, (panel, strips) in zip(grid, panels.items(), strict=True):
        for place, scores in enumerate(strips.values()):
            # Equal scores side by side, from the middle outwards.
            seen: dict[float, int] = {}
            beside = []
            for score in scores:
                nth = seen[score] = seen.get(score, -1) + 1
                beside.append(place + min(0.3, 0.02 * ((nth + 1) // 2)) * (-1) ** nth)
            axes.plot(scores, beside, "o", markersize=4, markerfacecolor="none", color=OURS, alpha=0.7)
            axes.plot(2 * [float(np.mean(scores))], [place - 0.33, place + 0.33], color="black", linewidth=2)
        axes.set_yticks(range(len(strips)), list(strips), fontsize=9)
        axes.set_ylim(len(strips) - 0.4, -0.6)
        axes.set_title(panel, fontsize=10, loc="left")
        bare(axes, "x")
    grid[-1].set_xlabel(f"{measure} (a ring is {each}, a bar their mean)")
    entitle(figure, title)
    return figure
