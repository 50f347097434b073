"""Speed and memory: what a run costs against its size, and beside other programs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from figures.style import OURS, bare, entitle, line_style

__all__ = ["cost_against_size", "cost_bars"]

_NUMBERS = FuncFormatter(lambda value, _: f"{value:,.10g}".replace(",", "\u2009"))


def cost_against_size(
    panels: Mapping[str, Mapping[str, tuple[Sequence[float], Sequence[float]]]],
    title: str,
    size: str | Sequence[str],
    *,
    log: bool = True,
    ideal: str | None = None,
) -> Figure:
    """Cost against size, a line a program and a panel a cost.

    Args:
        panels: name of each cost with its unit; in it each program's sizes and costs.
        title: what is seen.
        size: what grows, with its unit, such as frames, videos or workers; one for all panels or one each.
        log: logarithmic axes.
        ideal: draw each line's first point as it would go on at a steady rate: "proportional" (time against
            the number of frames) or "inverse" (time against the number of workers).
    """
    figure = Figure(figsize=(max(4.4 * len(panels), 5.5), 3.8), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False).ravel()
    names = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    drawn: dict = {}
    grown = [size] * len(panels) if isinstance(size, str) else size
    for axes, grows, (cost, programs) in zip(grid, grown, panels.items(), strict=True):
        every = sorted({x for sizes, _ in programs.values() for x in sizes})
        for name, (sizes, costs) in programs.items():
            style = line_style(names.index(name) + 1)
            (drawn[name],) = axes.plot(sizes, costs, **style, markersize=5, linewidth=1.4)
            if ideal:
                xs = np.asarray(sizes, float)
                steady = costs[0] * (xs / xs[0]) ** (-1 if ideal == "inverse" else 1)
                (drawn[ideal],) = axes.plot(xs, steady, color="#9a9a9a", linewidth=1, linestyle=":")
        if log:
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.set_xticks(_apart(every))
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_minor_formatter(NullFormatter())
            axes.minorticks_off()
        else:
            axes.set_ylim(bottom=0)
            axes.set_xlim(left=0)
            axes.locator_params(axis="x", nbins=5)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(_NUMBERS)
        axes.set_xlabel(grows)
        axes.set_ylabel(cost)
        bare(axes, "both")
    labels = {ideal: "in proportion" if ideal == "proportional" else "shared out evenly"}
    figure.legend(
        list(drawn.values()), [labels.get(name, name) for name in drawn],
        loc="outside lower center", ncols=2, frameon=False, fontsize=9,
    )  # fmt: skip
    entitle(figure, title)
    return figure


def _apart(sizes: Sequence[float]) -> list[float]:
    """Sizes far enough apart on a logarithmic axis for their numbers not to touch."""
    kept = [sizes[0]]
    for size in sizes[1:]:
        if size >= 1.9 * kept[-1]:
            kept.append(size)
    return kept


def cost_bars(
    panels: Mapping[str, Mapping[str, float]], title: str, *, ours: Sequence[str] = (), log: bool = True
) -> Figure:
    """A bar a program and a panel a cost, its number written beside it.

    Args:
        panels: name of each cost with its unit; in it each program's cost.
        title: what is seen.
        ours: programs whose bars or points are coloured.
        log: a logarithmic axis, on which bars have no length to compare: then they are points.
    """
    most = max(len(panel) for panel in panels.values())
    figure = Figure(figsize=(6.2 * len(panels), 1.5 + 0.36 * most), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False).ravel()
    for axes, (cost, programs) in zip(grid, panels.items(), strict=True):
        names, places = list(programs), np.arange(len(programs))
        colours = [OURS if name in ours else "#6b6b6b" for name in names]
        if log:
            axes.hlines(places, min(programs.values()) / 3, list(programs.values()), color="#dddddd")
            for name, place, colour in zip(names, places, colours, strict=True):
                sign = "o" if name in ours else "s"
                axes.plot(programs[name], place, sign, color=colour, markersize=8)
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(_NUMBERS)
            axes.set_xlim(min(programs.values()) / 3, max(programs.values()) * 4)
        else:
            axes.barh(places, list(programs.values()), color=colours)
            axes.set_xlim(0, 1.2 * max(programs.values()))
        for name, place in zip(names, places, strict=True):
            axes.annotate(
                f"{programs[name]:.3g}", (programs[name], place), (9, 0), textcoords="offset points",
                va="center", fontsize=9,
            )  # fmt: skip
        axes.set_yticks(places, [textwrap.fill(name, 34) for name in names], fontsize=9)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel(cost)
        bare(axes, None)
    entitle(figure, title)
    return figure
