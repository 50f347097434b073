"""Pairs of videos of an epoch."""

import numpy as np
import pytest
from made_videos import made_videos

from dkva.transport.training_pairs import PairBatches, load_pairs


def _videos(count, frames=7):
    """Videos whose features say which video and frame they are."""
    return [np.array([[video, frame] for frame in range(frames)], np.float32) for video in range(count)]


@pytest.mark.parametrize(("count", "size"), [(2, 1), (5, 1), (5, 3)])
def test_every_video_comes_first_once_beside_another_one(count, size):
    batches = PairBatches(_videos(count), 4, size, 0)
    partners = set()
    for epoch in range(30):
        first, second = [], []
        for batch in batches(epoch):
            assert batch.x.shape[1:] == (4, 2)
            assert (np.diff(batch.x[..., 1]) >= 0).all()
            first += batch.x[:, 0, 0].tolist()
            second += batch.y[:, 0, 0].tolist()
        assert sorted(first) == list(range(count))
        partners |= set(zip(first, second, strict=True))
    assert partners == {(a, b) for a in range(count) for b in range(count) if a != b}


def test_an_epoch_is_the_same_whenever_it_is_asked_for():
    batches = PairBatches(_videos(5), 4, 2, 3)
    for first, again in zip(batches(1), batches(1), strict=True):
        for one, other in zip(first, again, strict=True):
            np.testing.assert_array_equal(one, other)
    assert any((a.x != b.x).any() for a, b in zip(batches(1), batches(2), strict=True))


def test_short_videos_are_filled_up_and_masked():
    (batch, _) = PairBatches(_videos(2, frames=3), 5, 1, 0)(0)
    assert batch.x[0, :, 1].tolist() == [0, 1, 2, 2, 2]
    assert batch.mask_x.tolist() == batch.mask_y.tolist() == [[True] * 3 + [False] * 2]


def test_one_video_cannot_be_aligned():
    with pytest.raises(ValueError, match="tea/v0 is the only video: give two"):
        load_pairs(made_videos(1), 1, standardise=True)
