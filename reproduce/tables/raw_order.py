"""How far nearest neighbours come in order, and the setting of a data set under which they do so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dkva.metrics.kendall import kendall_taus

__all__ = ["CHECK", "CHOOSE", "LEAST", "MOST", "TAU", "TRUE_TAU", "chosen", "found", "taus"]

#: Measures: Kendall's tau of nearest neighbours by raw features, and by canonical time.
TAU, TRUE_TAU = "tau", "true_tau"

#: Where tau of raw features should lie.
LEAST, MOST = 0.5, 0.65

#: Seeds of the data set on which a setting is chosen, and those that check it.
CHOOSE, CHECK = range(5), range(5, 10)


def taus(videos: Sequence[np.ndarray]) -> list[float]:
    """Kendall's tau-b of each video's nearest neighbours, mean over the other videos [n, d] each."""
    return np.nanmean(kendall_taus(videos).pairs, axis=1).tolist()


def chosen(means: Mapping[float, Mapping[int, float]]) -> float:
    """The value whose tau is nearest to the middle of where it should lie, on the seeds for choosing.

    Args:
        means: of tau, of each seed's data set, by value and seed.
    """
    middle = (LEAST + MOST) / 2
    return min(means, key=lambda value: abs(np.mean([means[value][seed] for seed in CHOOSE]) - middle))


def found(means: Mapping[float, Mapping[int, float]]) -> dict:
    """What is asked, the value chosen, and the lowest and highest tau of a seed's data set there.

    Args:
        means: as of `chosen`.
    """
    value = chosen(means)
    ranges = (
        [round(function(means[value][seed] for seed in seeds), 4) for function in (min, max)]
        for seeds in (CHOOSE, CHECK)
    )
    chosen_on, checked_on = ranges
    return {"chosen": value, "range_chosen_on": chosen_on, "range_checked_on": checked_on}
