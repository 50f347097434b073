"""Boundaries on frames against all splits, tried one by one."""

import numpy as np
import pytest

from dkva.kernel_means.boundaries import frame_labels, label_means
from dkva.kernel_means.embedding import embed
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = pytest.mark.fast


def noisy(bounds, n, seed=0, noise=0.1):
    """Frames of segments that begin at `bounds`, and their labels: 0, 1, 0, 1, …"""
    rng = np.random.default_rng(seed)
    truth = np.searchsorted(bounds, np.arange(n), side="right") % 2
    return truth[:, None] + noise * rng.standard_normal((n, 3)), truth


@pytest.mark.parametrize("bound", [41, 42, 45, 49, 50, 51, 59])
def test_a_boundary_within_its_two_pieces_is_exact(bound):
    frames, truth = noisy([bound], 100)
    embedding = embed(frames, 10, KernelMeanSettings())
    pieces = np.repeat([0, 1], 5)  # the pieces meet at frame 50
    np.testing.assert_array_equal(frame_labels(frames, embedding, pieces), truth)


def test_a_boundary_does_not_leave_its_pieces():
    frames, _ = noisy([20], 100)
    embedding = embed(frames, 10, KernelMeanSettings())
    labels = frame_labels(frames, embedding, np.repeat([0, 1], 5))
    np.testing.assert_array_equal(labels, np.repeat([0, 1], [41, 59]))  # one frame of the first piece is kept


@pytest.mark.parametrize("seed", range(5))
def test_the_split_is_the_best_of_all(seed):
    frames, _ = noisy([33, 57], 90, seed, noise=1.0)
    embedding = embed(frames, 9, KernelMeanSettings())
    pieces = np.repeat([0, 1, 2], 3)
    found = np.flatnonzero(np.diff(frame_labels(frames, embedding, pieces))) + 1
    coordinates = embedding.frames(frames)
    for bound, edge, before in zip(found, (30, 60), (0, 1), strict=True):
        costs = {}
        for split in range(edge - 9, edge + 10):
            label = np.where(np.arange(edge - 10, edge + 10) < split, before, before + 1)
            means = np.stack([embedding.points[pieces == each].mean(axis=0) for each in range(3)])
            costs[split] = np.square(coordinates[edge - 10 : edge + 10] - means[label]).sum()
        assert bound == min(costs, key=costs.get)


def test_segments_of_one_piece_keep_a_frame_and_their_order():
    frames, _ = noisy([10, 12, 15], 40, noise=3.0)
    embedding = embed(frames, 20, KernelMeanSettings())
    pieces = np.arange(20) % 3
    labels = frame_labels(frames, embedding, pieces)
    runs = labels[np.flatnonzero(np.diff(labels, prepend=-1))]
    np.testing.assert_array_equal(runs, pieces)


def test_pieces_of_one_frame_and_a_single_segment_are_taken_as_they_are():
    frames, truth = noisy([20], 30)
    embedding = embed(frames, 30, KernelMeanSettings())
    np.testing.assert_array_equal(frame_labels(frames, embedding, truth[::-1]), truth[::-1])
    embedding = embed(frames, 7, KernelMeanSettings())
    np.testing.assert_array_equal(frame_labels(frames, embedding, np.full(7, 2)), np.full(30, 2))


def test_on_a_tie_the_boundary_stays_where_the_pieces_meet():
    embedding = embed(np.ones((20, 2)), 4, KernelMeanSettings())
    labels = frame_labels(np.ones((20, 2)), embedding, np.array([0, 0, 1, 1]))
    np.testing.assert_array_equal(labels, np.repeat([0, 1], 10))


def test_means_may_be_of_other_pieces():
    frames, truth = noisy([41], 100)
    embedding = embed(frames, 10, KernelMeanSettings())
    pieces = np.repeat([0, 1], 5)
    means = label_means(embedding.points, pieces)
    np.testing.assert_array_equal(frame_labels(frames, embedding, pieces, means), truth)
    swapped = {0: means[1], 1: means[0]}
    np.testing.assert_array_equal(
        frame_labels(frames, embedding, pieces, swapped), np.repeat([0, 1], [59, 41])
    )
