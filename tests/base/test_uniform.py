"""Uniform segments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.base.uniform import uniform_edges

pytestmark = pytest.mark.fast


@given(st.data(), st.integers(1, 10**6))
def test_uniform_segments_cover_the_video_and_none_is_empty(data, n):
    m = data.draw(st.integers(1, min(n, 500)))
    edges = uniform_edges(n, m)
    assert (edges[0], edges[-1], len(edges)) == (0, n, m + 1)
    assert set(np.diff(edges)) <= {n // m, -(-n // m)}
