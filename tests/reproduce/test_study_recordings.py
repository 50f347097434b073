"""What a recording costs Moving5."""

import pytest

from reproduce import study_recordings as study
from reproduce.base.labels import RAW_FRAMES
from reproduce.base.store import read_facts, read_rows
from reproduce.collections.recorded_moving5 import SOURCES
from reproduce.tables.recorded import recorded_changes

pytestmark = pytest.mark.fast


def test_its_stored_rows_are_of_every_method_on_every_video():
    rows = read_rows(study.TABLE.name)
    labels = [method.label for method in study.methods()]
    assert {(row["method"], row["value"]) for row in rows} == {
        (label, source) for label in labels for source in SOURCES
    }
    assert len(rows) == len(labels) * len(SOURCES) * 50
    assert len({row["video"] for row in rows}) == 50


def test_the_stored_changes_follow_from_the_rows():
    stored = read_facts(study.TABLE.name)["settings"]["changes"]
    found = recorded_changes(read_rows(study.TABLE.name))
    assert len(found) == len(stored) == 4 * 2 * 3
    for record, computed in zip(stored, found, strict=True):
        for name in ("change", "low", "high"):
            assert record[name] == pytest.approx(computed.pop(name), abs=2e-6)  # scores have six places
        assert computed.items() <= record.items()


def test_a_recording_costs_at_most_two_points_of_mof():
    changes = read_facts(study.TABLE.name)["settings"]["changes"]
    mof = {(each["method"], each["value"]): each["change"] for each in changes if each["measure"] == "mof"}
    fine = next(source for source in SOURCES if source != RAW_FRAMES)
    assert len([value for value in mof if value[1] == fine]) == 4
    assert all(change >= -0.02 for (_, value), change in mof.items() if value == fine)
