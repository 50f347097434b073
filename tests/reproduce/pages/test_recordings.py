"""Tables of joined recordings on the page."""

import pytest

from reproduce.pages.recordings import recording_tables

pytestmark = pytest.mark.fast


def test_means_stand_by_method_smoothing_and_encoder():
    def record(encoder, shortest, measure, mean):
        return {
            "encoder": encoder,
            "method": "cuts",
            "shortest": shortest,
            "measure": measure,
            "mean": mean,
        }

    records = [
        record("pixels", "own", "mof", 0.5),
        record("pixels", "own", "iou", 0.1),
        record("pixels", "own", "f1_50", 0.25),
        record("pixels", "own", "boundary_error", 1.234),
        record("pixels", "2 s", "mof", 0.75),
        record("pixels", "2 s", "f1_50", 1.0),
        record("pixels", "2 s", "boundary_error", None),
        record("colour", "own", "mof", 0.625),
        record("colour", "own", "f1_50", 0.0),
        record("colour", "own", "boundary_error", 0.0),
    ]
    found = recording_tables({"table_recordings_few": {"table": records}, "table2_moving5": {"table": []}})
    assert list(found) == ["encoders_few"]
    assert found["encoders_few"].splitlines() == [
        "| MoF / F1@50 in %, boundary error in s | shortest | pixels | colour |",
        "|---|---|---|---|",
        "| cuts | own | 50.0 / 25.0, 1.23 | 62.5 / 0.0, 0.00 |",
        "| cuts | 2 s | 75.0 / 100.0, – | – / –, – |",
    ]
