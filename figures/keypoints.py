"""Keypoints of a video and the segments that they stand for, over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dkva.base.segments import segments
from dkva.export.timeline import bars, label_text, styles
from figures.style import entitle

__all__ = ["Keypoints", "keypoint_lines"]


class Keypoints(NamedTuple):
    """Points of a video.

    Attributes:
        places: the frame of each [k].
        labels: the class of each action point, "" of a boundary [k].
        confidences: of each, from 0 to 1 [k].
    """

    places: np.ndarray
    labels: np.ndarray
    confidences: np.ndarray


def keypoint_lines(rows: Mapping[str, np.ndarray | Keypoints], title: str, *, unit: str = "frame") -> Figure:
    """Rows over time, of labels as bars and of keypoints as points whose height is their confidence.

    An action point has the colour of its class, a boundary is a thin line.

    Args:
        rows: by name, from above: a label a frame [n], or points.
        title: what is seen.
        unit: what an index of the frames is.
    """
    named = [each.labels if isinstance(each, Keypoints) else each for each in rows.values()]
    looks = styles(sorted({label for each in named for label in each.tolist()} - {""}))
    heights = [1.1 if isinstance(each, Keypoints) else 0.5 for each in rows.values()]
    figure = Figure(figsize=(9, 1.3 + 0.9 * sum(heights)), layout="constrained")
    grid = figure.subplots(len(rows), 1, squeeze=False, sharex=True, height_ratios=heights).ravel()
    for axes, (name, each) in zip(grid, rows.items(), strict=True):
        if isinstance(each, Keypoints):
            _draw_points(axes, each, looks)
        else:
            bars(axes, 0, segments(each), looks)
            axes.set_yticks([])
            axes.set_xlim(0, len(each))
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
        axes.spines[["top", "right", "left"]].set_visible(False)
    grid[-1].set_xlabel(unit)
    handles: list = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label_text(label))
        for label, (colour, hatch) in looks.items()
    ]
    if any(isinstance(each, Keypoints) for each in rows.values()):
        handles.append(Line2D([], [], color="black", linewidth=1, label="boundary"))
    figure.legend(handles=handles, loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    entitle(figure, title)
    return figure


def _draw_points(axes: Axes, points: Keypoints, looks: Mapping) -> None:
    places = points.places + 0.5
    edges = points.labels == ""
    axes.vlines(places[edges], 0, points.confidences[edges], color="black", linewidth=1)
    for label, (colour, hatch) in looks.items():
        mine = points.labels == label
        marker = "o" if not hatch else "D"
        axes.scatter(places[mine], points.confidences[mine], s=34, color=colour, marker=marker, zorder=3)
    axes.set_ylim(0, 1.1)
    axes.set_yticks([0, 1], ["0", "1"], fontsize=8)
