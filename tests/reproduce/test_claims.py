"""The ledger as a file."""

import json

import pytest

from dkva.experiments.experiment import Outcome
from reproduce import claims
from reproduce.base.store import Table, publish
from reproduce.ledger.verdicts import LEDGER, ledger

pytestmark = pytest.mark.fast


def test_the_ledger_is_written_where_it_differs(tmp_path):
    row = {"video": "v1", "method": "learned, kernel", "mof": 0.7}
    rows = [row, row | {"method": "learned, L2", "mof": 0.5}]
    rows += [each | {"video": "v2"} for each in rows]
    publish(Table("table2_moving5", "t", "c", measures=("mof",)), Outcome(rows, {}, 4), {}, tmp_path)
    with pytest.raises(KeyError):  # a table that lacks a column of the claims
        ledger(tmp_path)
    for each in rows:
        each["repeats_joined"] = 1.0
    publish(Table("table2_moving5", "t", "c", measures=("mof",)), Outcome(rows, {}, 4), {}, tmp_path)
    records = claims.write(tmp_path)
    (found,) = (record for record in records if record["id"] == "kernel-beats-l2")
    assert (found["effect"], found["verdict"], found["videos"]) == (20, "holds", 2)
    path = tmp_path / LEDGER
    assert json.loads(path.read_text()) == {"claims": records, "study": []}
    before = path.stat().st_mtime_ns
    assert claims.write(tmp_path) == records
    assert path.stat().st_mtime_ns == before
