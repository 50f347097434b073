"""Frames matched along the path of time warping."""

import numpy as np
import pytest

from dkva.alignment.matching import matched
from dkva.base.dtw import dtw
from dkva.export.alignment import matched as partners

pytestmark = pytest.mark.fast


def test_partners_are_those_of_the_golden_path():
    x = np.array([0, 1, 2, 2, 5, 6], np.float32)[:, None]
    y = np.array([0, 2, 2.5, 5, 7], np.float32)[:, None]
    found = matched(x, y)
    want = np.zeros((6, 5))
    want[[0, 1, 2, 3, 4, 5], [0, 0, 1, 2, 3, 4]] = 1
    np.testing.assert_array_equal(found.assignment, want)
    assert not found.unmatched_x.any()
    assert not found.unmatched_y.any()


def test_a_frame_of_several_partners_is_divided_among_them():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 3)), rng.normal(size=(9, 3))
    found = matched(x, y).assignment
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-6)
    distances = np.linalg.norm(x[:, None] - y[None], axis=2)
    np.testing.assert_array_equal(np.argwhere(found > 0), dtw(distances).path)


def test_partners_never_go_back_and_none_is_missing():
    rng = np.random.default_rng(1)
    match = matched(rng.normal(size=(9, 3)), rng.normal(size=(6, 3)))
    found = partners(*match)
    assert (np.diff(found.partner) >= 0).all()
    assert (found.partner[0], found.partner[-1]) == (0, 5)
    np.testing.assert_allclose(found.share, 1 / (match.assignment > 0).sum(1), rtol=1e-6)
    assert not found.unmatched_b.any()


def test_refuses_a_video_without_frames():
    with pytest.raises(ValueError, match="give finite numbers"):
        matched(np.zeros((0, 2)), np.zeros((3, 2)))
