"""Tables of papers, written as text."""

import pytest

from reproduce.ledger.published import published_table

pytestmark = pytest.mark.fast


def test_numbers_stand_under_their_columns():
    table = published_table("Table 1", "a, b c, d", {"one": "1 - 2.5"})
    assert table == ("Table 1", ("a", "b c", "d"), {"one": (1, None, 2.5)})


def test_a_line_of_another_length_is_refused():
    with pytest.raises(ValueError, match="Table 9, LAV: 2 numbers for 3 columns"):
        published_table("Table 9", "a, b, c", {"LAV": "1 -"})
