"""Table 5: its choice, and its rows."""

import pytest

from reproduce import table5_random_k
from reproduce.base.store import best, read_facts, read_rows, summarise


@pytest.mark.fast
def test_the_weight_decay_of_table_5_is_chosen_on_odd_subjects():
    rows = read_rows("table5_choice")
    assert all(table5_random_k.odd_subject(row["video"]) for row in rows)
    found = best(summarise(rows, ("weight_decay",), ("f1",)), "f1")
    learned = read_facts("table5_breakfast_sample")["methods"]["learned, kernel"]["settings"]
    assert learned["weight_decay"] == found["weight_decay"]
