"""Pictures of Moving5: learned frames below the true ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from figures.style import entitle

__all__ = ["learned_frames"]


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
    for index, (line, (name, pictures)) in enumerate(zip(grid, rows.items(), strict=True)):
        for axes, column, picture in zip(line, columns, pictures, strict=True):
            axes.set_xticks([])
            axes.set_yticks([])
            if index == 0:
                axes.set_title(column, fontsize=10)
            if picture is None:
                axes.text(0.5, 0.5, "none", ha="center", va="center", color="#555555")
                axes.spines[:].set_visible(False)
            else:
                axes.imshow(picture, interpolation="nearest")
        line[0].set_ylabel(name, fontsize=10)
    entitle(figure, title)
    return figure
