"""Table 2: a rerun gives the stored rows, and their order is the measured one."""

import pytest

from dkva.experiments.experiment import RowCache, run
from reproduce import table2_moving5
from reproduce.base.labels import INITIAL, INITIAL_L2, LEARNED, MORE_EPOCHS, UNIFORM
from reproduce.base.store import read_facts, read_rows
from reproduce.collections import moving5
from reproduce.tables.moving5 import chosen_settings, true_k_methods


def test_a_rerun_gives_the_stored_rows(tmp_path):
    mine = [true_k_methods(chosen_settings())["dkva"]]
    rows = run(mine, moving5.tasks(seeds=range(2), videos=3), RowCache(tmp_path / "rows.sqlite")).rows
    stored = {(r["video"], r["seed"]): r for r in read_rows("table2_moving5") if r["method"] == LEARNED}
    assert len(rows) == 6
    for row in rows:
        expected = stored[row["video"], row["seed"]]
        for measure in (*table2_moving5.TABLE.measures, "found", "edit"):
            assert row[measure] == pytest.approx(expected[measure], abs=1e-6, nan_ok=True), measure


def test_the_measured_order_of_methods_and_overfitting():
    """What was measured before this code was written (method: section 8), on the stored rows."""
    mean = {
        record["method"]: record["mean"]
        for record in read_facts("table2_moving5")["table"]
        if record["measure"] == "mof"
    }
    assert mean[UNIFORM] < mean[INITIAL_L2] < mean[INITIAL] < mean[LEARNED]
    assert mean[MORE_EPOCHS] < mean[LEARNED]


def test_the_grid_is_in_the_columns_of_the_stored_choice():
    rows = read_rows("table2_moving5_choice")
    grid = {(epochs, decay) for epochs in table2_moving5.EPOCHS for decay in table2_moving5.WEIGHT_DECAYS}
    assert {(row["epochs"], row["weight_decay"]) for row in rows} == grid
