"""What studies share: their data sets, and what is stored."""

import numpy as np
import pytest

from dkva.experiments.experiment import Outcome
from reproduce.base.store import Table, read_facts, read_rows
from reproduce.collections.benchmarks import options_of, request_of
from reproduce.tables.studies import open_studied, store

pytestmark = pytest.mark.fast


TABLE = Table("study", "t", "c", by=("dataset",), measures=("mof",))


def request(*arguments, keys=None):
    return request_of(options_of(None, seeds=1).parse_args([str(each) for each in arguments]), keys)


def video(seed=0):
    """Frames [40, 3] of two actions, and their labels."""
    truth = np.repeat([0, 1], 20)
    return np.random.default_rng(seed).normal(size=(40, 3)) + 5 * truth[:, None], truth


def test_rows_of_data_that_is_not_here_are_not_lost(tmp_path, capsys):
    rows = [{"dataset": d, "video": v, "mof": 0.5} for d in ("A", "B") for v in ("v0", "v1")]
    assert store(TABLE, Outcome(rows, {}, 4), {}, request(), tmp_path)
    assert not store(TABLE, Outcome(rows[:2], {}, 2), {}, request(), tmp_path)
    assert "have B too" in capsys.readouterr().out
    assert len(read_rows("study", tmp_path)) == read_facts("study", tmp_path)["rows"] == 4


@pytest.mark.parametrize(
    "given", [["--smoke"], ["--videos", 2], ["--datasets", "yti"], ["--clusters", "twfinch"]]
)
def test_parts_of_a_run_are_not_stored(given, tmp_path):
    assert not store(TABLE, Outcome([{"dataset": "A"}], {}, 1), {}, request(*given), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_data_set_that_is_absent_is_passed_over(tmp_path):
    asked = request("--datasets", "yti", "--data-root", tmp_path, keys=("yti",))
    assert open_studied(asked, 2) == []
