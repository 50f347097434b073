"""BasicMotions: where its smoothing comes from."""

import pytest

from reproduce import basic_motions
from reproduce.base.store import best, read_facts, read_rows, summarise

pytestmark = pytest.mark.fast


def test_the_smoothing_was_chosen_on_training_sequences():
    rows = read_rows("basic_motions_choice")
    assert {row["video"][:5] for row in rows} == {"train"}
    assert {row["smoothing"] for row in rows} == set(basic_motions.SMOOTHINGS)
    found = best(summarise(rows, ("smoothing",), ("mof",)), "mof")
    assert read_facts("basic_motions")["settings"]["smoothing"] == found["smoothing"]
