"""The cheapest labels against all labels there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.kernel_means.viterbi import cheapest_labels, cheapest_labels_of_videos

pytestmark = pytest.mark.fast


def cost_of(labels, costs, price):
    labels = np.asarray(labels)
    return costs[np.arange(len(labels)), labels].sum() + price * np.count_nonzero(np.diff(labels))


@given(
    n=st.integers(1, 6),
    k=st.integers(1, 3),
    price=st.sampled_from([0.0, 0.25, 1.0, 3.0, 100.0]),
    seed=st.integers(0, 999),
)
def test_no_labels_are_cheaper(n, k, price, seed):
    # Sums of small whole numbers and quarters are exact, and ties abound.
    costs = np.random.default_rng(seed).integers(-4, 5, (n, 2, k)).astype(float)
    labels, totals = cheapest_labels(costs, price)
    for sequence in range(2):
        own = costs[:, sequence]
        assert totals[sequence] == cost_of(labels[sequence], own, price)
        assert totals[sequence] == min(
            cost_of(each, own, price) for each in itertools.product(range(k), repeat=n)
        )


def test_sequences_do_not_depend_on_each_other():
    costs = np.random.default_rng(0).random((200, 5, 7))
    labels, totals = cheapest_labels(costs, 0.4)
    for sequence in range(5):
        alone, total = cheapest_labels(costs[:, [sequence]], 0.4)
        np.testing.assert_array_equal(alone[0], labels[sequence])
        assert total[0] == totals[sequence]


def test_on_a_tie_nothing_switches_and_the_lowest_label_is_taken():
    np.testing.assert_array_equal(cheapest_labels(np.zeros((5, 1, 3)), 1.0)[0], [[0, 0, 0, 0, 0]])
    two = np.array([[0.0, 1], [1, 0], [0, 0]])[:, None]  # to switch costs as much as to stay
    np.testing.assert_array_equal(cheapest_labels(two, 1.0)[0], [[0, 0, 0]])


@pytest.mark.parametrize("price", [0.0, 0.4])
@pytest.mark.parametrize("borders", [[], [1], [7, 8, 30], list(range(1, 90))])  # the last in groups
def test_videos_are_labelled_as_if_alone(borders, price):
    costs = np.random.default_rng(0).random((90, 3, 4))
    labels, totals = cheapest_labels_of_videos(costs, price, borders)
    alone = [cheapest_labels(video, price) for video in np.split(costs, borders)]
    np.testing.assert_array_equal(labels, np.concatenate([found for found, _ in alone], axis=1))
    np.testing.assert_allclose(totals, np.sum([total for _, total in alone], axis=0), rtol=1e-13)
