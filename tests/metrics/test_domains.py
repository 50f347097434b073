"""Means of domain means against plain loops, and what they must be on hand-sized cases."""

import numpy as np
import pytest

from dkva.metrics.bootstrap import bootstrap_interval
from dkva.metrics.domains import domain_mean, resampled_means

pytestmark = pytest.mark.fast


def test_every_domain_counts_the_same():
    found = domain_mean([0.0, 0.0, 0.0, 1.0], ["a", "a", "a", "b"])
    assert (found.mean, found.sequences, found.domains) == (0.5, 4, 2)


def test_one_domain_has_the_interval_of_the_plain_bootstrap():
    values = np.random.default_rng(0).normal(size=9)
    found = domain_mean(values, ["a"] * 9)
    assert (found.low, found.high) == bootstrap_interval(values)


def test_sequences_are_drawn_within_their_domains():
    values, domains = [0.0, 1.0, 10.0, 30.0, 7.0], ["a", "a", "b", "b", "c"]
    drawn = resampled_means(values, domains)
    possible = {(a + b + 7) / 3 for a in (0, 0.5, 1) for b in (10, 20, 30)}
    assert {round(mean, 9) for mean in drawn} == {round(mean, 9) for mean in possible}
    # Each mean of a and each of b: probabilities 1/4, 1/2, 1/4 in both, drawn independently.
    share = np.mean(np.isclose(drawn, (0 + 10 + 7) / 3))
    assert abs(share - 1 / 16) < 5 * np.sqrt(1 / 16 * 15 / 16 / len(drawn))


def test_interval_shrinks_as_the_standard_error_of_independent_domains():
    rng = np.random.default_rng(1)
    values, domains = rng.normal(size=200), np.repeat(["a", "b"], 100).tolist()
    found = domain_mean(values, domains)
    error = np.sqrt(values[:100].var() / 100 + values[100:].var() / 100) / 2
    assert abs((found.high - found.low) / 2 / (1.96 * error) - 1) < 0.05


def test_no_domain_of_two_has_no_interval():
    found = domain_mean([0.2, 0.4], ["a", "b"])
    assert found.mean == pytest.approx(0.3)
    assert np.isnan([found.low, found.high]).all()


def test_a_domain_of_one_adds_no_width():
    wide = domain_mean([0.0, 1.0], ["a", "a"])
    both = domain_mean([0.0, 1.0, 0.5], ["a", "a", "b"])
    assert both.high - both.low == pytest.approx((wide.high - wide.low) / 2)


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [[1.0]]])
def test_one_value_a_sequence(values):
    with pytest.raises(ValueError, match="give one a sequence"):
        domain_mean(values, ["a"])
