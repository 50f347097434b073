"""F1 of sampled segments: as published, and its expectation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.metrics.sampled_f1 import DRAWN, REPETITIONS, expected_hits, f1_of_hits, run_starts, sampled_hits

pytestmark = pytest.mark.fast

# design/peers/segmentation_metrics.md, section 4: clusters 0 1 2 mapped to 1 2 0, cluster 3 to no class.
TRUTH = np.repeat([0, 1, 2, 1], [6, 4, 6, 4])
MAPPED = np.repeat([0, 1, 2, 3], [5, 7, 4, 4])

videos = st.integers(1, 25).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def f1(hits, runs, n_videos, classes):
    """Precision and recall as the specification writes them."""
    precision, recall = hits / (n_videos * classes * 50), hits / (runs * 50)
    return 2 * precision * recall / (precision + recall + 1e-8)


def of(hits, runs, n_videos, classes):
    return float(f1_of_hits(*(np.array([each], float) for each in (hits, runs, n_videos, classes)))[0])


def test_golden_case():
    hits = sampled_hits(TRUTH, MAPPED, seed=0)
    assert hits.sum() == 138
    assert of(hits.sum(), 4, 1, 3) == pytest.approx(0.788571, abs=1e-6)
    perfect = sampled_hits(TRUTH, TRUTH, seed=0)
    assert of(perfect.sum(), 4, 1, 3) == pytest.approx(1.1371, abs=5e-5)


def test_the_global_generator_draws_the_same_and_is_left_alone():
    np.random.seed(7)  # noqa: NPY002 -- what the published program does
    expected = np.zeros(4, int)
    for _ in range(50):
        for run, (first, last) in enumerate([(0, 6), (6, 10), (10, 16), (16, 19)]):
            drawn = np.random.choice(np.arange(first, last + 1), 15)  # noqa: NPY002
            expected[run] += np.mean(MAPPED[drawn] == TRUTH[first]) > 0.5
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    np.testing.assert_array_equal(sampled_hits(TRUTH, MAPPED, seed=7), expected)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_expected_hits_add_up_all_numbers_of_right_draws():
    """Shares of right frames, the first of the next run included: 5/7, 4/5 (and class 1 goes on), 4/7, 0."""
    shares = [5 / 7, 5 / 5, 4 / 7, 0]
    expected = [
        50 * sum(math.comb(15, right) * p**right * (1 - p) ** (15 - right) for right in range(8, 16))
        for p in shares
    ]
    # Sixteen terms in float64.
    np.testing.assert_allclose(expected_hits(TRUTH, MAPPED), expected, rtol=1e-12)


def test_expectation_over_all_drawings_of_a_short_run():
    """All 2**15 drawings of a run of one frame and the first of the next."""
    truth, mapped = np.array([0, 1, 1]), np.array([0, 1, 1])
    hits = sum(sum(drawn) < 7.5 for drawn in itertools.product((0, 1), repeat=15)) / 2**15
    assert expected_hits(truth, mapped)[0] == pytest.approx(50 * hits, rel=1e-12)


@pytest.mark.parametrize("mapped", [MAPPED, TRUTH, np.repeat([0, 2, 1], [3, 9, 8])])
def test_mean_over_seeds_is_the_expectation(mapped):
    """The mean of `seeds` independent F1 is within five standard errors, which follow from the binomials."""
    seeds = 120
    drawn = [f1(sampled_hits(TRUTH, mapped, seed).sum(), 4, 2, 3) for seed in range(seeds)]
    expected = expected_hits(TRUTH, mapped)
    chance = expected / REPETITIONS
    deviation = f1(1, 4, 2, 3) * np.sqrt(REPETITIONS * np.sum(chance * (1 - chance)))
    assert abs(np.mean(drawn) - f1(expected.sum(), 4, 2, 3)) <= 5 * deviation / np.sqrt(seeds) + 1e-8


def test_f1_is_linear_in_the_hits():
    # But for the 1e-8 beside P + R = hits / 300 + hits / 200.
    for hits in (1.0, 17.5, 200.0):
        linear = 2 * hits / (50 * (2 * 3 + 4))
        assert of(hits, 4, 2, 3) == pytest.approx(linear, rel=2e-8 * 120 / hits)
    assert of(0, 4, 2, 3) == 0


@settings(max_examples=30)
@given(videos)
def test_runs_without_a_right_frame_are_never_hit_and_right_ones_always(video):
    truth, mapped = (np.asarray(each) for each in video)
    bounds = [*run_starts(truth).tolist(), len(truth) - 1]
    drawn, expected = sampled_hits(truth, mapped), expected_hits(truth, mapped)
    assert len(drawn) == len(expected) == sum(1 for _ in itertools.groupby(video[0]))
    for run, (first, last) in enumerate(itertools.pairwise(bounds)):
        right = {bool(each) for each in mapped[first : last + 1] == truth[first]}
        assert 0 <= drawn[run] <= REPETITIONS
        if len(right) == 1:
            assert drawn[run] == REPETITIONS * right.pop()
            assert expected[run] == drawn[run]
        else:
            assert 0 < expected[run] < REPETITIONS
    assert DRAWN % 2  # half of the draws is no case


def test_a_single_frame_is_a_run():
    one = np.array([0])
    assert (sampled_hits(one, one).tolist(), expected_hits(one, one).tolist()) == ([50], [50])
