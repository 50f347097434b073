"""Tables of all methods on the page."""

import pytest

from reproduce.collections.rivals import VIDEOS
from reproduce.pages.rivals import rival_tables

pytestmark = pytest.mark.fast


def test_a_table_says_what_it_is_of(tmp_path):
    record = {"method": "cuts", "training": "single video", "measure": "mof", "low": 0.25, "high": 0.75}
    facts = {
        "title": 'All methods; protocol "asot"',
        "command": "python -m reproduce.table_rivals",
        "unit": "activity",
        "measures": ["mof"],
        "methods": {},
        "table": [record | {"mean": 0.5, "videos": 10}],
    }
    found = rival_tables({"table_rivals_x": facts, "table4_x": {}}, tmp_path)
    assert list(found) == ["table_rivals_x", "rivals_videos"]
    assert found["rivals_videos"] == str(VIDEOS)
    head, _, *lines = found["table_rivals_x"].splitlines()
    assert head.startswith('**All methods; protocol "asot"**: means over 10 activities, in %.')
    assert "[rows](table_rivals_x.csv)" in head
    assert lines[-1].startswith("| cuts | single video | 50.0 [25.0, 75.0] | – |")
