"""Means over domains: every domain counts the same, however many sequences it has."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.metrics.bootstrap import bootstrap_weights

__all__ = ["DomainMean", "domain_mean", "resampled_means"]


class DomainMean(NamedTuple):
    """A mean of domain means, its 95 % interval, and how many sequences and domains it is of.

    The interval is NaN if no domain has two sequences. A domain of one sequence adds nothing to its width:
    with several of these it is too narrow.
    """

    mean: float
    low: float
    high: float
    sequences: int
    domains: int


def domain_mean(values, domains: Sequence[Hashable]) -> DomainMean:
    """Mean of the domains' means, with a percentile bootstrap over the sequences within each domain.

    Args:
        values: one a sequence [n].
        domains: of each sequence [n].

    Raises:
        ValueError: no values, or not one domain a value.
    """
    drawn = resampled_means(values, domains)
    members = _members(domains)
    mean = float(np.mean([np.asarray(values, np.float64)[rows].mean() for rows in members]))
    if max(map(len, members)) < 2:
        return DomainMean(mean, np.nan, np.nan, len(domains), len(members))
    low, high = np.percentile(drawn, (2.5, 97.5))
    return DomainMean(mean, float(low), float(high), len(domains), len(members))


def resampled_means(values, domains: Sequence[Hashable]) -> Float[np.ndarray, " r"]:
    """The mean of domain means in each bootstrap resample [9999].

    The resamples are the same for the same domains, so that those of two methods are paired.

    Args:
        values: one a sequence [n].
        domains: of each sequence [n].

    Raises:
        ValueError: no values, or not one domain a value.
    """
    numbers = np.asarray(values, np.float64)
    if numbers.ndim != 1 or not len(numbers) or len(numbers) != len(domains):
        raise ValueError(
            f"values have shape {numbers.shape} and there are {len(domains)} domains: give one a sequence"
        )
    # Each domain draws by a seed of its own: two of equal size must not draw the same places.
    means = [
        bootstrap_weights(len(rows), seed) @ numbers[rows] for seed, rows in enumerate(_members(domains))
    ]
    return np.mean(means, axis=0)


def _members(domains: Sequence[Hashable]) -> list[list[int]]:
    """Places of each domain's sequences, domains in order of first appearance."""
    members: dict[Hashable, list[int]] = {}
    for place, domain in enumerate(domains):
        members.setdefault(domain, []).append(place)
    return list(members.values())
