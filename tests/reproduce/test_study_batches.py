"""Frames a step."""

import numpy as np
import pytest
from study_checks import check_absent_data_is_said, check_factors, check_stored_rows

from dkva.approximation.segmenting import segment_video
from reproduce import study_batches
from reproduce.study_batches import epochs_of, segment_in_equal_steps

pytestmark = pytest.mark.fast


def test_its_values_and_its_stored_rows():
    check_factors(study_batches)
    check_stored_rows(study_batches)


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(study_batches, "breakfast_sample", capsys, tmp_path)


def video(seed=0):
    """Frames [40, 3] of two actions, and their labels."""
    truth = np.repeat([0, 1], 20)
    return np.random.default_rng(seed).normal(size=(40, 3)) + 5 * truth[:, None], truth


def test_batches_of_any_size_take_as_many_steps():
    assert epochs_of(2000, 5, 400, 100) == 100
    assert epochs_of(2000, 5, 32, 100) * (2000 // 32) == pytest.approx(500, abs=31)
    assert epochs_of(2000, 5, "video", 100) == 500
    assert epochs_of(2000, 5, 1, 1) == 1
    frames, _ = video()
    expected = segment_video(frames, 2, epochs=4, batch_size="video", smoothing=0, name="a")
    found = segment_in_equal_steps(frames, 2, epochs=2, batch_size="video", smoothing=0, name="a")
    np.testing.assert_array_equal(found, expected)
