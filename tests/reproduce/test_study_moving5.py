"""The study of what the paper leaves open about Moving5."""

import pytest

from reproduce import study_moving5
from reproduce.base.store import read_rows
from reproduce.tables.moving5 import chosen_settings

pytestmark = pytest.mark.fast


def test_the_study_has_the_default_in_every_factor():
    stored = read_rows("study_moving5")
    factors = {row["factor"] for row in stored}
    defaults = {
        (row["video"], row["mof"])
        for row in stored
        if (row["factor"], row["value"]) == ("travel", "2.0") and row["method"] == "initial, kernel"
    }
    assert len(defaults) == 50
    for factor, value in (("digit_size", "28"), ("colour", "True"), ("order", "random"), ("repeats", "3")):
        assert factor in factors
        same = {
            (row["video"], row["mof"])
            for row in stored
            if (row["factor"], row["value"]) == (factor, value) and row["method"] == "initial, kernel"
        }
        assert same == defaults, factor


def test_its_rows_are_of_the_methods_and_values_that_it_runs():
    rows = read_rows("study_moving5")
    values = {(factor, str(value)) for factor, values in study_moving5.FACTORS.items() for value in values}
    assert {(row["factor"], row["value"]) for row in rows} == values
    labels = [method.label for method in study_moving5.methods(chosen_settings())]
    assert list(dict.fromkeys(row["method"] for row in rows)) == labels
