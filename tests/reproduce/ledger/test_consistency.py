"""Lines of tables beside the paper's numbers."""

import pytest

from reproduce.ledger.consistency import compared
from reproduce.ledger.paper import TABLES

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("theirs", "ours", "low", "high", "expected"),
    [
        (50, 52, 49, 55, "agrees"),
        (50, 52, 51, 53, "above"),
        (50, 40, 39, 41, "below"),
        (None, 40, 39, 41, "no number"),
        (50, 50, None, None, "one video"),
    ],
)
def test_verdict_of_a_line(theirs, ours, low, high, expected):
    shares = (None if x is None else x / 100 for x in (ours, low, high))
    record = dict(zip(("mean", "low", "high"), shares, strict=True))
    record |= {"dataset": "YTI", "method": "ABD", "measure": "mof", "videos": 3}
    paper = None if theirs is None else "table4"
    numbers = TABLES["table4"] | {("YTI", "ABD", "mof"): theirs}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reproduce.ledger.paper.TABLES", {"table4": numbers})
        assert compared(record, ("dataset", "method"), paper)["verdict"] == expected
