import numpy as np
import pytest

from dkva.base.checks import check_choice, check_features, check_number, check_segments, check_whole

pytestmark = pytest.mark.fast


def test_good_values_pass():
    check_choice("x", "a", ("a", "b"))
    for value in (0, 1.5, np.float32(2), np.int64(3)):
        check_number("x", value)
    for value in (0, 7, np.uint8(3)):
        check_whole("x", value, least=0, most=7)


@pytest.mark.parametrize("value", ["c", None, 3, ["a"], {}])
def test_a_choice_lists_the_choices(value):
    with pytest.raises(ValueError, match=r"unknown x .*: choose one of a, b"):
        check_choice("x", value, ("a", "b"))


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "1", None, 1j, [1]])
def test_numbers(value):
    with pytest.raises(ValueError, match=r"x is .*: give a number >= 0"):
        check_number("x", value)


def test_positive_numbers():
    with pytest.raises(ValueError, match="x is 0: give a positive number"):
        check_number("x", 0, positive=True)


@pytest.mark.parametrize("value", [-1, 8, 1.0, "1", None, True])
def test_whole_numbers(value):
    with pytest.raises(ValueError, match=r"x is .*: give a whole number from 0 to 7"):
        check_whole("x", value, least=0, most=7)
    with pytest.raises(ValueError, match="of at least 9"):
        check_whole("x", value, least=9)


@pytest.mark.parametrize("features", [[[1, 2]], np.ones((3, 1), bool), np.ones((2, 2), np.float16)])
def test_features_come_back_as_an_array(features):
    np.testing.assert_array_equal(check_features(features), features)


@pytest.mark.parametrize(
    "features", [1, np.ones(3), np.ones((3, 0)), [[np.nan]], [["a"]], [[1j]], [[1], [2, 3]]]
)
def test_features(features):
    with pytest.raises(ValueError, match=r"features are .*: give (finite )?numbers \[frames, features\]"):
        check_features(features)


def test_segments():
    check_segments(3, 3)
    for value in (0, 1.0, None):
        with pytest.raises(ValueError, match=r"n_segments is .*: give a whole number of at least 1"):
            check_segments(value, 3)
    with pytest.raises(ValueError, match=r"n_segments is 4 and the video has 3 frames .*: ask for at most 3"):
        check_segments(4, 3)


def test_masked_features_are_refused_and_a_mask_of_none_is_not():
    x = np.arange(6.0).reshape(3, 2)
    assert check_features(np.ma.masked_array(x)).shape == (3, 2)
    with pytest.raises(ValueError, match="the matrix of features has masked values: fill them"):
        check_features(np.ma.masked_greater(x, 4))
