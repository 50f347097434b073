"""How figures look: colours that colour-blind readers tell apart, each with a second sign that grey keeps."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "MAP", "OTHERS", "OURS", "THEIRS", "bare", "entitle", "line_style"]

#: Okabe & Ito's palette, ordered so that neighbours differ in grey.
COLOURS = ("#000000", "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")

#: Of bars: ours, other methods', and the paper's numbers.
OURS, OTHERS, THEIRS = "#0072B2", "#b4b4b4", "#000000"

#: Of heat maps: as bright in grey as in colour.
MAP = "cividis"

_DASHES = (":", "--", "-.", "-", (0, (1, 1)), (0, (5, 1)), (0, (3, 1, 1, 1)))
_MARKERS = ("s", "^", "v", "o", "D", "P", "X")


def line_style(index: int) -> dict:
    """Colour, dashes and marker of the index-th line, as matplotlib's arguments; repeats after seven."""
    at = index % len(COLOURS)
    return {"color": COLOURS[at], "linestyle": _DASHES[at], "marker": _MARKERS[at]}


def bare(axes: Axes, grid: str | None = "y") -> None:
    """Take away the frame's upper and right side, and draw faint lines along `grid` ("x", "y" or None)."""
    axes.spines[["top", "right"]].set_visible(False)
    if grid:
        axes.grid(axis=grid, color="#dddddd", linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def entitle(figure: Figure, title: str) -> None:
    """Write the title at the upper left, broken to the figure's width."""
    letters = max(20, int(12.3 * figure.get_figwidth()))
    figure.suptitle(textwrap.fill(title, letters), fontsize=11, x=0.01, ha="left")
