"""Claims about kernels and the loss."""

import numpy as np
import pytest
from claim_rows import LIKE, claim_test, judged

from dkva.experiments.experiment import Outcome
from reproduce import figure3a_kernels
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA
from reproduce.base.labels import AUTHORS
from reproduce.base.store import Table, publish
from reproduce.ledger.verdicts import ledger

pytestmark = pytest.mark.fast


KERNELS = ("NNGP", "NTK", "NTK sphere", "SNTK", "GaussNTK sphere", "GaussNTK")


def kernel_rows(scores, dataset=LIKE, videos=12):
    """{kernel: score} as rows of Figure 3a, spread a little over videos."""
    return [
        {"dataset": dataset, "kernel": kernel, "video": f"v{i}", "method": "learned, kernel"}
        | dict.fromkeys(("mof", "iou", "f1"), value + 0.001 * i)
        for kernel, value in scores.items()
        for i in range(videos)
    ]


def test_kernels_are_compared_with_gauss_at_its_best_fixed_length_scale():
    low = dict.fromkeys(KERNELS, 0.5)
    gauss = {"Gauss, l = 1": 0.2, "Gauss, l = 10": 0.5, "Gauss, l = median squared": 0.9}
    test = claim_test("gauss-ntk-best-mof")
    assert test.values(kernel_rows(low | gauss)) == pytest.approx(np.zeros(12))
    assert judged(test.claim, kernel_rows(low | gauss | {"GaussNTK": 0.6})) == HOLDS
    assert judged(test.claim, kernel_rows(low | gauss | {"SNTK": 0.6})) == DOES_NOT_HOLD
    high = low | gauss | {"NNGP": 0.6, "NTK sphere": 0.6, "Gauss, l = 10": 0.6}
    test = claim_test("characteristic-kernels-iou-f1")
    assert test.values(kernel_rows(high)) == pytest.approx(np.full(12, 0.1))
    assert judged(test.claim, kernel_rows(low | gauss)) == DOES_NOT_HOLD


def test_kernels_in_the_authors_reading_are_not_the_papers_seven():
    even = dict.fromkeys([*KERNELS, "Gauss, l = 10"], 0.5)
    theirs = {"NTK sphere (authors' program)": 0.9, "SNTK (authors' program)": 0.1}
    for claim in ("gauss-ntk-best-mof", "characteristic-kernels-iou-f1"):
        test = claim_test(claim)
        assert test.values(kernel_rows(even | theirs)) == pytest.approx(np.zeros(12))
    names = {name for name in figure3a_kernels.KERNELS if name.endswith(AUTHORS)}
    assert names == set(theirs)


def test_mmd_is_compared_with_the_better_transport_on_the_same_videos():
    rows = [
        {"dataset": LIKE, "video": f"v{i}", "value": value, "mof": mof + 0.01 * i}
        for value, mof in (("MMD", 0.6), ("Sinkhorn, a", 0.5), ("Sinkhorn, b", 0.55))
        for i in range(6)
    ]
    test = claim_test("mmd-easier-than-ot")
    assert test.values(rows) == pytest.approx([0.05] * 6)
    assert [place.datasets for place in test.places] == [(LIKE,)]  # three real videos are too few


def test_a_claim_takes_the_rows_of_its_data_sets_alone(tmp_path):
    even = dict.fromkeys([*KERNELS, "Gauss, l = 10"], 0.5)
    mine = kernel_rows(even | {"GaussNTK": 0.6}) + kernel_rows(even, "Moving5")
    table = Table("figure3a_kernels", "t", "c", by=("dataset", "kernel"))
    publish(table, Outcome(mine, {}, 0), {}, tmp_path)
    found = next(r for r in ledger(tmp_path) if r["id"] == "gauss-ntk-best-mof")
    assert (found["effect"], found["videos"]) == (pytest.approx(10), 12)
    assert "no benchmark" in found["data"]
    publish(table, Outcome(mine + kernel_rows(even, "50 Salads (mid)"), {}, 0), {}, tmp_path)
    found = next(r for r in ledger(tmp_path) if r["id"] == "gauss-ntk-best-mof")
    assert (found["effect"], found["data"]) == (pytest.approx(0), "50 Salads")
    publish(table, Outcome(kernel_rows(even, "Moving5"), {}, 0), {}, tmp_path)
    found = next(r for r in ledger(tmp_path) if r["id"] == "gauss-ntk-best-mof")
    assert found["verdict"] == NEEDS_DATA
