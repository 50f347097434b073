"""What is published of LRProp and MASA, as the page shows it."""

import pytest

from reproduce.ledger.alignment_paper import LRPROP_TABLES, MASA_TABLES
from reproduce.pages.representations import published_representations

pytestmark = pytest.mark.fast


def test_every_table_is_shown_with_its_numbers():
    parts = published_representations()
    assert parts["published_lrprop"].count("<summary>") == len(LRPROP_TABLES)
    assert parts["published_masa"].count("<summary>") == len(MASA_TABLES)
    assert "<summary>Pouring (LRProp, Table 1), in %</summary>" in parts["published_lrprop"]
    assert "| VAVA | 87.55 | 83.61 | – | – | – | 91.65 | – | 91.79 | 92.84 | – |" in parts["published_lrprop"]
    assert "| MASA, both | 82.64 | 97.03 |" in parts["published_masa"]
