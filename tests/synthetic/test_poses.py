"""Joints of digits by a plain route."""

import numpy as np
import pytest

from synthetic.poses import JOINTS, MIRRORED, PARENTS, joints_of

pytestmark = pytest.mark.fast


def drawn(*pixels, grey=200):
    image = np.zeros((28, 28), np.uint8)
    for row, column in pixels:
        image[row, column] = grey
    return image


def test_joints_are_means_of_the_ink_on_each_side_and_of_its_outermost_rows_and_columns():
    """A cross of unequal arms: its centre lies at row 11 - 1/7 and column 9 + 2/7."""
    image = drawn((9, 9), (10, 9), (11, 9), (12, 9), (12, 8), (11, 10), (11, 11))
    rows, columns = [9, 10, 11, 12, 12, 11, 11], [9, 9, 9, 9, 8, 10, 11]
    assert (sum(rows) / 7, sum(columns) / 7) == (11 - 1 / 7, 9 + 2 / 7)
    expected = {
        "centre": (65 / 7, 76 / 7),
        "upper": (9, 9.5),
        "top": (9, 9),
        "lower": ((9 + 9 + 8 + 10 + 11) / 5, (11 + 12 + 12 + 11 + 11) / 5),
        "bottom": (8.5, 12),
        "left": ((9 * 4 + 8) / 5, (9 + 10 + 11 + 12 + 12) / 5),
        "leftmost": (8, 12),
        "right": (10.5, 11),
        "rightmost": (11, 11),
    }
    assert list(expected) == list(JOINTS)
    found = joints_of(image)
    assert found.dtype == np.int64
    pixels = np.array(list(expected.values())) - 13.5
    np.testing.assert_allclose(found / 64, pixels, atol=1 / 128)


def test_ink_is_half_the_brightest_grey_or_more():
    faint = drawn((5, 5), (9, 9), grey=60)
    faint[20, 20] = 29
    np.testing.assert_array_equal(joints_of(faint), joints_of(drawn((5, 5), (9, 9))))
    faint[20, 20] = 30
    assert joints_of(faint)[JOINTS.index("bottom")].tolist() == [416, 416]  # 6.5 pixels


def test_a_digit_of_one_pixel_or_one_column_has_all_joints():
    assert (joints_of(drawn((14, 12))) == [-96, 32]).all()
    column = joints_of(drawn((3, 13), (4, 13), (5, 13)))
    assert (column[:, 0] == -32).all()
    assert column[[JOINTS.index("top"), JOINTS.index("bottom")], 1].tolist() == [-672, -544]


def test_in_a_mirror_mirrored_joints_change_places():
    image = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    places = list(range(len(JOINTS)))
    for one, other in MIRRORED:
        places[one], places[other] = other, one
    mirrored = joints_of(image[:, ::-1])[places] * [-1, 1]
    np.testing.assert_allclose(joints_of(image), mirrored, atol=1)  # a half is rounded up on both sides


def test_bones_lead_from_the_centre_to_tips():
    assert [JOINTS[parent] for parent in PARENTS[1:]] == [
        "centre", "upper", "centre", "lower", "centre", "left", "centre", "right",
    ]  # fmt: skip
    assert PARENTS[0] == -1
