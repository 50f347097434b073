"""The paper's numbers."""

import pytest

from reproduce.ledger.paper import TABLES, number

pytestmark = pytest.mark.fast


def test_numbers_of_the_paper():
    assert number("table4", {"dataset": "Breakfast", "method": "learned, kernel"}, "f1") == 49.8
    assert number("table4", {"dataset": "YTI", "method": "CLOT"}, "mof") == 69.3
    assert number("table4", {"dataset": "MPII Cooking 2", "method": "ABD"}, "mof") is None
    assert number("table5", {"dataset": "50 Salads (mid)", "method": "TW-FINCH"}, "iou") == 41.3
    assert number("table2", {"method": "learned, kernel"}, "mof") is None
    assert number(None, {"method": "learned"}, "mof") is None
    assert len(TABLES["table4"]) == 3 * 18 + 9 + 2 * 12
    assert len(TABLES["table5"]) == 36
