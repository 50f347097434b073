"""Labels as digits, and frames as images."""

import numpy as np
import pytest

from reproduce.pictures.moving5 import images, named

pytestmark = pytest.mark.fast


def test_labels_are_named_for_the_digits_they_are_matched_to():
    truth = np.repeat([9, 3], [6, 4])
    labels = np.repeat([1, 0, 2], [6, 3, 1])
    assert named(truth, labels, 3).tolist() == [9] * 6 + [3] * 3 + [-3]


def test_images_go_from_black_to_their_own_brightest_value():
    frames = np.zeros((2, 2352))
    frames[0, :2] = 0.5, -1
    found = images(frames)
    assert found.shape == (2, 28, 28, 3)
    assert found[0].reshape(-1)[:2].tolist() == [255, 0]
    assert found[1].max() == 0
