"""The study of smoothing."""

import numpy as np
import pytest
from study_checks import check_absent_data_is_said

from reproduce import figure3b_smoothing
from reproduce.figure3b_smoothing import measure

pytestmark = pytest.mark.fast


def test_pieces_are_runs_of_labels():
    row = measure(np.repeat([0, 1], 6), np.repeat([0, 1, 0, 1, 2, 2], 2), 4)
    assert (row["pieces"], row["pieces_per_asked"], row["found"]) == (5, 1.25, 3)
    assert row["mof"] == pytest.approx(8 / 12)


def test_strengths_of_smoothing_are_in_order():
    assert sorted(figure3b_smoothing.SMOOTHINGS) == list(figure3b_smoothing.SMOOTHINGS)


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(figure3b_smoothing, "50salads", capsys, tmp_path)
