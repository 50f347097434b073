"""The Gaussian factor."""

import numpy as np
import pytest
from study_checks import check_absent_data_is_said

from dkva.experiments.experiment import Task
from reproduce import gaussian_factor
from reproduce.tables.factor_ranges import FACTOR_RANGES

pytestmark = pytest.mark.fast


def test_the_gaussian_factor_of_known_distances():
    task = Task("v", lambda: (np.array([[0.0], [0.0], [1.0], [1.0]]), None), "", 2, columns={"dataset": "d"})
    (row,) = gaussian_factor.describe([task, task], 0).rows
    assert row["length_scale"] == pytest.approx(4, rel=1e-5)  # standardised, the frames lie at -1 and 1
    # Of six pairs four are 2 apart.
    assert (row["lowest"], row["median"]) == pytest.approx([np.exp(-4 / 16)] * 2, abs=1e-5)
    assert row["0.5 to 0.9"] == pytest.approx(4 / 6)
    assert row["0.999 to 1"] == pytest.approx(2 / 6)
    assert sum(row[name] for name in FACTOR_RANGES) == pytest.approx(1)


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(gaussian_factor, "50salads", capsys, tmp_path)
