import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.alignment.views import anchors_and_positives, cropped_views, random_frames, stretched_views

pytestmark = pytest.mark.fast

LENGTHS, SIZES, SEEDS = st.integers(1, 400), st.integers(1, 60), st.integers(0, 5)


def well_formed(sample, n_frames, size):
    """Frames of the video in order, each once but for what is masked."""
    assert sample.indices.shape == sample.mask.shape == (size,)
    assert 0 <= sample.indices.min() <= sample.indices.max() < n_frames
    assert (np.diff(sample.indices[sample.mask]) > 0).all()


@given(LENGTHS, SIZES, SEEDS, st.sampled_from([1.0, 1.5, 3.0]), st.sampled_from([0.0, 0.2, 1.0]))
def test_crops_of_a_video(n_frames, size, seed, stretch, overlap):
    views = cropped_views(n_frames, size, np.random.default_rng(seed), stretch=stretch, overlap=overlap)
    for view in views:
        well_formed(view, n_frames, size)
        assert view.indices.tolist() == sorted(view.indices)
        if n_frames <= size:
            assert view.indices.tolist() == [min(i, n_frames - 1) for i in range(size)]
            assert view.mask.tolist() == [i < n_frames for i in range(size)]
        else:
            assert view.mask.all()
            assert np.ptp(view.indices) < max(size, int(stretch * size))


def spans(overlap, stretch=1.5, n_frames=60, size=20, draws=1000):
    """First and last frames of the two views, in many draws [draws, 2, 2]."""
    rng = np.random.default_rng(0)
    found = [cropped_views(n_frames, size, rng, stretch=stretch, overlap=overlap) for _ in range(draws)]
    return np.array([[(view.indices[0], view.indices[-1]) for view in views] for views in found])


@pytest.mark.parametrize(("overlap", "least"), [(0.0, 0), (0.2, 4), (0.25, 5), (1.0, 20)])
def test_crops_overlap_as_much_as_they_are_to(overlap, least):
    # Without stretch a view has every frame of its crop, so that the crops are seen.
    found = spans(overlap, stretch=1)
    common = found[..., 1].min(1) - found[..., 0].max(1) + 1
    assert common.min() == least
    assert found.min() == 0
    assert found.max() == 59
    starts = found[:, 0, 0]
    assert np.mean(starts) == pytest.approx(20, abs=5 * math.sqrt((41**2 - 1) / 12 / len(starts)))


def test_both_crops_lie_before_and_behind_each_other_and_differ_in_length():
    found = spans(0.2)
    assert np.mean(found[:, 0, 0] < found[:, 1, 0]) == pytest.approx(0.5, abs=0.1)
    lengths = np.diff(found, axis=-1)[..., 0] + 1
    assert lengths.min() >= 20
    assert lengths.max() == 30  # 1.5 · 20
    assert (lengths[:, 0] != lengths[:, 1]).any()


@given(LENGTHS, SIZES, SEEDS)
def test_views_of_the_public_code(n_frames, size, seed):
    views = stretched_views(n_frames, size, np.random.default_rng(seed), stretch=1.5)
    for view in views:
        well_formed(view, n_frames, size)
        assert (view.indices[~view.mask] == n_frames - 1).all()
        assert view.mask.tolist() == sorted(view.mask, reverse=True)  # what is behind the end is last
    # As that code: a subset of the first ceil(c V) steps, filled up with V, masked and cut off at V - 1.
    rng = np.random.default_rng(seed)
    for view in views:
        block = math.ceil(rng.uniform(1, 1.5) * n_frames)
        steps = sorted(rng.choice(block, min(n_frames, size), replace=False))
        steps += [n_frames] * (size - len(steps))
        assert view.indices.tolist() == [min(step, n_frames - 1) for step in steps]
        assert view.mask.tolist() == [step < n_frames for step in steps]


def test_a_sixth_or_so_of_a_view_of_the_public_code_lies_behind_the_end():
    rng = np.random.default_rng(2)
    masked = [1 - view.mask.mean() for _ in range(500) for view in stretched_views(240, 80, rng)]
    # The mean of 1 - 1/c for c uniform from 1 to 1.5, and about a tenth as deviation of a view.
    assert np.mean(masked) == pytest.approx(1 - 2 * math.log(1.5), abs=5 * 0.11 / math.sqrt(len(masked)))
    assert max(masked) < 0.5
    whole = stretched_views(240, 80, rng, stretch=1)
    assert all(view.mask.all() for view in whole)


@given(LENGTHS, SIZES, SEEDS)
def test_any_frames(n_frames, size, seed):
    found = random_frames(n_frames, size, np.random.default_rng(seed))
    well_formed(found, n_frames, size)
    assert found.mask.sum() == min(n_frames, size)
    if n_frames <= size:
        assert found.indices.tolist() == [min(i, n_frames - 1) for i in range(size)]


def test_every_frame_is_as_likely():
    rng = np.random.default_rng(3)
    drawn = np.concatenate([random_frames(10, 4, rng).indices for _ in range(2000)])
    counts = np.bincount(drawn, minlength=10)
    np.testing.assert_allclose(counts, 800, atol=5 * math.sqrt(2000 * 0.4 * 0.6))


@given(LENGTHS, SIZES, SEEDS, st.integers(1, 7))
def test_positives_are_a_little_earlier(n_frames, size, seed, window):
    anchors, positives = anchors_and_positives(n_frames, size, np.random.default_rng(seed), window=window)
    well_formed(anchors, n_frames, size)
    assert not (positives.mask & ~anchors.mask).any()
    before = anchors.indices - positives.indices
    assert (before[positives.mask] >= 1).all()
    assert (before[positives.mask] <= window).all()
    missing = anchors.mask & ~positives.mask
    assert (anchors.indices[missing] < window).all()
    assert (positives.indices[missing] == 0).all()
    assert positives.indices.min() >= 0


def test_every_distance_of_a_positive_is_as_likely():
    rng = np.random.default_rng(4)
    drawn = [anchors_and_positives(100, 20, rng) for _ in range(200)]
    before = np.concatenate([(a.indices - p.indices)[p.mask & (a.indices >= 5)] for a, p in drawn])
    counts = np.bincount(before)
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:], len(before) / 5, atol=5 * math.sqrt(len(before) * 0.16))


@pytest.mark.parametrize("draw", [cropped_views, stretched_views, anchors_and_positives])
def test_the_same_generator_draws_the_same(draw):
    first, again, other = (np.array(draw(200, 30, np.random.default_rng(seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("draw", [cropped_views, stretched_views, random_frames, anchors_and_positives])
def test_arguments_out_of_range(draw, unchecked):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="n_frames is 0: give a whole number of at least 1"):
        draw(0, 5, rng)
    with pytest.raises(ValueError, match="size is 0: give a whole number of at least 1"):
        draw(5, 0, rng)


def test_settings_out_of_range(unchecked):
    rng = np.random.default_rng(0)
    for draw in (cropped_views, stretched_views):
        with pytest.raises(ValueError, match=r"stretch is 0.9: give a number >= 1"):
            draw(50, 5, rng, stretch=0.9)
    with pytest.raises(ValueError, match=r"overlap is 1.1: give a number >= 0, at most 1"):
        cropped_views(50, 5, rng, overlap=1.1)
    with pytest.raises(ValueError, match="window is 0: give a whole number of at least 1"):
        anchors_and_positives(50, 5, rng, window=0)
