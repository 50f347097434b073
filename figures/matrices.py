"""Kernels between frames as heat maps: similarity to the synthetic frames, and Gram matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from figures.style import MAP, entitle

__all__ = ["gram_matrices", "similarity_map"]


def similarity_map(
    similarity: np.ndarray, boundaries: Sequence[int], title: str, *, quantity: str, unit: str = "frame"
) -> Figure:
    """Kernel of each frame and each synthetic frame over time, true boundaries dashed.

    The white line runs through each frame's most similar synthetic frame, which is its label.

    Args:
        similarity: [n, m].
        boundaries: first frame of each true segment but the first.
        title: what is seen.
        quantity: what a colour means, with its unit.
        unit: what an index of the frames is.
    """
    n, m = similarity.shape
    figure = Figure(figsize=(9, 1.6 + 0.34 * m), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(
        similarity.T, aspect="auto", interpolation="nearest", cmap=MAP, extent=(0, n, m - 0.5, -0.5)
    )
    axes.vlines(list(boundaries), -0.5, m - 0.5, colors="black", linewidth=3)
    axes.vlines(list(boundaries), -0.5, m - 0.5, colors="white", linewidth=1.4, linestyles="--")
    best = np.argmax(similarity, axis=1)
    places = np.repeat(np.arange(n + 1), 2)[1:-1]
    axes.plot(places, np.repeat(best, 2), color="black", linewidth=3.4)
    axes.plot(places, np.repeat(best, 2), color="white", linewidth=1.6, label="label")
    axes.set_yticks(range(m), [str(i + 1) for i in range(m)])
    axes.set_ylabel("synthetic frame")
    axes.set_xlabel(unit)
    figure.colorbar(image, ax=axes, label=quantity, pad=0.01)
    entitle(figure, title)
    return figure


def gram_matrices(
    grams: Mapping[str, np.ndarray], boundaries: Sequence[int], title: str, *, unit: str = "frame"
) -> Figure:
    """One video's Gram matrix for each kernel, each with a scale of its own; true boundaries as ticks.

    The scales' pointed ends say that the few values beyond have the colour of the end.

    Args:
        grams: name of each kernel and its matrix [n, n].
        boundaries: first frame of each true segment but the first.
        title: what is seen.
        unit: what an index of the frames is.
    """
    columns = min(4, len(grams))
    lines = -(-len(grams) // columns)
    figure = Figure(figsize=(2.9 * columns, 2.5 * lines + 0.4), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, (name, gram) in zip(grid, grams.items(), strict=False):
        n = len(gram)
        image = axes.imshow(gram, interpolation="nearest", cmap=MAP, extent=(0, n, n, 0))
        axes.set_xticks([0, n])
        axes.set_yticks([0, n])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(list(boundaries), minor=True)
        axes.tick_params(which="minor", length=4, width=1.2)
        axes.tick_params(which="major", length=0, labelsize=8)
        axes.set_xlabel(unit, fontsize=9, labelpad=1)
        axes.set_title(name, fontsize=10)
        bar = figure.colorbar(image, ax=axes, fraction=0.046, pad=0.03, extend="both", extendfrac=0.03)
        bar.ax.tick_params(labelsize=7)
    for axes in grid[len(grams) :]:
        axes.set_visible(False)
    entitle(figure, title)
    return figure
