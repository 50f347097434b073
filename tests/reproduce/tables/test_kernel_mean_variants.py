"""Variants cut a clear video, and are the method where they change nothing."""

import numpy as np
import pytest

from dkva.base.segments import renumbered
from dkva.kernel_means.embedding import embed
from dkva.kernel_means.nystrom import fit_kernel
from dkva.kernel_means.segmenting import kernel_mean_segments
from dkva.kernel_means.settings import KernelMeanSettings
from reproduce.tables import kernel_mean_variants as variants

pytestmark = pytest.mark.fast

CHEAP = {"from_the_learned": {"epochs": 1}}


def video(seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 0, 2], 30)
    return 5 * rng.standard_normal((3, 4))[truth] + 0.3 * rng.standard_normal((120, 4)), truth


@pytest.mark.parametrize("name", variants.__all__)
def test_a_clear_video_is_cut_right(name):
    features, truth = video()
    found = getattr(variants, name)(features, 3, seed=0, **CHEAP.get(name, {}))
    np.testing.assert_array_equal(renumbered(found), truth)


@pytest.mark.parametrize("name", variants.__all__)
def test_one_segment_is_the_whole_video(name):
    features, _ = video()
    segment = getattr(variants, name)
    assert not segment(features, 1, **CHEAP.get(name, {})).any()


def test_the_gaussian_by_the_same_way_is_the_method():
    features = np.random.default_rng(1).standard_normal((150, 3)).cumsum(axis=0)
    settings = KernelMeanSettings()
    found = variants._embed_with(fit_kernel)(features, 40, settings)
    expected = embed(features, 40, settings)
    rows = [np.square(points[:, None] - points).sum(axis=2) for points in (found.points, expected.points)]
    np.testing.assert_allclose(*rows, atol=1e-9)


def test_a_window_in_seconds_is_used_if_the_rate_is_known():
    features = np.random.default_rng(1).standard_normal((300, 3)).cumsum(axis=0)
    known = variants.averaged_in_seconds(features, 5, name="mocap__1", seconds=0.1)
    expected = kernel_mean_segments(features, 5, averaging=0.1 * 120 * 5 / 300)
    np.testing.assert_array_equal(known, expected)
    other = variants.averaged_in_seconds(features, 5, name="act1", seconds=9.0)
    np.testing.assert_array_equal(other, kernel_mean_segments(features, 5))


def test_moves_keep_every_label():
    features, truth = video()
    moved = variants._moves(features, truth, 3, np.random.default_rng(0))
    assert len(moved) == 3  # each of three pairs merged and the third label split
    for labels in moved:
        assert set(labels) == {0, 1, 2}
        assert (labels != truth).any()
