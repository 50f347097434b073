import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.nn.sampling import sampled, segment_uniform, spread

pytestmark = pytest.mark.fast


@given(n_frames=st.integers(1, 3000), size=st.integers(1, 300))
def test_one_frame_of_every_part(n_frames, size):
    found = sampled(n_frames, size, np.random.default_rng(0))
    assert found.indices.shape == found.mask.shape == (size,)
    if n_frames <= size:
        assert found.indices.tolist() == [min(i, n_frames - 1) for i in range(size)]
        assert found.mask.tolist() == [i < n_frames for i in range(size)]
        return
    assert found.mask.all()
    # Edges by exact arithmetic; NumPy's may be one lower if rounding takes them below a whole number.
    edges = [i * (n_frames - 1) // size for i in range(size + 1)]
    for frame, low, high in zip(found.indices, edges[:-1], edges[1:], strict=True):
        assert low - 1 <= frame < high
    assert (np.diff(found.indices) > 0).all()


def test_every_frame_but_the_last_can_be_drawn():
    rng = np.random.default_rng(1)
    drawn = np.array([sampled(9, 4, rng).indices for _ in range(400)])
    for column, frames in zip(drawn.T, ([0, 1], [2, 3], [4, 5], [6, 7]), strict=True):
        values, counts = np.unique(column, return_counts=True)
        assert values.tolist() == frames
        assert counts.min() > 150  # of 400 by halves; 5 standard deviations


def test_the_same_generator_draws_the_same():
    first, again, other = (sampled(900, 50, np.random.default_rng(seed)).indices for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_frames_at_equal_distances():
    assert spread(101, 5).indices.tolist() == [0, 25, 50, 75, 100]
    assert spread(10, 4).indices.tolist() == [0, 3, 6, 9]
    assert spread(8, 4).indices.tolist() == [0, 2, 4, 7]
    assert spread(101, 5).mask.all()
    for one, other in zip(spread(3, 5), sampled(3, 5, np.random.default_rng(0)), strict=True):
        assert np.array_equal(one, other)


@given(n_frames=st.integers(1, 500), size=st.integers(1, 60))
def test_segments_of_a_video_that_begins_anew_at_its_end(n_frames, size):
    found = segment_uniform(n_frames, size, np.random.default_rng(0))
    assert found.indices.shape == found.mask.shape == (size,)
    if n_frames <= size:
        assert found.indices.tolist() == [min(i, n_frames - 1) for i in range(size)]
        assert found.mask.tolist() == [i < n_frames for i in range(size)]
        return
    assert found.mask.all()
    again = [*range(n_frames), *range(-n_frames % size)]
    part = len(again) // size
    drawn = np.random.default_rng(0).integers(part, size=size)
    want = sorted(again[i * part : (i + 1) * part][place] for i, place in enumerate(drawn))
    assert found.indices.tolist() == want


def test_every_frame_can_be_drawn_and_the_first_ones_twice():
    rng = np.random.default_rng(1)
    drawn = [segment_uniform(7, 4, rng).indices.tolist() for _ in range(400)]
    assert {frame for each in drawn for frame in each} == set(range(7))
    # Parts 0 1, 2 3, 4 5 and 6 0: the last one gives frame 0 in half of all draws.
    assert np.mean([6 not in each for each in drawn]) == pytest.approx(0.5, abs=5 * 0.5 / 20)
    assert any(each.count(0) == 2 for each in drawn)
