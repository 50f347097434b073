"""The plateau rule against an account of its own, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.nn.plateau import Plateau

pytestmark = pytest.mark.fast


def rates(losses, *, rate=1.0, factor=0.5, patience=3):
    state, found = Plateau(rate), []
    for loss in losses:
        state = state.after(loss, factor=factor, patience=patience)
        found.append(state.rate)
    return found


def test_the_rate_is_halved_after_the_fourth_epoch_that_is_not_better():
    assert rates([3, 2, 2, 2, 2, 2, 2, 2, 2, 2]) == [1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25]
    assert rates([3, 2, 2, 2, 2, 1, 1, 1, 1, 1]) == [1] * 9 + [0.5]


def test_a_loss_is_better_if_it_is_less_by_a_ten_thousandth():
    assert rates([1, 1 - 0.9e-4], patience=0) == [1, 0.5]
    assert rates([1, 1 - 1.1e-4], patience=0) == [1, 1]
    assert rates([1, float("nan")], patience=0) == [1, 0.5]


def test_changes_that_are_tiny_are_not_made():
    assert rates([1, 1], patience=0, factor=1.0) == [1, 1]
    assert rates([1, 1, 1], patience=0, rate=3e-8) == [3e-8, 1.5e-8, 1.5e-8]


@given(st.lists(st.floats(0, 2), max_size=40), st.integers(0, 4), st.sampled_from([0.1, 0.5, 1.0]))
def test_rates_are_those_of_the_rule_by_looking_back(losses, patience, factor):
    """The rate falls if the last patience + 1 epochs since it fell, or was set, were all not better."""
    want, rate, fell = [], 1e-3, 0
    for epoch in range(len(losses)):
        best, better = np.inf, []
        for loss in losses[: epoch + 1]:
            better.append(loss < best * (1 - 1e-4))
            best = loss if better[-1] else best
        run = epoch + 1 - max([i + 1 for i, each in enumerate(better) if each] + [fell])
        if run > patience:
            rate, fell = (rate * factor if rate - rate * factor > 1e-8 else rate), epoch + 1
        want.append(rate)
    assert rates(losses, rate=1e-3, factor=factor, patience=patience) == want
