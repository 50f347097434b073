"""What is published of RTK."""

import pytest

from reproduce.ledger.alignment_paper import ALIGNMENT_CLAIMS
from reproduce.ledger.joint_paper import JOINT_CLAIMS
from reproduce.ledger.keypoint_paper import KEYPOINT_CLAIMS, RTK_TABLES
from reproduce.ledger.paper import CLAIMS

pytestmark = pytest.mark.fast

SETS = ("50salads", "gtea", "breakfast")


def test_no_claim_is_of_two_papers():
    assert not KEYPOINT_CLAIMS.keys() & {**CLAIMS, **JOINT_CLAIMS, **ALIGNMENT_CLAIMS}.keys()
    assert all(claim.where.startswith("RTK, ") for claim in KEYPOINT_CLAIMS.values())


def test_rtk_is_ahead_in_its_tables_but_for_one_number():
    behind = []
    for name in SETS:
        table = RTK_TABLES[name]
        for place, column in enumerate(table.columns):
            best = max((numbers[place] or 0, line) for line, numbers in table.lines.items())[1]
            if best != "RTK":
                behind.append((name, column, best))
    assert behind == [("breakfast", "accuracy", "ASFormer")]


def test_what_the_tables_say_twice_is_the_same():
    gtea, ablation = RTK_TABLES["gtea"], RTK_TABLES["ablation"]
    assert ablation.lines["all (RTK)"] == gtea.lines["RTK"]
    assert ablation.lines["refinement"] == gtea.lines["ASFormer"]
    for name, line in (("matching", "PCA, cut off (RTK)"), ("candidates", "0.1 (RTK)")):
        assert RTK_TABLES[name].lines[line] == gtea.lines["RTK"]


def test_overlaps_fall_with_their_threshold():
    for table in RTK_TABLES.values():
        if "F1@10" in table.columns:
            for numbers in table.lines.values():
                if numbers[0] is not None:
                    assert list(numbers[:3]) == sorted(numbers[:3], reverse=True)
