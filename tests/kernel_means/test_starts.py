"""Starts: change points against all cuts and against ruptures, k-means' fixed points."""

import itertools

import numpy as np
import pytest
import ruptures
from hypothesis import given
from hypothesis import strategies as st

from dkva.kernel_means.starts import contiguous, k_means, starts

pytestmark = pytest.mark.fast

WALK = np.random.default_rng(1).standard_normal((90, 3)).cumsum(axis=0)


def scatter(points, labels):
    return sum(
        np.square(points[labels == each] - points[labels == each].mean(axis=0)).sum()
        for each in np.unique(labels)
    )


@given(n=st.integers(1, 9), seed=st.integers(0, 999))
def test_no_cut_into_as_many_segments_has_less_scatter(n, seed):
    points = np.random.default_rng(seed).standard_normal((n, 2))
    numbers = list(range(1, n + 1))
    for number, labels in zip(numbers, contiguous(points, numbers), strict=True):
        assert set(labels) == set(range(number))
        assert (np.diff(labels) >= 0).all()
        cuts = itertools.combinations(range(1, n), number - 1)
        best = min(scatter(points, np.searchsorted(cut, np.arange(n), side="right")) for cut in cuts)
        assert scatter(points, labels) == pytest.approx(best, rel=1e-9, abs=1e-12)


def test_change_points_are_ruptures():
    numbers = [2, 5, 11]
    search = ruptures.KernelCPD("linear", min_size=1).fit(WALK)
    for number, labels in zip(numbers, contiguous(WALK, numbers), strict=True):
        expected = search.predict(n_bkps=number - 1)[:-1]
        np.testing.assert_array_equal(np.flatnonzero(np.diff(labels)) + 1, expected)


def test_many_points_are_averaged_first():
    points = np.repeat(np.arange(5.0), 200)[:, None]
    (labels,) = contiguous(points, [5])
    np.testing.assert_array_equal(labels, points[:, 0])  # 1000 points at most 400: stretches of 2 or 3
    (shifted,) = contiguous(np.roll(points, 1, axis=0), [6])
    assert np.abs(np.flatnonzero(np.diff(shifted)) + 1 - np.array([1, 201, 401, 601, 801])).max() <= 2


@given(k=st.integers(1, 5), seed=st.integers(0, 99))
def test_k_means_ends_with_every_point_nearest_to_its_own_mean(k, seed):
    labels = k_means(WALK, k, np.random.default_rng(seed))
    if labels is None:
        return
    assert set(labels) == set(range(k))
    means = np.stack([WALK[labels == each].mean(axis=0) for each in range(k)])
    squared = np.square(WALK[:, None] - means).sum(axis=2)
    np.testing.assert_array_equal(squared.argmin(axis=1), labels)


def test_k_means_of_too_few_different_points_is_none():
    points = np.repeat([[0.0], [1.0]], 5, axis=0)
    rng = np.random.default_rng(0)
    assert k_means(points, 3, rng) is None
    assert set(k_means(points, 2, rng)) == {0, 1}


@pytest.mark.parametrize("k", [1, 2, 7, 45, 89, 90])
def test_every_start_has_all_labels(k):
    found = starts(WALK, k, 3, 0)
    assert len(found) >= 1
    for labels in found:
        assert set(labels) == set(range(k))
    assert (np.diff(found[0]) >= 0).all()


def test_a_start_lets_labels_return():
    points = np.repeat([0.0, 5, 0, 5, 0, 9], 10)[:, None]
    assert any(np.count_nonzero(np.diff(labels)) == 5 for labels in starts(points, 3, 0, 0))


def test_seeds():
    a, b, c = (starts(WALK, 6, 3, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert a.shape != c.shape or (a != c).any()


def test_very_many_segments_start_uniform():
    found = starts(np.arange(1000.0)[:, None], 500, 3, 0)
    np.testing.assert_array_equal(found, np.arange(1000)[None] // 2)


@pytest.mark.parametrize("k", [1, 2, 7, 30, 90])
@pytest.mark.parametrize("borders", [[40], [1, 2, 89], list(range(1, 90))])
def test_every_start_of_several_videos_has_all_labels(k, borders):
    found = starts(WALK, k, 2, 0, borders)
    assert len(found) >= 1
    for labels in found:
        assert set(labels) == set(range(k))


def test_segments_of_several_videos_are_merged_whatever_video_they_are_of():
    points = np.repeat([0.0, 5, 9, 5, 0, 9], 10)[:, None]
    for labels in starts(points, 3, 0, 0, borders=[30]):
        np.testing.assert_array_equal(labels, np.repeat([0, 1, 2, 1, 0, 2], 10))


def test_too_many_videos_to_merge_start_by_k_means_and_else_uniform():
    points = np.random.default_rng(0).standard_normal((1200, 2))
    borders = range(1, 1200)
    assert starts(points, 3, 2, 0, borders).shape == (2, 1200)
    np.testing.assert_array_equal(starts(points, 3, 0, 0, borders), np.arange(1200)[None] // 400)
