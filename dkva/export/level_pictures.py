"""Pictures of levels: the cuts of a video into several numbers of segments, and the curve of a hint."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import scipy

from dkva.base.segments import segments
from dkva.export.timeline import bars, styles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["inherited", "levels_picture", "suggestion_curve"]

_LEGEND_COLUMNS = 6

# How a picture names the rules of a suggestion.
_RULES = {"penalty": "penalty", "eigengap": "eigengap", "tw_finch": "TW-FINCH"}


def inherited(coarse: np.ndarray, fine: np.ndarray, looks: Mapping, used: int) -> dict:
    """A look for each label of a row, taken over from the label of another row that shares its frames.

    Args:
        coarse: labels of the other row [n].
        fine: labels of the row [n].
        looks: number of the look of each label of the other row.
        used: numbers that the picture has given so far, 0, 1, …, also to labels that are gone.

    Returns:
        Number of the look of each label of the row: that of its partner in the matching of most shared
        frames, or the next one that the picture has not given.
    """
    olds, old = np.unique(coarse, return_inverse=True)
    news, new = np.unique(fine, return_inverse=True)
    shared = np.zeros((len(news), len(olds)), np.int64)
    np.add.at(shared, (new, old), 1)
    rows, columns = scipy.optimize.linear_sum_assignment(shared, maximize=True)
    taken = {
        news[row].item(): looks[olds[column].item()]
        for row, column in zip(rows, columns, strict=True)
        if shared[row, column]
    }
    left = itertools.count(used)
    for label in dict.fromkeys(fine.tolist()):
        if label not in taken:
            taken[label] = next(left)
    return taken


def levels_picture(
    levels: Mapping[int, np.ndarray],
    *,
    truth: np.ndarray | None = None,
    chosen: int | None = None,
    title: str = "",
) -> Figure:
    """One line a level, the coarsest on top; a label keeps the colour of the one that it is cut off.

    A colour is not given again to what is no part of its first label, until all 48 looks are.

    Args:
        levels: labels [n] of each number of segments, from the coarsest on.
        truth: true labels [n], drawn above in the colours of the level of as many labels, or the nearest.
        chosen: the level whose number is written in bold, if any.
        title: what is seen.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    looks: dict[int, dict] = {}
    coarser = None
    used = 0
    for k, labels in levels.items():
        if coarser is None:
            looks[k] = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()))}
        else:
            looks[k] = inherited(levels[coarser], labels, looks[coarser], used)
        coarser = k
        used = max(used, 1 + max(looks[k].values()))
    rows = [(str(k), labels, looks[k]) for k, labels in levels.items()]
    names: dict = {}
    if truth is not None:
        count = len(set(truth.tolist()))
        nearest = min(levels, key=lambda k: abs(k - count))
        names = inherited(levels[nearest], truth, looks[nearest], used)
        rows.insert(0, ("truth", truth, names))
    palette = styles(range(1 + max(number for _, _, row in rows for number in row.values())))
    legend_rows = -(-len(names) // _LEGEND_COLUMNS)
    figure = Figure(figsize=(9, 1.0 + 0.32 * len(rows) + 0.24 * legend_rows), layout="constrained")
    axes = figure.add_subplot()
    for position, (_, labels, numbers) in enumerate(rows):
        bars(axes, position, segments(labels), {label: palette[number] for label, number in numbers.items()})
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    for tick, (name, _, _) in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if name == str(chosen) else "normal")
    axes.set_ylabel("segments asked for" if len(rows) > 5 else "")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, len(rows[0][1]))
    axes.set_xlabel("frame")
    axes.set_title(textwrap.fill(title, 100), loc="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    if names:
        handles = [
            Patch(facecolor=palette[number][0], hatch=palette[number][1], edgecolor="white", label=str(label))
            for label, number in names.items()
        ]
        figure.legend(
            handles=handles, loc="outside lower center", ncols=_LEGEND_COLUMNS, frameon=False, fontsize=9
        )
    return figure


def suggestion_curve(suggestion: Mapping, *, title: str = "") -> Figure:
    """Scatter of each level, plain and penalised, the number that is hinted at, and those of its rules.

    The least of the penalised scatter is the number of its rule, if the curve begins no later.

    Args:
        suggestion: as a document has it, with `k`, `rules` and `curve`.
        title: what is seen.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    numbers = [level["n_segments"] for level in suggestion["curve"]]
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.add_subplot()
    (blue, _), (orange, _) = styles(range(2)).values()
    axes.plot(numbers, [level["scatter"] for level in suggestion["curve"]], "o-", color=blue, label="scatter")
    priced = {
        level["n_segments"]: level["penalised"] for level in suggestion["curve"] if "penalised" in level
    }
    axes.plot(list(priced), list(priced.values()), "s--", color=orange, label="penalised scatter")
    axes.axvline(suggestion["k"], color="black", linewidth=1.2, label=f"hint: {suggestion['k']}")
    highest = max([*priced.values(), *(level["scatter"] for level in suggestion["curve"])])
    axes.set_ylim(0, 1.08 * highest or 1)
    axes.set_ylabel("scatter of one segment = 1")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("segments asked for")
    rules = {name: k for name, k in suggestion["rules"].items() if k is not None}
    said = ", ".join(f"{k} by {_RULES[name]}" for name, k in rules.items())
    axes.set_title(textwrap.fill(f"{title}: {said}", 80), loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="best")
    return figure
