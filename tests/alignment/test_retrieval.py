"""Nearest frames, against every distance sorted by hand."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dkva.alignment.retrieval import Retrieved, frame_distances, nearest_frames

pytestmark = pytest.mark.fast

RNG = np.random.default_rng(0)
VIDEOS = [RNG.normal(size=(n, 3)).astype(np.float32) for n in (4, 1, 6)]
QUERY = RNG.normal(size=3).astype(np.float32)
DISTANCES = [frame_distances(QUERY, frames) for frames in VIDEOS]


def test_distances_are_euclidean():
    for frames, found in zip(VIDEOS, DISTANCES, strict=True):
        by_scipy = cdist(QUERY[None].astype(float), frames.astype(float))[0]
        np.testing.assert_allclose(found, by_scipy, rtol=1e-12)
    assert frame_distances(VIDEOS[0][2], VIDEOS[0])[2] == 0


def test_all_frames_are_sorted_by_distance():
    every = sorted(
        (distance, video, frame) for video, of in enumerate(DISTANCES) for frame, distance in enumerate(of)
    )
    by_hand = [Retrieved(video, frame, distance) for distance, video, frame in every]
    assert nearest_frames(DISTANCES, 99, several=True) == by_hand
    assert nearest_frames(DISTANCES, 3, several=True) == by_hand[:3]


def test_a_video_gives_its_nearest_frame_alone():
    by_hand = sorted((of.min(), video) for video, of in enumerate(DISTANCES))
    found = nearest_frames(DISTANCES, 99)
    assert [(each.distance, each.video) for each in found] == by_hand
    assert all(DISTANCES[each.video].argmin() == each.frame for each in found)
    assert nearest_frames(DISTANCES, 2) == found[:2]


def test_of_equally_near_frames_the_first_comes_first():
    same = [np.array([2.0, 1, 1]), np.array([1.0])]
    assert [each[:2] for each in nearest_frames(same, 9, several=True)] == [(0, 1), (0, 2), (1, 0), (0, 0)]
    assert [each[:2] for each in nearest_frames(same, 9)] == [(0, 1), (1, 0)]


def test_a_number_below_one_is_refused():
    with pytest.raises(ValueError, match="top is 0"):
        nearest_frames(DISTANCES, 0)
