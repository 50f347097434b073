"""k-means on smoothed features, some features at a time."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rival_corners import RETURNING, check_corner, check_refusals, corners, planted

from dkva.base import column_blocks
from dkva.baselines import long_smoothed_k_means as module
from dkva.baselines import smoothed_k_means as short
from dkva.baselines import smoothed_kmeans
from dkva.baselines.long_smoothed_k_means import long_smoothed_kmeans

pytestmark = pytest.mark.fast


@given(
    n=st.integers(20, 90),
    d=st.integers(1, 9),
    k=st.integers(1, 6),
    smoothing=st.sampled_from([0, 0.02, 1 / 12, 0.7]),
    pieces=st.sampled_from([7, 30, 4000]),
    columns=st.integers(1, 10),
    seed=st.integers(0, 99),
)
@settings(max_examples=20, deadline=None)
def test_labels_are_those_of_the_short_one(n, d, k, smoothing, pieces, columns, seed):
    frames = np.random.default_rng(seed).standard_normal((n, d)).cumsum(axis=0)
    given_both = {"seed": seed, "smoothing": smoothing, "n_init": 2}
    with pytest.MonkeyPatch.context() as patch:
        for each in (module, short):
            patch.setattr(each, "PIECES", pieces)
        patch.setattr(column_blocks, "_BLOCK", columns * n)
        found = long_smoothed_kmeans(frames, k, **given_both)
        # Frames are normal numbers: one as near to two centres as rounding would be one in a trillion.
        np.testing.assert_array_equal(found, smoothed_kmeans(frames, k, **given_both))


def test_a_planted_video_is_cut_right_and_labels_return():
    np.testing.assert_array_equal(long_smoothed_kmeans(planted(RETURNING), 3, smoothing=0), RETURNING)


def test_memory_is_that_of_the_pieces_and_of_a_block(monkeypatch):
    monkeypatch.setattr(module, "PIECES", 100)
    monkeypatch.setattr(column_blocks, "_BLOCK", 2**14)
    frames = np.random.default_rng(0).standard_normal((2**13, 128)).astype(np.float32)
    long_smoothed_kmeans(frames, 3, n_init=1)  # what is imported counts for nothing
    tracemalloc.start()
    long_smoothed_kmeans(frames, 3, n_init=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # In double precision all frames would take twice as much, several times over.
    assert peak < frames.nbytes


@corners
def test_corners(corner):
    check_corner(long_smoothed_kmeans, corner)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    refused = ({"seed": -1}, "seed is -1"), ({"smoothing": 1.5}, "at most 1"), ({"n_init": 0}, "n_init is 0")
    check_refusals(long_smoothed_kmeans, *refused)
