"""Hidden layers and activation."""

import pytest
from study_checks import check_absent_data_is_said, check_factors, check_stored_rows

from reproduce import study_network

pytestmark = pytest.mark.fast


def test_its_values_and_its_stored_rows():
    check_factors(study_network)
    check_stored_rows(study_network)


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(study_network, "breakfast_sample", capsys, tmp_path)
