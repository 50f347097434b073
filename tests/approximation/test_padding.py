"""Buckets: large enough, and few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.approximation.padding import MAX_BATCH, frame_bucket, slot_bucket, synthetic_bucket

pytestmark = pytest.mark.fast

lengths = st.integers(1, 300_000)
widths = st.integers(1, 4000)


@given(lengths, widths)
def test_frames_fit_and_waste_no_more_than_said(n, d):
    rows = frame_bucket(n, d)
    assert rows >= n
    if rows * d * 4 > 1 << 28:
        assert rows <= max(512, n + n // 8 + 1)
    else:
        assert rows <= max(512, 8 * n)


@given(lengths, lengths, widths)
def test_longer_video_gets_no_smaller_bucket(n, m, d):
    n, m = sorted((n, m))
    assert frame_bucket(n, d) <= frame_bucket(m, d)


@given(st.data(), lengths, widths)
def test_slots_hold_every_batch(data, n, d):
    m = data.draw(st.integers(1, n))
    batch = min(MAX_BATCH, n // m)
    assert batch <= slot_bucket(batch, frame_bucket(n, d), synthetic_bucket(m), d) <= MAX_BATCH


def test_synthetic_buckets():
    assert [synthetic_bucket(m) for m in (1, 2, 8, 9, 32, 33, 129)] == [1, 8, 8, 32, 32, 128, 512]


@pytest.mark.parametrize(("width", "lengths"), [(64, range(150, 30_000, 20)), (3000, range(40, 3000, 7))])
def test_lengths_of_a_data_set_share_few_buckets(width, lengths):
    """What architecture.md asks: 1500 lengths and many K, about a dozen programs."""
    programs = set()
    for n in lengths:
        for m in (3, 4, 5, 6, 7, 9, 17, 19, 23):
            rows, synthetic = frame_bucket(n, width), synthetic_bucket(m)
            programs.add((rows, synthetic, slot_bucket(min(MAX_BATCH, n // m), rows, synthetic, width)))
    assert len(programs) <= 12


def test_wide_features_waste_fewer_slots():
    assert slot_bucket(20, 512, 8, 3000) < slot_bucket(20, 512, 8, 64)
