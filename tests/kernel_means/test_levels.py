from itertools import pairwise

import numpy as np
import pytest

from dkva.kernel_means.embedding import embed, local_means
from dkva.kernel_means.levels import hierarchy_of
from dkva.kernel_means.segmenting import kernel_mean_segments
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = pytest.mark.fast

SETTINGS = KernelMeanSettings(pieces=60)
FRAMES = np.random.default_rng(0).standard_normal((150, 4)).cumsum(axis=0)
EMBEDDING = embed(FRAMES, 60, SETTINGS)
OWN, NESTED = (
    hierarchy_of(FRAMES, EMBEDDING, 6, SETTINGS, seed=0, nested=nested) for nested in (False, True)
)


@pytest.mark.parametrize("hierarchy", [OWN, NESTED])
def test_levels_go_from_one_segment_to_the_finest(hierarchy):
    assert [level.n_segments for level in hierarchy.levels] == [1, 2, 3, 4, 5, 6]
    for level in hierarchy.levels:
        np.testing.assert_array_equal(np.unique(level.labels), np.arange(level.n_segments))
        assert level.switches == np.count_nonzero(np.diff(level.labels))
        assert level.cost == level.scatter + SETTINGS.pick_price * level.switches / level.n_segments
        assert 0 < level.nesting <= 1
    assert hierarchy.levels[0].scatter == pytest.approx(1)


def test_each_level_is_the_methods_own_cut():
    for level in OWN.levels:
        labels = kernel_mean_segments(FRAMES, level.n_segments, pieces=60)
        np.testing.assert_array_equal(level.labels, labels)


def test_nested_levels_merge_two_labels_at_a_time():
    np.testing.assert_array_equal(NESTED.levels[-1].labels, OWN.levels[-1].labels)
    for coarse, fine in pairwise(NESTED.levels):
        pairs = set(zip(fine.labels, coarse.labels, strict=True))
        assert len(pairs) == fine.n_segments  # each label lies in one of the level before
        assert fine.nesting == 1
        bounds = [set(np.flatnonzero(np.diff(each.labels))) for each in (coarse, fine)]
        assert bounds[0] <= bounds[1]


def test_nesting_is_the_share_in_the_main_parent():
    for coarse, fine in pairwise(OWN.levels):
        inside = sum(
            max(np.count_nonzero((fine.labels == a) & (coarse.labels == b)) for b in range(coarse.n_segments))
            for a in range(fine.n_segments)
        )
        assert fine.nesting == inside / 150


def test_the_spectrum_is_of_the_finest_points():
    points = local_means(EMBEDDING.points, SETTINGS.averaging * 60 / 6)
    expected = np.linalg.svd(points, compute_uv=False) ** 2 / 60
    np.testing.assert_allclose(OWN.spectrum[:60], expected, atol=1e-12)
    np.testing.assert_allclose(OWN.spectrum[60:], 0, atol=1e-12)
    assert OWN.spectrum.sum() == pytest.approx(1)


@pytest.mark.parametrize("nested", [False, True])
def test_equal_frames_have_one_label_at_every_level(nested):
    frames = np.ones((9, 2))
    hierarchy = hierarchy_of(frames, embed(frames, 9, SETTINGS), 4, SETTINGS, seed=0, nested=nested)
    assert not any(level.labels.any() for level in hierarchy.levels)
