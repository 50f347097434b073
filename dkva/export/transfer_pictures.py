"""The picture of labels that one video gave to others: time lines beneath each other, one colour a label."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dkva.base.segments import segments
from dkva.export.timeline import bars, label_text, styles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Row", "transfer_picture"]

# Heights of time lines and of the truths beneath them, and of the gap below the labelled video.
_LINE, _TRUTH, _GAP = 0.8, 0.25, 0.45


class Row(NamedTuple):
    """One of the videos in a picture.

    Attributes:
        name: of it.
        labels: of its frames [n], given or transferred.
        truth: true labels of its frames [n], drawn as a thin line beneath; None for none.
        said: what stands at the end of the line, such as a score.
        rate: frames a second; None if not known.
    """

    name: str
    labels: np.ndarray
    truth: np.ndarray | None = None
    said: str = ""
    rate: float | None = None


def transfer_picture(labelled: Row, others: Sequence[Row], *, title: str = "") -> Figure:
    """The labelled video on top and the others beneath it, on one axis: of seconds if all rates are known.

    Args:
        labelled: whose labels the others have.
        others: in the order from the top.
        title: what is seen.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    rows = [labelled, *others]
    timed = all(row.rate is not None for row in rows)
    seconds = [(row.rate or 1) if timed else 1 for row in rows]
    drawn = [each for row in rows for each in (row.labels, row.truth) if each is not None]
    known = list(dict.fromkeys(label for each in drawn for label in each.tolist()))
    looks = styles(known)
    longest = max(len(label_text(label)) for label in known)
    columns = min(len(known), max(1, min(6, 110 // (longest + 8))))
    positions = [index + _GAP * (index > 0) for index in range(len(rows))]
    height = 1.3 + 0.5 * (len(rows) + _GAP) + 0.24 * -(-len(known) // columns)
    figure = Figure(figsize=(9, height), layout="constrained")
    axes = figure.add_subplot()
    for position, row, rate in zip(positions, rows, seconds, strict=True):
        line = _LINE if row.truth is None else _LINE - _TRUTH
        middle = position - (_LINE - line) / 2
        bars(axes, middle, _timed(row.labels, rate), looks, line)
        if row.truth is not None:
            bars(axes, position + line / 2 + 0.02, _timed(row.truth, rate), looks, _TRUTH - 0.04)
        if row.said:
            end = (len(row.labels) / rate, middle)
            axes.annotate(row.said, end, (5, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(positions, [row.name for row in rows])
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.set_ylim(positions[-1] + 0.5, -0.5)
    axes.set_xlim(0, max(len(row.labels) / rate for row, rate in zip(rows, seconds, strict=True)))
    axes.set_xlabel("seconds" if timed else "frame")
    figure.suptitle(textwrap.fill(title, 100), x=0.01, ha="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label_text(label))
        for label, (colour, hatch) in looks.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9)
    return figure


def _timed(labels: np.ndarray, rate: float) -> list[tuple]:
    """Runs of labels in seconds, or in frames at a rate of 1."""
    return [(start / rate, end / rate, label) for start, end, label in segments(labels)]
