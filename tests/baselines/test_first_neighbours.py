"""First neighbours against all the pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.baselines import first_neighbours as module
from dkva.baselines.first_neighbours import (
    Points,
    first_neighbours,
    frame_points,
    mean_points,
    pair_distances,
)

pytestmark = pytest.mark.fast


def all_pairs(points):
    """Each point's nearest other point by all the distances, the lowest index on a tie."""
    s = len(points.times)
    i, j = (index.ravel() for index in np.indices((s, s)))
    distances = pair_distances(points, i, j).reshape(s, s)
    np.testing.assert_array_equal(distances, distances.T)
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def frames_of(features):
    n = len(features)
    return frame_points(features.astype(np.float32), (np.arange(1, n + 1) / n).astype(np.float32))


def walk(rng, n, d):
    return rng.standard_normal((n, d)).cumsum(axis=0)


def independent(rng, n, d):
    return rng.standard_normal((n, d))


def frozen(rng, n, d):
    """Pictures that stay for a while and return."""
    return rng.standard_normal((5, d))[rng.integers(0, 5, n // 7 + 1)].repeat(7, axis=0)[:n]


def nearly_still(rng, n, d):
    return 1 + 1e-4 * rng.standard_normal((n, d))


def with_black_frames(rng, n, d):
    return rng.standard_normal((n, d)) * (rng.random((n, 1)) < 0.7)


KINDS = (walk, independent, frozen, nearly_still, with_black_frames)


@pytest.fixture(params=[(256, 512), (4, 3), (1, 1)], ids=str)
def band(request, monkeypatch):
    """Small bands, so that the search beyond them has work to do."""
    monkeypatch.setattr(module, "_BLOCK", request.param[0])
    monkeypatch.setattr(module, "_BAND", request.param[1])
    monkeypatch.setattr(module, "_QUERIES", 50)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "d"), [(2, 3), (60, 1), (200, 3), (150, 40)])
def test_neighbours_of_frames(band, kind, n, d):
    points = frames_of(kind(np.random.default_rng(n + d), n, d))
    np.testing.assert_array_equal(first_neighbours(points), all_pairs(points))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ticks", [5, 10**6])
def test_neighbours_of_means_at_any_times(band, kind, ticks):
    rng = np.random.default_rng(ticks)
    points = mean_points(kind(rng, 150, 3), rng.integers(0, ticks, 150) / ticks)
    np.testing.assert_array_equal(first_neighbours(points), all_pairs(points))


@pytest.mark.parametrize("kind", KINDS)
def test_beyond_the_band_of_a_long_video(kind):
    points = frames_of(kind(np.random.default_rng(0), 1500, 8))
    np.testing.assert_array_equal(first_neighbours(points), all_pairs(points))


@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_a_pairs_distance_depends_on_the_pair_alone(seed, s):
    rng = np.random.default_rng(seed)
    features = walk(rng, s, 5)
    times = rng.random(s)
    for points in (frames_of(features), mean_points(features, times)):
        i, j = rng.integers(0, s, (2, 50))
        together = pair_distances(points, i, j)
        alone = [pair_distances(points, j[p : p + 1], i[p : p + 1])[0] for p in range(50)]
        np.testing.assert_array_equal(together, alone)


def test_distances_by_hand():
    features = np.array([[3.0, 4.0], [0.0, 2.0], [0.0, 0.0], [6.0, 8.0]])
    times = np.array([0.25, 0.5, 0.75, 1.0])
    i, j = np.array([0, 0, 1, 0]), np.array([1, 2, 2, 3])
    expected = [0.2 * 0.25, 1 * 0.5, 1 * 0.25, 0]
    # (1 - cosine)·time, each below 1: a few roundings of 1.
    atol = 4 * np.finfo(np.float64).eps
    np.testing.assert_allclose(
        pair_distances(mean_points(features, times), i, j), expected, rtol=0, atol=atol
    )
    single = frame_points(features.astype(np.float32), times.astype(np.float32))
    atol = 4 * np.finfo(np.float32).eps
    np.testing.assert_allclose(pair_distances(single, i, j), expected, rtol=0, atol=atol)


def test_rows_of_any_size():
    features = np.array([[3e38, 1e38], [1e-40, 3e-40], [0, 0]], np.float32)
    units = frame_points(features, np.ones(3, np.float32)).units
    # A norm of two squares, its root and a division; then the norm again.
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), [1, 1, 0], rtol=8 * np.finfo(np.float32).eps)


def test_points_are_not_written_to():
    points = frames_of(walk(np.random.default_rng(0), 700, 4))
    copies = Points(*(array.copy() for array in points))
    first_neighbours(points)
    for array, copy in zip(points, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
