"""Suggested numbers of segments held against true ones."""

import numpy as np
import pytest

from dkva.kernel_means.segmenting import kernel_mean_segments
from reproduce import study_suggested_k
from reproduce.base.store import read_rows
from reproduce.tables.suggested_k import MEDIAN, NESTED, RULES, TRUE, cut_by_rule, measure

pytestmark = pytest.mark.fast

X = 6 * np.eye(5)[np.repeat([0, 1, 2, 3, 4], 12)] + np.random.default_rng(0).normal(size=(60, 5))


def test_each_rule_cuts_at_its_number():
    cuts = {rule: cut_by_rule(X, 5, rule=rule) for rule in RULES}
    np.testing.assert_array_equal(cuts[TRUE], kernel_mean_segments(X, 5))
    np.testing.assert_array_equal(cuts["always 4"], kernel_mean_segments(X, 4))
    assert len(np.unique(cuts[NESTED])) == 5
    three = sorted(len(np.unique(cuts[rule])) for rule in RULES[:3])
    assert len(np.unique(cuts[MEDIAN])) == three[1]


def test_what_is_measured():
    truth = np.repeat([0, 1, 2, 3], 5)
    found = measure(truth, np.repeat([7, 8], 10), 4)
    assert (found["found"], found["off"], found["mof"]) == (2, 2, 0.5)
    assert measure(truth, truth, 4)["off"] == 0


def test_stored_rows_are_of_every_rule_on_21_sequences():
    rows = read_rows("study_suggested_k")
    assert {row["method"] for row in rows} == set(RULES)
    assert len({row["video"] for row in rows}) == 21
    assert all(row["off"] == abs(row["found"] - row["n_segments"]) for row in rows)
    assert study_suggested_k.median_off(rows, TRUE) == 0


def test_absent_data_is_said(tmp_path, capsys):
    assert study_suggested_k.main(["--data-root", str(tmp_path)]) == 2
    assert "left out" in capsys.readouterr().out
