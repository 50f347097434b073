"""Pieces' points against means of the frames' coordinates, and distances against MMD by its definition."""

import numpy as np
import pytest

from dkva.kernel_means import embedding
from dkva.kernel_means.embedding import embed, embed_together, local_means
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

FRAMES = np.random.default_rng(0).standard_normal((103, 3)).cumsum(axis=0)
SETTINGS = KernelMeanSettings()

# Frames' coordinates err by some roundings over the root of the least eigenvalue kept, 1e-6 of the largest.
ERROR = 103 * 2e-16 * 1e3


@pytest.mark.parametrize("block", [1, 700, 2**20])  # one frame, some pieces, all frames at once
@pytest.mark.parametrize("pieces", [1, 10, 103])
def test_a_piece_is_the_mean_of_its_frames(pieces, block, monkeypatch):
    monkeypatch.setattr(embedding, "_BLOCK", block)
    found = embed(FRAMES, pieces, SETTINGS)
    coordinates = found.frames(FRAMES)
    expected = [coordinates[a:b].mean(axis=0) for a, b in zip(found.edges[:-1], found.edges[1:], strict=True)]
    np.testing.assert_allclose(found.points, expected, atol=ERROR)
    np.testing.assert_allclose(found.points.mean(axis=0), 0, atol=ERROR)


def test_distances_are_maximum_mean_discrepancies():
    settings = KernelMeanSettings(components=256)
    found = embed(FRAMES, 10, settings)
    rows = [found.whitening.apply(FRAMES[a:b]) for a, b in zip(found.edges, found.edges[1:], strict=False)]

    def gram(i, j):
        return np.exp(-np.square(rows[i][:, None] - rows[j]).sum(axis=2) / found.kernel.width).mean()

    for i, j in ((0, 9), (3, 4)):
        squared = np.square(found.points[i] - found.points[j]).sum()
        # Left out: eigenvalues below 1e-6 of the largest, which is at most the number of landmarks.
        assert squared == pytest.approx(gram(i, i) + gram(j, j) - 2 * gram(i, j), abs=4 * 103e-6)


def test_few_components_are_the_leading_ones():
    every, few = (
        embed(FRAMES, 50, KernelMeanSettings(components=components)).points for components in (50, 4)
    )
    assert few.shape == (50, 4)
    np.testing.assert_allclose(np.abs(few), np.abs(every[:, :4]), atol=ERROR)


def test_equal_frames_have_no_coordinates():
    found = embed(np.full((20, 2), 0.1), 7, SETTINGS)
    assert found.points.shape == (7, 0)
    np.testing.assert_array_equal(local_means(found.points, 2.0), np.zeros((7, 0)))


@pytest.mark.parametrize("deviation", [0, 0.3, 0.31, 2.5, 40])
def test_local_means_are_weighted_by_a_gaussian(deviation):
    points = FRAMES[:30]
    reach = int(3 * deviation + 0.5)
    expected = np.empty_like(points)
    for i in range(30):
        window = np.arange(i - reach, i + reach + 1)
        weights = np.exp(-((window - i) ** 2) / 2 / deviation**2) if deviation > 0.3 else window == i
        expected[i] = weights @ points[window.clip(0, 29)] / weights.sum()
    expected -= expected.mean(axis=0)
    expected /= np.sqrt(np.square(expected).sum() / 30)
    np.testing.assert_allclose(local_means(points, deviation), expected, atol=1e-12)


def test_points_that_differ_by_rounding_alone_are_equal():
    assert not local_means(np.full((9, 2), 0.1) + 1e-17 * FRAMES[:9, :2], 1.0).any()


def test_nothing_is_averaged_across_two_videos():
    points = np.repeat([[0.0], [1.0], [0.0]], [10, 5, 15], axis=0)
    found = local_means(points, 2.0, [10, 15])
    np.testing.assert_array_equal(np.unique(found), found[[0, 10]].ravel())
    assert len(np.unique(local_means(points, 2.0))) > 2


@pytest.mark.parametrize("wide", [False, True])
def test_videos_together_have_the_same_coordinates(wide):
    """Those of one video of the same frames, each standardised by itself."""
    frames = [np.hstack([part] * 20) if wide else part for part in (FRAMES[:60], FRAMES[60:80])]
    a, b = embed_together(frames, [12, 4], SETTINGS)
    standard = np.concatenate([(part - part.mean(axis=0)) / part.std(axis=0) for part in frames])
    joined = embed(standard, 16, SETTINGS)
    squared = [
        np.square(points[:, None] - points).sum(axis=2)
        for points in (np.concatenate([a.points, b.points]), joined.points)
    ]
    np.testing.assert_allclose(*squared, atol=ERROR)
    np.testing.assert_allclose(b.frames(frames[1][:5]).mean(axis=0), b.points[0], atol=ERROR)
