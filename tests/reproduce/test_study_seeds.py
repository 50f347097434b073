"""The spread over seeds."""

import pytest
from study_checks import check_absent_data_is_said, check_factors, check_stored_rows

from reproduce import study_seeds
from reproduce.base.store import read_rows

pytestmark = pytest.mark.fast


def test_its_values_and_its_stored_rows():
    check_factors(study_seeds)
    check_stored_rows(study_seeds)


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(study_seeds, "breakfast_sample", capsys, tmp_path)


def test_every_video_has_every_seed():
    seeds = {}
    for row in read_rows("study_seeds"):
        seeds.setdefault(row["video"], set()).add(row["seed"])
    assert all(mine == set(range(study_seeds.SEEDS)) for mine in seeds.values())
