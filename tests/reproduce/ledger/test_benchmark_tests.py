"""Claims that are tested on the benchmarks."""

import numpy as np
import pytest
from claim_rows import PAPERS, benchmark_rows, claim_test, judged, of, scored

from dkva.experiments.experiment import Outcome
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS
from reproduce.base.store import Table, publish
from reproduce.ledger.compare import LONG, SHORT
from reproduce.ledger.verdicts import ledger

pytestmark = pytest.mark.fast


def test_the_papers_own_numbers_hold_its_claims():
    assert judged("above-asot-50-salads", of("50 Salads (mid)")) == HOLDS
    assert judged("below-tw-finch-fine-labels", of("YTI", "Desktop Assembly")) == HOLDS
    assert judged("little-gain-short-videos", of("YTI", "Hollywood Extended")) == HOLDS
    assert judged("large-gain-long-videos", of("50 Salads (mid)", "MPII Cooking 2")) == HOLDS
    assert judged("gain-larger-on-long-videos", of(*PAPERS)) == HOLDS
    assert judged("no-winner", of(*PAPERS)) == HOLDS


def test_claims_about_every_data_set_fall_with_one():
    fallen = {name: dict(PAPERS[name]) for name in ("YTI", "Desktop Assembly")}
    fallen["YTI"]["learned, kernel"] = 0.75
    assert judged("below-tw-finch-fine-labels", benchmark_rows(fallen)) == DOES_NOT_HOLD
    gains = {name: dict(PAPERS[name]) for name in ("50 Salads (mid)", "MPII Cooking 2")}
    gains["MPII Cooking 2"]["initial, kernel"] = 0.39
    assert judged("large-gain-long-videos", benchmark_rows(gains)) == DOES_NOT_HOLD
    won = {name: scored(0.9, 0.5, 0.6) for name in PAPERS}
    assert judged("no-winner", benchmark_rows(won)) == DOES_NOT_HOLD
    f1 = {"YTI": scored(0.475, 0, 0.473), "Breakfast": scored(0.386, 0, 0.380)}
    assert judged("random-k-f1-above-tw-finch", benchmark_rows(f1, "f1")) == HOLDS
    f1["YTI"]["TW-FINCH"] = 0.5
    assert judged("random-k-f1-above-tw-finch", benchmark_rows(f1, "f1")) == DOES_NOT_HOLD


def test_one_data_set_is_halved_by_length():
    test = claim_test("gain-larger-on-long-videos")
    rows = [
        {"dataset": "one", "video": f"v{i}", "method": method, "n_frames": float(i), "mof": value}
        for i in range(20)
        for method, value in (("initial, kernel", 0.5), ("learned, kernel", 0.5 + 0.01 * (i >= 10)))
    ]
    assert test.values(rows)[:3] == pytest.approx((0.01, 0.01, 0.01))


def test_what_a_random_number_costs_is_the_loss_beyond_table_4():
    rows = benchmark_rows({"YTI": scored(0.567, 0, 0.582)}, "f1")
    rows += benchmark_rows({"YTI": scored(0.475, 0, 0.473)}, "f1", draw=0.0)
    test = claim_test("random-k-costs-less")
    assert test.values(rows) == pytest.approx(np.full(12, (0.582 - 0.473) - (0.567 - 0.475)))


def test_a_claim_is_tested_on_benchmarks_before_what_stands_in_for_them(tmp_path):
    """Rows of all six benchmarks take the place of the stand-in's."""
    test = claim_test("gain-larger-on-long-videos")
    assert [len(place.results) for place in test.places] == [6, 1]
    assert "no benchmark" in test.places[1].data
    keys = ("50salads", "mpii_cooking", "breakfast", "hollywood_extended", "desktop_assembly", "yti")
    assert keys == (*LONG, *SHORT)
    outcome = Outcome(of("Breakfast"), {}, 0)
    publish(
        Table("table4_breakfast_like", "t", "c", by=("dataset", "method"), measures=("mof",)),
        outcome,
        {},
        tmp_path,
    )
    claim = next(r for r in ledger(tmp_path) if r["id"] == test.claim)
    assert "no benchmark" in claim["data"]
    for key, name in zip(keys, PAPERS, strict=True):
        table = Table(f"table4_{key}", "t", "c", by=("dataset", "method"), measures=("mof",))
        publish(table, Outcome(of(name), {}, 0), {}, tmp_path)
    claims_now = {r["id"]: r for r in ledger(tmp_path)}
    assert claims_now[test.claim]["data"].startswith("50 Salads, MPII")
    assert claims_now[test.claim]["verdict"] == HOLDS
    assert claims_now["above-asot-50-salads"]["effect"] == pytest.approx(70.1 - 64.3 + 0.55)
