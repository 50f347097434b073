"""What data sets with a true alignment have in common: light, features, typical digits, limits, splits."""

from dataclasses import dataclass

import numpy as np
import pytest

from synthetic.aligned_videos import (
    AlignedSplit,
    InOrder,
    check_limits,
    evenly,
    features_of,
    lit,
    typical,
)

pytestmark = pytest.mark.fast


def test_features_are_means_of_squares():
    frames = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 3)).astype(np.uint8)
    found = features_of(frames)
    assert (found.shape, found.dtype) == ((2, 49), np.float32)
    for row, column in ((0, 0), (2, 5), (6, 6)):
        square = frames[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4] / 255
        np.testing.assert_allclose(found[:, 7 * row + column], square.mean(axis=(1, 2, 3)), rtol=1e-6)
    assert (features_of(np.full_like(frames, 255)) == 1).all()


def test_light_mixes_in_and_white_stays_white():
    grey = np.arange(0, 256, 51).reshape(1, 1, -1)
    found = lit(grey, 100, 0, np.random.default_rng(0))
    assert (found.dtype, found.shape) == (np.uint8, (1, 1, 6, 3))
    np.testing.assert_array_equal(found[0, 0, :, 0], [100, 131, 162, 193, 224, 255])
    assert (found == found[..., :1]).all()


def test_noise_changes_a_grey_level_by_so_much_at_most_and_stays_on_the_scale():
    grey = np.zeros((50, 28, 28), np.int64)
    found = lit(grey, 100, 8, np.random.default_rng(0))[..., 0].astype(int) - 100
    assert set(np.unique(found)) == set(range(-8, 9))
    assert (found[0] != found[1]).any()
    dark = lit(grey, 0, 8, np.random.default_rng(0))[..., 0]
    np.testing.assert_array_equal(dark, np.maximum(found, 0))


def test_values_lie_evenly_in_an_order_of_their_own():
    found = evenly(5, 10, 50, np.random.default_rng(0))
    assert sorted(found) == [10, 20, 30, 40, 50]
    assert any(list(evenly(5, 10, 50, np.random.default_rng(seed))) != list(found) for seed in (1, 2))
    assert evenly(1, 10, 50, np.random.default_rng(0)) == [10]


def test_typical_images_are_those_nearest_to_their_mean():
    images = np.random.default_rng(0).integers(0, 256, (9, 28, 28)).astype(np.uint8)
    which = np.arange(9) % 3 != 0
    mine = images[which].astype(float)
    away = ((mine - mine.mean(axis=0)) ** 2).sum(axis=(1, 2))
    expected = np.flatnonzero(which)[np.argsort(away)[:4]]
    np.testing.assert_array_equal(typical(images, which, 4), expected)
    np.testing.assert_array_equal(typical(images, which, 0), np.flatnonzero(which))


@dataclass(frozen=True)
class Some:
    whole: int = 3
    share: float = 0.5


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (Some(whole=4), "whole is 4: give a whole number from 1 to 3"),
        (Some(whole=2.0), r"whole is 2\.0: give a whole number from 1 to 3"),
        (Some(share=-0.1), r"share is -0\.1: give a number from 0 to 1"),
        (Some(share=float("nan")), "share is nan"),
    ],
)
def test_settings_out_of_range_are_named(settings, problem):
    limits = {"whole": (1, 3), "share": (0, 1)}
    check_limits(Some(), limits, numbers=("share",))
    with pytest.raises(ValueError, match=problem):
        check_limits(settings, limits, numbers=("share",))


def test_videos_of_a_split_and_in_another_order():
    frames = np.arange(5 * 2 * 2 * 3).reshape(5, 2, 2, 3)
    phases = np.array([0, 1, 0, 0, 2])
    split = AlignedSplit(frames, frames, phases, phases, np.array([0, 2, 5]), frames)
    assert len(split) == 2
    assert split.part(1) == slice(2, 5)
    turned = InOrder(split, [1, 0, 1])
    assert len(turned) == 3
    for index, part in enumerate((slice(2, 5), slice(0, 2), slice(2, 5))):
        np.testing.assert_array_equal(turned.video(index)[0], frames[part])
        np.testing.assert_array_equal(turned.video(index)[1], phases[part])
