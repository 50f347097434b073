"""Methods on real recordings, and the cells of their tables."""

import pytest

from reproduce.base.store import read_facts
from reproduce.tables.recording_cells import gains, parity_cells
from reproduce.tables.recordings import BREAKFAST, basic_motions

pytestmark = pytest.mark.fast


def test_methods_are_those_of_the_stored_tables():
    facts = read_facts("basic_motions")
    for made, stored in (
        (basic_motions(facts["settings"]["smoothing"]), facts["methods"]),
        (BREAKFAST, read_facts("breakfast_sample")["methods"]),
    ):
        assert {m.label: (m.id, m.settings) for m in made} == {
            label: (each["id"], each["settings"]) for label, each in stored.items()
        }


def row(video, method, mof):
    return {"video": video, "method": method, "mof": mof, "iou": mof, "f1": mof}


def test_cells_of_known_rows():
    rows = [row(f"v{i}", method, mof) for i in range(3) for method, mof in (("a", 0.5), ("b", 0.25))]
    assert gains(rows, "a", "b") == ["25.0 [25.0, 25.0]"] * 3
    rows = [row("v", '"video"', 0.4), row("v", '"video"', 0.6), row("v", '"batch"', 0.5)]
    assert parity_cells(rows, "v") == [
        "50.0±14.1 / 50.0±14.1 / 50.0±14.1  (MoF 40.0 to 60.0)",
        "50.0±0.0 / 50.0±0.0 / 50.0±0.0  (MoF 50.0 to 50.0)",
    ]
