"""A digit's path by a plain route: whole pixels are shifts, halves are means of neighbours."""

import numpy as np
import pytest

from synthetic.moving_digit import CANVAS, DIGITS, PATHS, moved, on_path, shifted, sized

pytestmark = pytest.mark.fast


@pytest.fixture
def image():
    inside = np.random.default_rng(0).integers(0, 256, (12, 12)).astype(np.uint8)
    return np.pad(inside, 8)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pixels", [-5, 0, 3])
def test_whole_pixels_are_shifts(image, digit, pixels):
    down, right = PATHS[digit]
    expected = np.roll(image, (pixels * down, pixels * right), (0, 1))
    found = moved(image.astype(float), digit, pixels)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, expected)


def test_halves_are_means_and_positions_are_rounded(image):
    canvas = image.astype(float)
    down = (canvas + np.roll(canvas, 1, 0)) / 2
    np.testing.assert_array_equal(moved(canvas, 9, 0.5), np.rint(down))
    np.testing.assert_array_equal(moved(canvas, 9, 0.5 + 1 / 129), np.rint(down))
    assert (moved(canvas, 9, 0.5 + 1 / 64) != np.rint(down)).any()


def test_a_shift_is_in_steps_of_a_path(image):
    """Steps are 1/64 pixel, rounded."""
    assert on_path((1, -1, 0), 0.5) == [32, -32, 0]
    assert on_path((1,), 1 / 129) == [0]
    assert on_path((-1,), 1 / 127) == [-1]
    canvas = image.astype(float)
    np.testing.assert_array_equal(shifted(canvas, 128, -64), np.roll(image, (2, -1), (0, 1)))
    np.testing.assert_array_equal(shifted(canvas, *on_path(PATHS[7], 2.25)), moved(canvas, 7, 2.25))


def test_what_leaves_the_canvas_is_gone(image):
    assert not moved(image.astype(float), 3, CANVAS).any()


def test_another_size_lies_in_the_middle(image):
    assert sized(image, CANVAS) is image
    small = sized(image, 10)
    assert small.shape == (CANVAS, CANVAS)
    assert small[9:19, 9:19].any()
    assert small.sum() == small[9:19, 9:19].sum()
