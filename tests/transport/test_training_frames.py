"""Batches of frames: the same ones whenever they are asked for."""

import warnings

import numpy as np
import pytest

from dkva.transport.training_frames import FrameBatches, warn_of_draws

pytestmark = pytest.mark.fast


def test_batches_hold_every_video_once_an_epoch():
    videos = [np.full((length, 2), index, np.float32) for index, length in enumerate((9, 4, 30, 7, 5))]
    batches = FrameBatches(videos, frames=6, size=2, seed=3)
    for epoch in (-1, 0, 4):
        found = batches(epoch)
        assert [each.frames.shape for each in found] == [(2, 6, 2), (2, 6, 2), (1, 6, 2)]
        seen = np.concatenate([each.frames[:, 0, 0] for each in found])
        assert sorted(seen.tolist()) == [0, 1, 2, 3, 4]
        for each in found:
            lengths = np.array([len(videos[int(index)]) for index in each.frames[:, 0, 0]])
            np.testing.assert_array_equal(each.mask.sum(1), np.minimum(lengths, 6))
    again, other = batches(4), batches(5)
    assert all((a.frames == b.frames).all() for a, b in zip(found, again, strict=True))
    assert any((a.frames != b.frames).any() for a, b in zip(found, other, strict=True))


def test_short_videos_are_warned_of():
    videos = [np.ones((n, 2)) for n in (5, 7, 9)]
    with pytest.warns(UserWarning, match=r"2 of 3 videos have fewer frames .* set frames to 5 or fewer"):
        warn_of_draws(videos, 8, 0.2, 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_draws(videos, 5, 0.2, 0.3)
        warn_of_draws(videos, 5, 0.1, 0.0)
    with pytest.warns(UserWarning, match="radius 0.1 is less than one of the 5 frames .* at least 0.2"):
        warn_of_draws(videos, 5, 0.1, 0.3)
