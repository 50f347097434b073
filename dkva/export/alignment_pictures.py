"""The picture of two aligned videos: time lines joined by lines, and the transport as a heat map."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.base.segments import Segment, segments
from dkva.export.alignment import Matches
from dkva.export.timeline import bars, label_text, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

__all__ = ["Line", "alignment_picture", "pooled"]

#: Lines between the time lines, about.
_LINES = 48

#: Cells of the heat map along each side at most: more would be thinner than a pixel, and thin paths fade.
_CELLS = 480

# Bars of videos without labels, and frames without a match.
_PLAIN = {None: ("#BBBBBB", "")}
_ALONE = "black"

# Middles of the two bars, from their middles to their edges, and how thick the marks of unmatched frames are.
_TOP, _BOTTOM = 0.0, 4.0
_EDGE = 0.4
_MARK = 0.15


class Line(NamedTuple):
    """One of the videos in a picture.

    Attributes:
        name: of it.
        frames: their number.
        labels: of all frames [frames], of which equal ones look the same in both videos; None for none.
    """

    name: str
    frames: int
    labels: np.ndarray | None = None

    @property
    def runs(self) -> list[Segment]:
        """Its segments, or one of all frames."""
        return [Segment(0, self.frames, None)] if self.labels is None else segments(self.labels)


def alignment_picture(
    a: Line,
    b: Line,
    shares: Float[np.ndarray, "n m"],
    matches: Matches,
    *,
    every: int = 1,
    rate: float | None = None,
    title: str = "",
) -> Figure:
    """Both time lines, each over the whole width, with some of the matched frames joined; beneath all shares.

    Columns of the heat map stand below their frames on the time line of B.

    Args:
        a: the first video.
        b: the other; it has labels if the first has.
        shares: of each frame of A's mass, what each frame of B has of it.
        matches: of the same frames.
        every: of how many frames these are one.
        rate: frames a second, for axes in seconds; None means in frames.
        title: what is seen.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    known = {run.label for line in (a, b) for run in line.runs if line.labels is not None}
    looks = styles(sorted(known)) or _PLAIN
    figure = Figure(figsize=(9, 9.6), layout="constrained")
    grid = figure.add_gridspec(2, 3, height_ratios=(2, 5), width_ratios=(1, 40, 1))
    _time_lines(figure.add_subplot(grid[0, 1]), a, b, looks, matches, every, rate)
    heat = figure.add_subplot(grid[1, 1])
    drawn = _heat_map(heat, a, b, shares, rate)
    _standing(figure.add_subplot(grid[1, 0], sharey=heat), a, looks, rate)
    figure.colorbar(drawn, cax=figure.add_subplot(grid[1, 2]), label="share of a frame (row)")
    figure.suptitle(textwrap.fill(title, 100), x=0.01, ha="left", fontsize=11)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label_text(label))
        for label, (colour, hatch) in looks.items()
        if label is not None
    ]
    if (matches.partner < 0).any() or matches.unmatched_b.any():
        handles.append(Patch(facecolor=_ALONE, label="no match"))
    if handles:
        columns = min(6, len(handles))
        figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9)
    return figure


def _time_lines(
    axes: Axes, a: Line, b: Line, looks: Mapping, matches: Matches, every: int, rate: float | None
) -> None:
    """Both bars and the lines between them; time runs in shares of each video."""
    from matplotlib import colormaps
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_hex

    _bar(axes, a, _TOP, looks, rate, edge="top")
    _bar(axes, b, _BOTTOM, looks, rate, edge="bottom")
    _mark(axes, matches.partner < 0, _TOP + _EDGE, every / a.frames)
    _mark(axes, matches.unmatched_b, _BOTTOM - _EDGE - _MARK, every / b.frames)
    n = len(matches.partner)
    chosen = np.unique(np.linspace(0, n - 1, min(n, _LINES)).round().astype(int))
    chosen = chosen[matches.partner[chosen] >= 0]
    starts = (chosen + 0.5) * every / a.frames
    ends = (matches.partner[chosen] + 0.5) * every / b.frames
    if a.labels is None:  # by the time in A, so that lines can be followed all the same
        colours = [to_hex(colour) for colour in colormaps["viridis"](starts)]
    else:
        colours = [looks[label][0] for label in a.labels[chosen * every].tolist()]
    axes.add_collection(
        LineCollection(
            [
                [(start, _TOP + _EDGE + _MARK), (end, _BOTTOM - _EDGE - _MARK)]
                for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            ],
            colors=colours,
            linewidths=1.3,
        )
    )
    axes.set_ylim(_BOTTOM + 0.5, _TOP - 0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _bar(
    axes: Axes,
    line: Line,
    position: float,
    looks: Mapping,
    rate: float | None,
    *,
    edge: Literal["top", "bottom"],
) -> None:
    """A video's bar, with its own axis of time at the edge."""
    of = line.frames
    bars(axes, position, [(start / of, end / of, label) for start, end, label in line.runs], looks)
    length = of / (rate or 1)
    there_and_back = (lambda share: np.multiply(share, length), lambda time: np.divide(time, length))
    axis = axes.secondary_xaxis(edge, functions=there_and_back)
    axis.set_xlabel(_called(line, rate))


def _mark(axes: Axes, alone: np.ndarray, foot: float, width: float) -> None:
    """Mark frames, each of the width, that have no match."""
    spans = [(width * start, width * (end - start)) for start, end, there in segments(alone) if there]
    axes.broken_barh(spans, (foot, _MARK), facecolors=_ALONE)


def _heat_map(axes: Axes, a: Line, b: Line, shares: np.ndarray, rate: float | None) -> AxesImage:
    from matplotlib.colors import PowerNorm

    second = rate or 1
    drawn = axes.imshow(
        pooled(shares, _CELLS),
        extent=(0, b.frames / second, a.frames / second, 0),
        aspect="auto",
        interpolation="nearest",
        cmap="Greys",
        norm=PowerNorm(0.5, vmin=0),  # a frame's mass that is spread over many others is seen, too
    )
    axes.set_xlabel(_called(b, rate))
    axes.tick_params(axis="y", left=False, labelleft=False)
    return drawn


def _standing(axes: Axes, a: Line, looks: Mapping, rate: float | None) -> None:
    """The time line of A beside the rows of the heat map."""
    second = rate or 1
    for label, (colour, hatch) in looks.items():
        spans = [(start / second, (end - start) / second) for start, end, each in a.runs if each == label]
        bottoms, heights = zip(*spans, strict=True) if spans else ((), ())
        axes.bar(
            [0] * len(spans), heights, 1, bottoms, color=colour, hatch=hatch, edgecolor="white", linewidth=0
        )
    axes.set_xlim(-0.5, 0.5)
    axes.set_xticks([])
    axes.set_ylabel(_called(a, rate))
    axes.spines[:].set_visible(False)


def _called(line: Line, rate: float | None) -> str:
    return f"{line.name}, {'frame' if rate is None else 'seconds'}"


def pooled(values: Float[np.ndarray, "n m"], most: int) -> Float[np.ndarray, "p q"]:
    """The largest value of each block, so that neither side has more than `most`, and no path gets lost."""
    for axis in (0, 1):
        length = values.shape[axis]
        starts = np.arange(0, length, -(-length // most))
        values = np.maximum.reduceat(values, starts, axis=axis)
    return values
