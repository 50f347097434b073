"""What is published of LRProp and MASA."""

import statistics

import pytest

from reproduce.ledger.alignment_paper import ALIGNMENT_CLAIMS, LRPROP_TABLES, MASA_TABLES
from reproduce.ledger.claim_tests import ALL_CLAIMS
from reproduce.ledger.joint_paper import JOINT_CLAIMS
from reproduce.ledger.keypoint_paper import KEYPOINT_CLAIMS
from reproduce.ledger.paper import CLAIMS

pytestmark = pytest.mark.fast


def column(table, name):
    """Numbers of a column by line, of the lines that have one."""
    at = table.columns.index(name)
    return {line: numbers[at] for line, numbers in table.lines.items() if numbers[at] is not None}


def test_no_claim_is_of_two_papers():
    assert not (CLAIMS.keys() | JOINT_CLAIMS.keys()) & ALIGNMENT_CLAIMS.keys()
    assert list(ALL_CLAIMS) == [*CLAIMS, *JOINT_CLAIMS, *ALIGNMENT_CLAIMS, *KEYPOINT_CLAIMS]


def test_lrprop_is_ahead_in_its_tables_and_the_mean_over_actions_is_the_tables():
    for name in ("pouring", "penn_action"):
        table = LRPROP_TABLES[name]
        for each in table.columns:
            numbers = column(table, each)
            assert max(numbers, key=numbers.get) == "LRProp", (name, each)
    by_action = LRPROP_TABLES["by_action"]
    assert len(by_action.lines) == 13
    whole = LRPROP_TABLES["penn_action"]
    # Numbers are rounded, 91.9 to one place. The progression's mean is another one in the paper.
    for each in ("Kendall's tau", "AP@5", "accuracy 10 %", "accuracy 100 %"):
        mean = statistics.fmean(column(by_action, each).values())
        assert mean == pytest.approx(column(whole, each)["LRProp"], abs=0.03), each


def test_all_three_parts_are_lrprop():
    pouring, ablation = LRPROP_TABLES["pouring"], LRPROP_TABLES["ablation"]
    for each in ablation.columns:
        if each != "AP@10":  # the two tables of the paper disagree
            assert column(ablation, each)["all three"] == column(pouring, each)["LRProp"]


def test_what_masas_tables_say_twice_is_the_same():
    first, second = MASA_TABLES["penn_action"], MASA_TABLES["activities"]
    for line, other in (("MASA, RGB", "MASA, RGB, of all"), ("CASA, skeletons", "CASA, skeletons, for each")):
        for name in ("accuracy 10 %", "accuracy 50 %", "accuracy 100 %", "progression", "Kendall's tau"):
            assert column(first, name)[line] == column(second, name)[other]
    milk, parts = MASA_TABLES["h2o"], MASA_TABLES["ablation"]
    for name in parts.columns:
        numbers = column(parts, name)
        assert numbers["MASA"] == column(milk, name)["MASA, RGB"]
        # By its own table, progression is higher without self-attention.
        assert max(numbers, key=numbers.get) == (
            "without self-attention" if name == "progression" else "MASA"
        )
