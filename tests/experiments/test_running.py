"""Units of work carried out: what fails is told, what comes is kept."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from dkva.experiments.code_version import code_version
from dkva.experiments.row_cache import RowCache
from dkva.experiments.running import (
    Done,
    Unit,
    check_same_code,
    check_told_apart,
    compute_rows,
    facts_of_run,
    numbers_of,
    plain_row,
    runs_of,
)

pytestmark = pytest.mark.fast

HERE = {"scheduler": "processes", "workers": 1, "group": None}


def halve(number):
    if number % 2:
        return Done({}, [f"{number} is odd", "and stays so"], None)
    if number > 100:
        raise OverflowError("too large")
    return Done({str(number): ({"half": number // 2}, 0.5)}, [], None)


def test_numbers_become_plain_and_nan_none():
    row = plain_row({"a": np.float64(0.5), "b": np.int64(3), "c": math.nan, "d": "text"})
    assert row == {"a": 0.5, "b": 3, "c": None, "d": "text"}
    assert [type(value) for value in row.values()] == [float, int, type(None), str]
    back = numbers_of(row)
    assert math.isnan(back.pop("c"))
    assert back == {"a": 0.5, "b": 3, "d": "text"}


def test_rows_are_kept_and_every_problem_is_told(tmp_path):
    cache = RowCache(tmp_path / "rows.sqlite")
    about = facts_of_run(None, 1, "processes")
    units = [Unit(f"unit {number}", 1, number) for number in (4, 3, 102, 8)]
    failed = compute_rows(halve, units, cache, about, HERE, False)
    assert failed == {
        1: "  unit 3: 3 is odd\n  unit 3: and stays so",
        2: "  unit 102: OverflowError: too large",
    }
    kept = cache.get(["4", "3", "102", "8"])
    assert {key: row["half"] for key, (row, _, _) in kept.items()} == {"4": 2, "8": 4}
    (run,) = runs_of(cache, {key: (run_id, took) for key, (_, run_id, took) in kept.items()})
    assert (run["rows"], run["seconds"], run["workers"], run["device"]) == (2, 1.0, 1, "cpu: cpu")


def test_other_code_at_the_worker_is_refused():
    check_same_code(plain_row, code_version(plain_row))
    with pytest.raises(RuntimeError, match=r"other code of dkva\.experiments\.running\.plain_row: start"):
        check_same_code(plain_row, "0123456789abcdef")


@dataclass
class Told:
    """A method as far as its rows go."""

    label: str
    columns: dict = field(default_factory=dict)


def test_methods_differ_in_label_or_columns_and_take_no_column_twice():
    check_told_apart([Told("a"), Told("b"), Told("a", {"epochs": 1}), Told("a", {"epochs": 2})], {"video"})
    with pytest.raises(ValueError, match="two methods are called 'a': give each a label or columns"):
        check_told_apart([Told("a", {"epochs": 1}), Told("a", {"epochs": 1})], set())
    with pytest.raises(ValueError, match="a: rows have a column 'video' already"):
        check_told_apart([Told("a", {"video": 1})], {"video"})
