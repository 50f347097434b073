"""The picture of frames that were found for a frame: how far each frame of each video is from it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.export.alignment_pictures import pooled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Strip", "retrieval_picture"]

# Videos below the query at most: more would be no picture to look at.
_MOST = 40

# Cells of a strip at most: more would be thinner than a pixel, and short visits fade.
_CELLS = 900

# From the middle of a strip to its edge, and to its marks.
_EDGE = 0.3
_MARKS = 0.4


class Strip(NamedTuple):
    """One video in a picture.

    Attributes:
        name: of it.
        distances: of each of its frames to the frame that was asked for [n].
        marked: the frames to mark: the one that was asked for, or those that were found.
    """

    name: str
    distances: Float[np.ndarray, " n"]
    marked: Sequence[int]


def retrieval_picture(
    query: Strip, found: Sequence[Strip], *, rate: float | None = None, title: str = ""
) -> Figure:
    """A strip a video over time, bright where it is near; the query on top, and a mark at each found frame.

    Args:
        query: the video that was asked with.
        found: the others, those with the nearest frames first; more than 40 are left out.
        rate: frames a second, for an axis in seconds; None means in frames.
        title: what is seen.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure

    strips = [query, *found[:_MOST]]
    second = rate or 1
    farthest = max(float(strip.distances.max()) for strip in strips) or 1.0
    figure = Figure(figsize=(9, 1.5 + 0.4 * len(strips)), layout="constrained")
    axes = figure.add_subplot()
    for position, strip in enumerate(strips):
        drawn = axes.imshow(
            -pooled(-strip.distances[None], _CELLS),  # the nearest frame of each cell
            extent=(0, len(strip.distances) / second, position + _EDGE, position - _EDGE),
            aspect="auto",
            interpolation="nearest",
            cmap="viridis_r",
            vmin=0,
            vmax=farthest,
        )
        times = [(frame + 0.5) / second for frame in strip.marked]
        axes.plot(times, [position - _MARKS] * len(times), "v", color="black", clip_on=False)
    axes.set_yticks(range(len(strips)), [strip.name for strip in strips])
    axes.set_ylim(len(strips) - 0.5, -0.6)
    axes.set_xlim(0, max(len(strip.distances) for strip in strips) / second)
    axes.set_xlabel("frame" if rate is None else "seconds")
    axes.set_title(textwrap.fill(title, 90), loc="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.colorbar(drawn, ax=axes, label="distance")
    return figure
