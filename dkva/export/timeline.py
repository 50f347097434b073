"""Time lines: labels in, figure out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dkva.base.segments import segments

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LOOKS", "bars", "label_text", "styles", "timeline"]

# Okabe & Ito's palette, which colour-blind readers can tell apart, ordered so that neighbours differ in grey.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
_HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo")

#: How many looks there are before they repeat.
LOOKS = len(_COLOURS) * len(_HATCHES)


def styles(labels: Sequence) -> dict:
    """Colour and hatching of each label, told apart in colour, by colour-blind readers and in grey.

    Args:
        labels: each once, in the order in which they get their looks; 48 looks, then they repeat.
    """
    return {
        label: (_COLOURS[i % len(_COLOURS)], _HATCHES[i // len(_COLOURS) % len(_HATCHES)])
        for i, label in enumerate(labels)
    }


def timeline(
    rows: Mapping[str, np.ndarray],
    *,
    matching: Mapping | None = None,
    title: str = "",
    unit: str = "frame",
    order: Sequence = (),
) -> Figure:
    """Rows of labels over time, one colour a label; equal labels have equal colours in every row.

    Args:
        rows: name of each row and its labels [n], integers or strings, drawn from the top.
        matching: labels that mean another one, such as `Scores.matching`: clusters take the colour of the
            true label they are matched to.
        title: what is seen.
        unit: what an index of the rows is.
        order: labels, after matching, in the order in which they get their looks, for pictures of which a
            label looks the same in all; others come after them, as they appear.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    matching = matching or {}
    runs = {
        name: [(start, end, matching.get(label, label)) for start, end, label in segments(labels)]
        for name, labels in rows.items()
    }
    known = list(dict.fromkeys(label for row in runs.values() for _, _, label in row))
    order = [*order, *(label for label in known if label not in set(order))]
    looks = {label: look for label, look in styles(order).items() if label in set(known)}
    longest = max(len(label_text(label)) for label in known)
    legend_rows = -(-len(known) // max(1, min(6, 110 // (longest + 8))))
    columns = -(-len(known) // legend_rows)
    height = 0.9 + 0.5 * len(rows) + 0.24 * legend_rows
    figure = Figure(figsize=(9, height), layout="constrained")
    axes = figure.add_subplot()
    for position, row in enumerate(runs.values()):
        bars(axes, position, row, looks)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, max(len(labels) for labels in rows.values()))
    axes.set_xlabel(unit)
    axes.set_title(textwrap.fill(title, 100), loc="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label_text(label))
        for label, (colour, hatch) in looks.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9)
    return figure


def bars(axes: Axes, position: float, runs: Sequence[tuple], looks: Mapping, height: float = 0.8) -> None:
    """Draw one row of a time line.

    Args:
        axes: of matplotlib.
        position: of the row's middle.
        runs: (start, end, label), in order of time.
        looks: of each label, as `styles` gives them.
        height: of the row.
    """
    shortest = min(end - start for start, end, _ in runs)
    edge = 0.6 if shortest > runs[-1][1] / 300 else 0.0  # white edges would hide the shortest segments
    by_look: dict[tuple, list[tuple]] = {}
    for start, end, label in runs:
        by_look.setdefault(looks[label], []).append((start, end - start))
    for (colour, hatch), spans in by_look.items():
        axes.broken_barh(
            spans,
            (position - height / 2, height),
            facecolors=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=edge,
        )


def label_text(label) -> str:
    """A label beside names of others: a number without a name is no name that is a number."""
    return label if isinstance(label, str) else f"label {label}"
