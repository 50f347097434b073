"""Shares of sums, of nothing, and with weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.metrics.shares import shares

pytestmark = pytest.mark.fast

PARTS = {"share": ("some", "all"), "other": ("all", "none")}

rows = st.lists(
    st.fixed_dictionaries({"some": st.integers(0, 9), "all": st.integers(0, 9), "none": st.just(0)}),
    min_size=1,
    max_size=5,
)


def test_sums_are_divided_not_shares_averaged():
    found = shares([{"some": 1, "all": 2, "none": 0}, {"some": 0, "all": 6, "none": 0}], PARTS)
    assert found["share"] == 1 / 8
    assert np.isnan(found["other"])
    assert all(isinstance(each, float) for each in found.values())


@settings(max_examples=50)
@given(rows, st.data())
def test_weights_count_videos_as_often(given_rows, data):
    number = len(given_rows)
    often = st.lists(st.integers(0, 3), min_size=number, max_size=number).filter(any)
    weights = data.draw(st.lists(often, min_size=1, max_size=3))
    found = shares(given_rows, PARTS, weights)
    assert found["share"].shape == (len(weights),)
    for place, each in enumerate(weights):
        repeated = [row for row, times in zip(given_rows, each, strict=True) for _ in range(times)]
        # Sums of small whole numbers are exact.
        np.testing.assert_equal(found["share"][place], shares(repeated, PARTS)["share"])
