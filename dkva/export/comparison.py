"""A picture of methods compared by domain: means and intervals in, figure out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from dkva.export.timeline import styles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bar", "comparison_figure"]

# Pale, so that marks stand out on the bars.
_FIRST, _OTHERS = "#a9cbe3", "#d9d9d9"

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


class Bar(NamedTuple):
    """What is drawn of one method, all as shares.

    Attributes:
        mean: mean of domain means.
        low: lower end of its interval; NaN if there is none.
        high: upper end.
        domains: mean of each domain, by name.
    """

    mean: float
    low: float
    high: float
    domains: Mapping[str, float]


def comparison_figure(bars: Mapping[str, Bar], title: str, axis: str) -> Figure:
    """A line a method: a bar to its mean with the interval, and a mark for each domain.

    Args:
        bars: by method, drawn from the top.
        title: what is seen.
        axis: what the scores are, without the unit; they are drawn in %.

    Returns:
        A matplotlib figure that belongs to no window; the caller saves it.
    """
    from matplotlib.figure import Figure

    domains = list(next(iter(bars.values())).domains)
    looks = styles(domains)
    figure = Figure(figsize=(9, 1.5 + 0.36 * len(bars) + 0.2 * (len(domains) > 1)), layout="constrained")
    axes = figure.add_subplot()
    for place, bar in enumerate(bars.values()):
        axes.barh(place, 100 * bar.mean, height=0.7, color=_FIRST if place == 0 else _OTHERS, zorder=1)
        if not math.isnan(bar.low):
            axes.plot([100 * bar.low, 100 * bar.high], [place, place], color="black", linewidth=2, zorder=3)
    if len(domains) > 1:
        for index, domain in enumerate(domains):
            axes.scatter(
                [100 * bar.domains[domain] for bar in bars.values()],
                range(len(bars)),
                s=34,
                marker=_MARKERS[(index + index // len(_MARKERS)) % len(_MARKERS)],
                color=looks[domain][0],
                edgecolors="black",
                linewidths=0.6,
                clip_on=False,
                label=domain,
                zorder=4,
            )
        figure.legend(loc="outside lower center", ncols=min(6, len(domains)), frameon=False)
    axes.set_yticks(range(len(bars)), list(bars))
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel(f"{axis}, in %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(textwrap.fill(title, 95), fontsize=10, loc="left")
    return figure
