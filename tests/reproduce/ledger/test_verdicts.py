"""The ledger."""

import json

import pytest

from reproduce.base.effects import NEEDS_DATA
from reproduce.base.paths import RESULTS
from reproduce.ledger.verdicts import LEDGER, ledger, stored

pytestmark = pytest.mark.fast


def test_the_methods_that_are_compared_are_in_the_rows():
    for record in ledger():
        if record["result"]:
            assert record["videos"] > 1, record["id"]
            assert record["interval"][0] <= record["effect"] <= record["interval"][1]


def test_without_results_all_needs_data(tmp_path):
    assert {record["verdict"] for record in ledger(tmp_path)} == {NEEDS_DATA}
    assert all(record["needs"] for record in ledger(tmp_path))


def test_the_stored_ledger_is_what_is_computed():
    assert stored() == json.loads((RESULTS / LEDGER).read_text())
