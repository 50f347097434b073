"""Means of domain means against plain loops, and what they must be on hand-sized cases."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from dkva.metrics.bootstrap import bootstrap_interval
from dkva.metrics.domains import domain_mean, mean_of_domains, resampled_means, sign_flip_p

pytestmark = pytest.mark.fast


def test_every_domain_counts_the_same():
    found = domain_mean([0.0, 0.0, 0.0, 1.0], ["a", "a", "a", "b"])
    assert (found.mean, found.sequences, found.domains) == (0.5, 4, 2)
    assert mean_of_domains([0.0, 0.0, 0.0, 1.0], ["a", "a", "a", "b"]) == found.mean


def test_one_domain_has_the_interval_of_the_plain_bootstrap():
    values = np.random.default_rng(0).normal(size=9)
    found = domain_mean(values, ["a"] * 9)
    # Means of nine numbers of size 1, summed in another order.
    assert (found.low, found.high) == pytest.approx(bootstrap_interval(values), rel=0, abs=36 * 2.3e-16)


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
    for mean in (domain_mean, mean_of_domains):
        with pytest.raises(ValueError, match="give one a sequence"):
            mean(values, ["a"])


def test_p_values_of_few_differences_by_hand():
    assert sign_flip_p([1.0, 1.0, 1.0], ["a"] * 3) == 2 / 8
    assert sign_flip_p([1.0, -1.0], ["a", "a"]) == 1
    assert sign_flip_p([0.0], ["a"]) == 1
    # Of 2, 1 in one domain and 4 in another the means are (±2 ± 1)/4 ± 2: two of eight are as far as 2.75.
    assert sign_flip_p([2.0, 1.0, 4.0], ["a", "a", "b"]) == 2 / 8
    # Seven of one sign and one small of the other: 4 of 256 flips are as far from 0.
    assert sign_flip_p([1.0] * 7 + [-0.5], ["a"] * 8) == 4 / 256


def test_p_values_of_one_domain_are_scipys():
    values = np.random.default_rng(3).normal(0.4, 1, 10)
    theirs = permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert sign_flip_p(values, ["a"] * 10) == pytest.approx(theirs.pvalue, abs=1e-12)


def test_p_values_of_many_differences_are_drawn():
    rng = np.random.default_rng(0)
    assert sign_flip_p(rng.normal(1, 1, 40), ["a"] * 40) == 1 / 10000
    assert sign_flip_p(rng.normal(0, 1, 40), ["a", "b"] * 20) > 0.05


@pytest.mark.parametrize("domains", [["a"] * 6, ["a", "a", "b", "c", "d", "e", "f"]])
def test_p_values_are_rarely_small_by_chance(domains):
    rng = np.random.default_rng(0)
    p = np.array([sign_flip_p(rng.normal(size=len(domains)), domains) for _ in range(400)])
    assert np.mean(p <= 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
