"""Failure cases: where a video is cut wrongly, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from dkva.base.segments import segments
from dkva.export.timeline import styles
from figures.style import entitle

__all__ = ["Case", "failure_cases"]


@dataclass(frozen=True)
class Case:
    """One video.

    Attributes:
        name: its name and score.
        rows: name of each row and its labels [n], as the actions they are matched to, from the top; the
            first is the truth.
        pictures: name of each action and its picture [h, w, 3], uint8; may be empty.
        reason: why, in a sentence or two.
    """

    name: str
    rows: Mapping[str, np.ndarray]
    pictures: Mapping[str, np.ndarray]
    reason: str


def failure_cases(
    cases: Sequence[Case], title: str, *, actions: Sequence[str] = (), unit: str = "frame"
) -> Figure:
    """A block a video: its time line, what its actions look like, and the reason in words.

    Frames whose label is not the truth are marked below the last row.

    Args:
        cases: the videos, worst first.
        title: what is seen.
        actions: names in the order of their colours; others follow as they come.
        unit: what an index of the rows is.
    """
    seen = dict.fromkeys(x for case in cases for row in case.rows.values() for x in row.tolist())
    known = [*(name for name in actions if name in seen), *(x for x in seen if x not in actions)]
    looks = styles(known)
    figure = Figure(figsize=(9.5, 0.9 + 2.35 * len(cases)), layout="constrained")
    blocks = figure.subfigures(len(cases), 1, squeeze=False).ravel()
    for block, case in zip(blocks, cases, strict=True):
        shown = len(case.pictures)
        grid = block.add_gridspec(2, max(shown, 1), height_ratios=(1.7, 1) if shown else (1, 0.001))
        axes = block.add_subplot(grid[0, :])
        truth = next(iter(case.rows.values()))
        for place, row in enumerate(case.rows.values()):
            for label, (colour, hatch) in looks.items():
                bars = [(start, end - start) for start, end, other in segments(row) if other == label]
                axes.broken_barh(
                    bars, (place - 0.4, 0.8), facecolors=colour, hatch=hatch, edgecolor="white", linewidth=0.6
                )
        last = list(case.rows.values())[-1]
        wrong = [(start, end - start) for start, end, other in segments(last != truth) if other]
        axes.broken_barh(wrong, (len(case.rows) - 0.52, 0.14), facecolors="black")
        axes.set_yticks(range(len(case.rows)), list(case.rows))
        axes.set_ylim(len(case.rows) - 0.3, -0.5)
        axes.set_xlim(0, len(truth))
        axes.set_xlabel(unit, labelpad=1)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_title(textwrap.fill(f"{case.name}: {case.reason}", 118), loc="left", fontsize=9.5)
        for column, (name, picture) in enumerate(case.pictures.items()):
            small = block.add_subplot(grid[1, column])
            small.imshow(picture, interpolation="nearest")
            small.set_xticks([])
            small.set_yticks([])
            small.set_xlabel(name, fontsize=8)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=str(label))
        for label, (colour, hatch) in looks.items()
    ]
    handles.append(Patch(facecolor="black", label="wrong frames"))
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False, fontsize=9)
    entitle(figure, title)
    return figure
