"""Batches of RTK: each video with its own maps and keypoints, in the order of the epoch."""

import numpy as np
import pytest
from made_videos import made_videos

from dkva.supervised.heat_maps import heat_maps
from dkva.supervised.labelled_videos import VideoBatches, load_labelled
from dkva.supervised.rtk_batches import RtkBatches
from dkva.supervised.rtk_settings import RtkSettings
from dkva.supervised.source_graph import target_points

pytestmark = pytest.mark.fast


def test_each_video_has_its_own_maps_and_points():
    settings = RtkSettings(boundary_region=9, boundary_neighbourhood=3)
    videos = load_labelled([*made_videos(3, frames=60), *made_videos(1, frames=150, actions=3)])
    frames = VideoBatches(videos, 5)
    batches = RtkBatches.of(frames, settings)
    for epoch in (0, 1):
        found = list(batches(epoch))
        assert len(found) == 4
        for index, batch in zip(frames.order(epoch), found, strict=True):
            targets = videos.targets[index]
            n = len(targets)
            np.testing.assert_array_equal(batch.video.targets[:n], targets)
            maps = heat_maps(targets, boundary_region=9, boundary_neighbourhood=3)
            np.testing.assert_array_equal(batch.action[:n], maps.action)
            np.testing.assert_array_equal(batch.boundary[:n], maps.boundary)
            assert not np.any(batch.action[n:])
            assert batch.action.shape == batch.boundary.shape == batch.video.mask.shape
            points = target_points(targets, boundary_region=9)
            assert batch.true.there.sum() == len(points.place)
            np.testing.assert_array_equal(batch.true.place[batch.true.there], points.place)
            assert len(batch.true.place) == 16  # nine of four actions, padded alike in every batch
