"""Means over domains: every domain counts the same, however many sequences it has."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.metrics.bootstrap import RESAMPLES, middle_95

__all__ = ["DomainMean", "domain_mean", "mean_of_domains", "resampled_means", "sign_flip_p"]

# Up to so many sequences all flips are tried.
_EXACT = 13


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
    mean, members = mean_of_domains(values, domains), _members(domains)
    if max(map(len, members)) < 2:
        return DomainMean(mean, np.nan, np.nan, len(domains), len(members))
    return DomainMean(mean, *middle_95(resampled_means(values, domains)), len(domains), len(members))


def mean_of_domains(values, domains: Sequence[Hashable]) -> float:
    """The mean that `domain_mean` gives of the same arguments, without its interval, which takes longer."""
    numbers = _checked(values, domains)
    return float(np.mean([numbers[rows].mean() for rows in _members(domains)]))


def resampled_means(values, domains: Sequence[Hashable]) -> Float[np.ndarray, " r"]:
    """The mean of domain means in each bootstrap resample [9999].

    The resamples are the same for the same domains, so that those of two methods are paired.

    Args:
        values: one a sequence [n].
        domains: of each sequence [n].

    Raises:
        ValueError: no values, or not one domain a value.
    """
    numbers = _checked(values, domains)
    # Each domain draws by a seed of its own: two of equal size must not draw the same places.
    drawn = (numbers[rows][_draws(len(rows), seed)] for seed, rows in enumerate(_members(domains)))
    return np.mean([each.mean(axis=1) for each in drawn], axis=0)


@functools.lru_cache(maxsize=16)  # methods are compared on the same sequences, by several measures
def _draws(n: int, seed: int) -> np.ndarray:
    """Places of the values in each resample [9999, n]."""
    return np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))


def sign_flip_p(differences, domains: Sequence[Hashable]) -> float:
    """Two-sided p-value of paired differences: how often a mean of domain means is as far from 0 by chance.

    If neither method is better each difference is as likely with the other sign (Fisher's sign-flip test).
    Unlike a percentile interval it keeps its error rate with few sequences, and with domains of one: five
    sequences or fewer cannot give a p-value below 0.05.

    Args:
        differences: one a sequence [n].
        domains: of each sequence [n].

    Returns:
        Share of the flips of signs, all of them for up to 13 sequences and 9999 random ones and the given
        signs for more, whose mean is at least as far from 0.

    Raises:
        ValueError: no differences, or not one domain a difference.
    """
    numbers, members = _checked(differences, domains), _members(domains)
    n = len(numbers)
    weights = np.empty(n)
    for rows in members:
        weights[rows] = 1 / (len(rows) * len(members))
    if n <= _EXACT:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    else:
        signs = np.random.default_rng(0).choice((-1, 1), (RESAMPLES + 1, n))
        signs[0] = 1
    means = np.abs(signs @ (weights * numbers))
    observed = abs(weights @ numbers)
    # Sums of n products in another order.
    return float(np.mean(means >= observed - 4 * n * np.finfo(float).eps * np.abs(weights * numbers).sum()))


def _checked(values, domains: Sequence[Hashable]) -> Float[np.ndarray, " n"]:
    numbers = np.asarray(values, np.float64)
    if numbers.ndim != 1 or not len(numbers) or len(numbers) != len(domains):
        raise ValueError(
            f"values have shape {numbers.shape} and there are {len(domains)} domains: give one a sequence"
        )
    return numbers


def _members(domains: Sequence[Hashable]) -> list[list[int]]:
    """Places of each domain's sequences, domains in order of first appearance."""
    members: dict[Hashable, list[int]] = {}
    for place, domain in enumerate(domains):
        members.setdefault(domain, []).append(place)
    return list(members.values())
