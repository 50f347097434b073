"""Embedded frames: as points of a plane, and matched between two videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dkva.base.segments import segments
from dkva.export.timeline import bars, label_text, styles
from figures.style import bare, entitle, line_style

__all__ = ["Matched", "Points", "matched_frames", "point_maps"]


class Points(NamedTuple):
    """Points of a plane.

    Attributes:
        places: [n, 2], no unit.
        names: of what each point is of [n]; equal names look alike in a row of panels.
    """

    places: np.ndarray
    names: np.ndarray


class Matched(NamedTuple):
    """Two videos and what is matched.

    Attributes:
        first: label of each frame of the video above [n].
        second: of the one below [m].
        pairs: frames of the first and of the second that are matched [p, 2].
    """

    first: np.ndarray
    second: np.ndarray
    pairs: np.ndarray


def point_maps(rows: Mapping[str, Mapping[str, Points]], title: str) -> Figure:
    """Points in panels, row by row; what a row's points are of is named at its right.

    Args:
        rows: name of each row and its panels by name.
        title: what is seen.
    """
    columns = max(map(len, rows.values()))
    figure = Figure(figsize=(2.5 * columns + 1.8, 2.6 * len(rows) + 0.5), layout="constrained")
    parts = figure.subfigures(len(rows), 1, squeeze=False).ravel()
    for part, (row, panels) in zip(parts, rows.items(), strict=True):
        line = part.subplots(1, columns, squeeze=False).ravel()
        names = sorted({name for panel in panels.values() for name in panel.names.tolist()})
        looks = {name: line_style(index) for index, name in enumerate(names)}
        for axes, (name, panel) in zip(line, panels.items(), strict=False):
            for each, look in looks.items():
                x, y = panel.places[panel.names == each].T
                axes.scatter(x, y, s=7, marker=look["marker"], color=look["color"], linewidths=0)
            axes.set_title(name, fontsize=10)
            axes.set_xticks([])
            axes.set_yticks([])
            bare(axes, None)
        for axes in line[len(panels) :]:
            axes.set_visible(False)
        line[0].set_ylabel(row, fontsize=10)
        handles = [
            Line2D([], [], linestyle="", marker=look["marker"], color=look["color"], label=label_text(each))
            for each, look in looks.items()
        ]
        part.legend(handles=handles, loc="outside right center", frameon=False, fontsize=8)
    entitle(figure, title)
    return figure


def matched_frames(panels: Mapping[str, Matched], title: str, *, unit: str = "frame") -> Figure:
    """Two time lines above each other, with lines between matched frames; a panel for each matching.

    A line is grey if it joins frames of one label, and black and dashed if it does not.

    Args:
        panels: by name.
        title: what is seen.
        unit: what an index of the frames is.
    """
    every = [label for panel in panels.values() for part in panel[:2] for label in part.tolist()]
    looks = styles(sorted(set(every)))
    figure = Figure(figsize=(9, 0.9 + 1.75 * len(panels)), layout="constrained")
    grid = figure.subplots(len(panels), 1, squeeze=False, sharex=True).ravel()
    for axes, (name, panel) in zip(grid, panels.items(), strict=True):
        for position, labels in ((0.0, panel.first), (2.0, panel.second)):
            bars(axes, position, segments(labels), looks)
        for i, j in panel.pairs.tolist():
            same = panel.first[i] == panel.second[j]
            axes.plot(
                [i + 0.5, j + 0.5],
                [0.4, 1.6],
                color="#999999" if same else "#000000",
                linestyle="-" if same else "--",
                linewidth=0.9,
            )
        axes.set_yticks([0, 2], ["first", "second"])
        axes.set_ylim(2.5, -0.5)
        axes.set_xlim(0, max(len(each) for part in panels.values() for each in part[:2]))
        axes.set_title(name, loc="left", fontsize=10)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
    grid[-1].set_xlabel(unit)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label_text(label))
        for label, (colour, hatch) in looks.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False, fontsize=9)
    entitle(figure, title)
    return figure
