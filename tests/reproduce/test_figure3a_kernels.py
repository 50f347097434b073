"""The study of kernels."""

import pytest
from study_checks import check_absent_data_is_said

from reproduce import figure3a_kernels
from reproduce.base.labels import GAUSS, GAUSS_NTK, LEARNED
from reproduce.base.methods import EPOCHS
from reproduce.ledger.kernel_tests import CHARACTERISTIC
from reproduce.table4_benchmarks import methods as table4_methods
from reproduce.tables.moving5 import chosen_settings, true_k_methods

pytestmark = pytest.mark.fast


def test_the_papers_method_is_that_of_tables_2_and_4_whose_rows_serve():
    theirs = table4_methods(2.5, EPOCHS)["dkva"]
    made = figure3a_kernels.methods({"smoothing": 2.5, "epochs": EPOCHS})
    mine = {m.columns["kernel"]: m for m in made}
    assert {m.label for m in made} == {LEARNED}
    assert (mine[GAUSS_NTK].settings, mine[GAUSS_NTK].segment) == (theirs.settings, theirs.segment)
    choice = chosen_settings()
    assert choice.settings == true_k_methods(choice)["dkva"].settings
    assert {*CHARACTERISTIC, GAUSS_NTK} <= set(mine)
    assert sum(name.startswith(GAUSS) for name in mine) == 4
    assert len(mine) == 12


def test_absent_data_is_said(capsys, tmp_path):
    check_absent_data_is_said(figure3a_kernels, "50salads", capsys, tmp_path)
