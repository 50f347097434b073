"""Learning: how the loss falls, and how the synthetic frames move towards the video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from figures.style import COLOURS, bare, entitle

__all__ = ["loss_curves", "motion"]

_SIGNS = ("o", "s", "^", "D", "v", "P", "X")
_FILLS = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#999999", "#D55E00")


def loss_curves(
    panels: Mapping[str, np.ndarray], title: str, *, marked: int | None = None, loss: str = "mean loss"
) -> Figure:
    """The loss over epochs: thin lines are videos, the thick one is their median.

    Args:
        panels: name of each panel and its curves [videos, epochs].
        title: what is seen.
        marked: a number of epochs to mark, such as the one that was chosen.
        loss: what the loss is.
    """
    figure = Figure(figsize=(max(4.2 * len(panels), 5.5), 3.7), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True).ravel()
    for axes, (name, curves) in zip(grid, panels.items(), strict=True):
        epochs = np.arange(1, curves.shape[1] + 1)
        axes.plot(epochs, curves.T, color="#9a9a9a", linewidth=0.6)
        axes.plot([], [], color="#9a9a9a", linewidth=0.6, label="a video")
        axes.plot(epochs, np.median(curves, axis=0), color=COLOURS[1], linewidth=2.4, label="median")
        if marked:
            axes.axvline(marked, color="black", linestyle="--", linewidth=1, label=f"{marked} epochs")
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("epoch")
        bare(axes)
    grid[0].set_ylabel(loss)
    figure.legend(
        *grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9
    )
    entitle(figure, title)
    return figure


def motion(
    frames: np.ndarray,
    truth: np.ndarray,
    path: np.ndarray,
    title: str,
    *,
    shares: Sequence[float] | None = None,
    epoch: int | None = None,
) -> Figure:
    """Frames of a video as points in the plane, and the way of its synthetic frames from circle to star.

    The axes are the same for every `epoch`, so that the pictures of one video can follow each other.

    Args:
        frames: projected frames [n, 2], no unit.
        truth: name of each frame's true action [n].
        path: projected synthetic frames after each epoch, before the first at index 0 [epochs + 1, m, 2].
        title: what is seen.
        shares: how much of the frames' variance each axis holds, from 0 to 1.
        epoch: draw the way up to here; None for the whole of it.
    """
    last = len(path) - 1 if epoch is None else epoch
    figure = Figure(figsize=(6.6, 5.6), layout="constrained")
    axes = figure.add_subplot()
    for index, name in enumerate(sorted(set(truth.tolist()))):
        mine = frames[truth == name]
        axes.scatter(
            mine[:, 0],
            mine[:, 1],
            s=26,
            marker=_SIGNS[index % len(_SIGNS)],
            color=_FILLS[index % len(_FILLS)],
            edgecolors="#444444",
            linewidths=0.4,
            label=name,
        )
    for way in np.swapaxes(path[: last + 1], 0, 1):
        x, y = way.T
        axes.plot(x, y, color="black", linewidth=1.2, zorder=3)
        axes.scatter(x[:1], y[:1], s=70, marker="o", facecolors="white", edgecolors="black", zorder=4)
        axes.scatter(x[-1:], y[-1:], s=90, marker="*", color="black", edgecolors="white", zorder=5)
    axes.plot([], [], "o", color="white", markeredgecolor="black", markersize=8, label="initial frame")
    axes.plot([], [], "*", color="black", markersize=10, label="learned frame")
    points = np.concatenate([frames, path.reshape(-1, 2)])
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.06 * (high - low)
    axes.set_xlim(low[0] - edge[0], high[0] + edge[0])
    axes.set_ylim(low[1] - edge[1], high[1] + edge[1])
    names = ["first principal component", "second principal component"]
    if shares is not None:
        names = [f"{name} ({share:.0%} of the variance)" for name, share in zip(names, shares, strict=True)]
    axes.set_xlabel(names[0], fontsize=9)
    axes.set_ylabel(names[1], fontsize=9)
    bare(axes, None)
    if epoch is not None:
        axes.set_title(f"after {epoch} of {len(path) - 1} epochs", loc="left", fontsize=10)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    entitle(figure, title)
    return figure
