"""The uniform split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.baselines import uniform

pytestmark = pytest.mark.fast


@given(st.data(), st.integers(1, 200))
def test_segments_are_equal_to_a_frame(data, n):
    m = data.draw(st.integers(1, n))
    labels = uniform(np.zeros((n, 2)), m)
    assert set(np.diff(labels)) <= {0, 1}
    assert set(np.bincount(labels)) <= {n // m, -(-n // m)}
    assert len(np.bincount(labels)) == m


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    with pytest.raises(ValueError, match=r"features are float64 of shape \(3,\)"):
        uniform(np.ones(3), 1)
    with pytest.raises(ValueError, match="ask for at most 3 segments"):
        uniform(np.ones((3, 1)), 4)
