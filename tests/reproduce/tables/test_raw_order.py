"""Order of nearest neighbours, and the choice of a setting by it."""

import itertools

import numpy as np
import pytest
from scipy.stats import kendalltau

from reproduce.tables.raw_order import chosen, found, taus


def test_tau_is_the_mean_over_the_pairs_by_a_plain_route():
    rng = np.random.default_rng(0)
    videos = [rng.normal(size=(n, 2)) + np.arange(n)[:, None] / 4 for n in (9, 12, 15)]
    pairs = {}
    for (i, one), (j, other) in itertools.permutations(enumerate(videos), 2):
        nearest = [min(range(len(other)), key=lambda k: np.sum((frame - other[k]) ** 2)) for frame in one]
        pairs[i, j] = kendalltau(range(len(one)), nearest).statistic
    found = taus(videos)
    assert found == pytest.approx([np.mean([pairs[i, j] for j in range(3) if j != i]) for i in range(3)])
    assert np.mean(found) == pytest.approx(np.mean(list(pairs.values())))
    assert taus([np.arange(5.0)[:, None], np.arange(9.0)[:, None]])[0] == pytest.approx(1)


MEANS = {
    1.0: dict.fromkeys(range(10), 0.7),
    2.0: {seed: (0.59 if seed % 2 else 0.58) if seed < 5 else 0.9 for seed in range(10)},
    3.0: {seed: 0.2 if seed < 5 else 0.575 for seed in range(10)},
}


@pytest.mark.fast
def test_the_value_nearest_to_the_middle_on_the_seeds_for_choosing_is_chosen():
    """The middle is 0.575; seeds that check have no say."""
    assert chosen(MEANS) == 2.0
    assert found(MEANS) == {"chosen": 2.0, "range_chosen_on": [0.58, 0.59], "range_checked_on": [0.9, 0.9]}
