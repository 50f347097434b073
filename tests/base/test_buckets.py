"""Buckets of any size, growing by a factor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.base.buckets import bucket

pytestmark = pytest.mark.fast


@given(st.integers(1, 10**6), st.integers(1, 1000), st.integers(2, 8))
def test_bucket_is_the_smallest_that_holds(size, smallest, growth):
    got = bucket(size, smallest, growth)
    assert got >= size
    assert got == smallest or got // growth < size
    while got > smallest:
        assert got % growth == 0
        got //= growth
    assert got == smallest
