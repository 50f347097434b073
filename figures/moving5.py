"""Figures of Moving5: learned frames, and scores along a setting."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

__all__ = ["learned_frames", "sensitivity"]

# Okabe & Ito's palette with a line style each: told apart by colour-blind readers and in grey.
_STYLES = (
    ("#000000", ":", "s"),
    ("#0072B2", "--", "^"),
    ("#E69F00", "-.", "v"),
    ("#009E73", "-", "o"),
    ("#D55E00", (0, (1, 1)), "D"),
    ("#CC79A7", (0, (5, 1)), "P"),
    ("#56B4E9", (0, (3, 1, 1, 1)), "X"),
)


def learned_frames(
    rows: Mapping[str, Sequence[np.ndarray | None]], columns: Sequence[str], title: str
) -> Figure:
    """Small pictures in a grid, such as mean frames above learned ones.

    Args:
        rows: name of each row and its pictures [h, w, 3], uint8, one a column; None leaves a blank.
        columns: name of each column.
        title: what is seen.
    """
    figure = Figure(figsize=(1.1 + 1.25 * len(columns), 0.7 + 1.25 * len(rows)), layout="constrained")
    grid = figure.subplots(len(rows), len(columns), squeeze=False)
    for line, (name, pictures) in zip(grid, rows.items(), strict=True):
        for axes, column, picture in zip(line, columns, pictures, strict=True):
            axes.set_xticks([])
            axes.set_yticks([])
            if line is grid[0]:
                axes.set_title(column, fontsize=10)
            if picture is None:
                axes.text(0.5, 0.5, "none", ha="center", va="center", color="#555555")
                axes.spines[:].set_visible(False)
            else:
                axes.imshow(picture, interpolation="nearest")
        line[0].set_ylabel(name, fontsize=10)
    figure.suptitle(textwrap.fill(title, 18 * len(columns)), fontsize=11, x=0.01, ha="left")
    return figure


def sensitivity(
    panels: Mapping[str, Mapping[str, Sequence[tuple[str, float, float, float]]]], title: str, measure: str
) -> Figure:
    """One panel a factor: a score's mean and interval along its values, a line a method.

    Args:
        panels: name of each factor; in it the name of each method, and in it (value, mean, low, high) of each
            value of the factor, scores in %.
        title: what is seen.
        measure: the score, with its unit.
    """
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(3.9 * columns, 3.1 * lines + 0.8), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    for axes, (factor, methods) in zip(grid, panels.items(), strict=False):
        for index, (method, points) in enumerate(methods.items()):
            colour, line, marker = _STYLES[index % len(_STYLES)]
            values, means, lows, highs = zip(*points, strict=True)
            shifted = np.arange(len(values)) + 0.06 * (
                index - (len(methods) - 1) / 2
            )  # intervals side by side
            errors = np.subtract(means, lows), np.subtract(highs, means)
            axes.errorbar(
                shifted, means, errors, color=colour, linestyle=line, marker=marker, markersize=4,
                linewidth=1.3, elinewidth=0.7, label=method,
            )  # fmt: skip
        axes.set_xticks(range(len(values)), values)
        axes.set_xlabel(factor)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    for axes in grid[::columns]:
        axes.set_ylabel(measure)
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    figure.suptitle(textwrap.fill(title, 40 * columns), fontsize=11, x=0.01, ha="left")
    return figure
