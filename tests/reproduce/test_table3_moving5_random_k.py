"""Table 3: its grid, and its draws."""

import pytest

from reproduce import table3_moving5_random_k
from reproduce.base.store import read_rows

pytestmark = pytest.mark.fast


def test_the_grid_is_in_the_columns_of_the_stored_choice():
    rows = read_rows("table3_moving5_random_k_choice")
    assert {row["weight_decay"] for row in rows} == set(table3_moving5_random_k.WEIGHT_DECAYS)


def test_a_draw_has_a_seed_of_its_own():
    rows = read_rows("table3_moving5_random_k")
    assert {row["draw"] for row in rows} == set(range(5))
    assert all(row["seed"] == row["draw"] or row["seed"] != row["seed"] for row in rows)  # NaN: no seed
