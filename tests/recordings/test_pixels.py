"""Frames' own pixels as features."""

import numpy as np
import pytest

from dkva.recordings.pixels import Pixels

pytestmark = pytest.mark.fast


def test_points_go_by_row_column_and_colour():
    frames = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 3), dtype=np.uint8)
    encoder = Pixels()
    features = encoder(frames)
    assert (features.shape, features.dtype) == ((5, 2352), np.float32)
    assert encoder.size == frames.shape[1:3]
    for frame, row, column, colour in [(0, 0, 0, 0), (3, 7, 11, 2), (4, 27, 27, 1)]:
        found = features[frame, (row * 28 + column) * 3 + colour]
        assert found == np.float32(frames[frame, row, column, colour]) / np.float32(255)


def test_white_is_one_and_black_is_nothing():
    frames = np.stack([np.full((2, 2, 3), level, np.uint8) for level in (0, 255)])
    np.testing.assert_array_equal(Pixels(2)(frames), [[0] * 12, [1] * 12])


def test_sizes_have_features_of_their_own():
    assert Pixels(2).key != Pixels(3).key
    assert Pixels(3).size == (3, 3)
    assert Pixels(3)(np.zeros((1, 3, 3, 3), np.uint8)).shape == (1, 27)
    with pytest.raises(ValueError, match="size is 1000: give a whole number from 1 to 256"):
        Pixels(1000)
