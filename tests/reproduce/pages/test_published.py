"""Tables of papers in Markdown."""

import pytest

from reproduce.ledger.published import published_table
from reproduce.pages.published import published_block

pytestmark = pytest.mark.fast


def test_a_table_is_folded_and_a_missing_number_is_a_dash():
    shown = published_block(published_table("Set (Table 1)", "a, b", {"one": "1.50 -"}))
    assert "<summary>Set (Table 1), in %</summary>" in shown
    assert "| published | a | b |" in shown
    assert "| one | 1.5 | – |" in shown
