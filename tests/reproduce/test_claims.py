import json

import numpy as np
import pytest

from dkva.experiments.experiment import Outcome
from reproduce import claims, figure3a_kernels
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, NEEDS_DATA, Effect, effect, verdict
from reproduce.base.paths import RESULTS
from reproduce.base.store import Table, publish, read_rows
from reproduce.claims import ledger, verdicts
from reproduce.ledger.claim_tests import LONG, SHORT, TESTS
from reproduce.ledger.paper import CLAIMS, TABLES, number

pytestmark = pytest.mark.fast


def test_every_claim_has_one_test_and_every_test_a_claim():
    assert [test.claim for test in TESTS] == list(CLAIMS)


def test_every_test_has_rows_or_says_what_brings_them():
    for test in TESTS:
        assert (test.values is None) == (not test.places)
        assert test.values or test.needs


def test_the_methods_that_are_compared_are_in_the_rows():
    for record in ledger():
        if record["result"]:
            assert record["videos"] > 1, record["id"]
            assert record["interval"][0] <= record["effect"] <= record["interval"][1]


def rows(**scores):
    place = {"factor": "travel", "value": "2.0", "seed": 0.0}
    return [
        place | {"video": f"v{i}", "method": method, "mof": value + 0.001 * (i % 3), "repeats_joined": value}
        for method, value in scores.items()
        for i in range(10)
    ]


def test_a_claim_follows_the_sign_of_its_effect():
    test = next(test for test in TESTS if test.claim == "kernel-beats-l2")
    up = test.values(rows(**{"learned, kernel": 0.7, "learned, L2": 0.6}))
    assert up == pytest.approx(np.full(10, 0.1))
    for better, expected in ((0.8, HOLDS), (0.2, DOES_NOT_HOLD)):
        found = verdicts(rows(**{"learned, kernel": better, "learned, L2": 0.5}))
        assert next(r for r in found if r["claim"] == "kernel-beats-l2")["verdict"] == expected
        assert next(r for r in found if r["claim"] == "initial-beats-uniform")["verdict"] == NEEDS_DATA


def test_the_seed_plays_no_role_where_a_video_does_not_spread():
    test = next(test for test in TESTS if test.claim == "seed-plays-no-role")
    method = {"video": "a", "method": "learned, kernel"}
    mine = [method | {"seed": float(seed), "mof": 0.5 + 0.004 * seed} for seed in range(3)]
    assert test.values(mine) == pytest.approx([0.01 - 0.008])


def benchmark_rows(scores, measure="mof", videos=12, **columns):
    """{data set: {method: score}} as rows of Table 4, spread a little over videos."""
    return [
        {
            "dataset": dataset,
            "video": f"v{i}",
            "method": method,
            "n_frames": 100.0 + i,
            measure: value + 0.001 * i,
        }
        | columns
        for dataset, methods in scores.items()
        for method, value in methods.items()
        for i in range(videos)
    ]


def judged(claim, rows):
    return verdict(effect_of(next(test for test in TESTS if test.claim == claim), rows))


def effect_of(test, rows):
    values = test.values(rows)
    return values if isinstance(values, Effect) else effect(values)


def scored(ours, initial, tw_finch):
    return {"learned, kernel": ours, "initial, kernel": initial, "TW-FINCH": tw_finch}


PAPERS = {
    "50 Salads (mid)": scored(0.701, 0.652, 0.667),
    "MPII Cooking 2": scored(0.397, 0.353, 0.415),
    "Breakfast": scored(0.615, 0.579, 0.627),
    "Hollywood Extended": scored(0.551, 0.541, 0.550),
    "Desktop Assembly": scored(0.710, 0.679, 0.733),
    "YTI": scored(0.713, 0.701, 0.725),
}


def of(*names):
    return benchmark_rows({name: PAPERS[name] for name in names})


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
    test = next(test for test in TESTS if test.claim == "gain-larger-on-long-videos")
    rows = [
        {"dataset": "one", "video": f"v{i}", "method": method, "n_frames": float(i), "mof": value}
        for i in range(20)
        for method, value in (("initial, kernel", 0.5), ("learned, kernel", 0.5 + 0.01 * (i >= 10)))
    ]
    assert test.values(rows)[:3] == pytest.approx((0.01, 0.01, 0.01))


def test_what_a_random_number_costs_is_the_loss_beyond_table_4():
    rows = benchmark_rows({"YTI": scored(0.567, 0, 0.582)}, "f1")
    rows += benchmark_rows({"YTI": scored(0.475, 0, 0.473)}, "f1", draw=0.0)
    test = next(test for test in TESTS if test.claim == "random-k-costs-less")
    assert test.values(rows) == pytest.approx(np.full(12, (0.582 - 0.473) - (0.567 - 0.475)))


LIKE = "Breakfast-like (synthetic features on real label sequences)"
KERNELS = ("NNGP", "NTK", "NTK sphere", "SNTK", "GaussNTK sphere", "GaussNTK")


def kernel_rows(scores, dataset=LIKE, videos=12):
    """{kernel: score} as rows of Figure 3a, spread a little over videos."""
    return [
        {"dataset": dataset, "kernel": kernel, "video": f"v{i}", "method": "learned, kernel"}
        | dict.fromkeys(("mof", "iou", "f1"), value + 0.001 * i)
        for kernel, value in scores.items()
        for i in range(videos)
    ]


def smoothing_rows(scores, pieces=1.0, dataset=LIKE, videos=12):
    """{strength: MoF} as rows of Figure 3b, spread a little over videos; pieces without smoothing."""
    return [
        {"dataset": dataset, "smoothing": strength, "video": f"v{i}", "method": "learned, kernel"}
        | {"n_frames": 100.0 + i}
        | {"mof": value + 0.001 * i, "pieces_per_asked": pieces if strength == 0 else 1.0}
        for strength, value in scores.items()
        for i in range(videos)
    ]


def test_kernels_are_compared_with_gauss_at_its_best_fixed_length_scale():
    low = dict.fromkeys(KERNELS, 0.5)
    gauss = {"Gauss, l = 1": 0.2, "Gauss, l = 10": 0.5, "Gauss, l = median squared": 0.9}
    test = next(test for test in TESTS if test.claim == "gauss-ntk-best-mof")
    assert test.values(kernel_rows(low | gauss)) == pytest.approx(np.zeros(12))
    assert judged(test.claim, kernel_rows(low | gauss | {"GaussNTK": 0.6})) == HOLDS
    assert judged(test.claim, kernel_rows(low | gauss | {"SNTK": 0.6})) == DOES_NOT_HOLD
    high = low | gauss | {"NNGP": 0.6, "NTK sphere": 0.6, "Gauss, l = 10": 0.6}
    test = next(test for test in TESTS if test.claim == "characteristic-kernels-iou-f1")
    assert test.values(kernel_rows(high)) == pytest.approx(np.full(12, 0.1))
    assert judged(test.claim, kernel_rows(low | gauss)) == DOES_NOT_HOLD


def test_kernels_in_the_authors_reading_are_not_the_papers_seven():
    even = dict.fromkeys([*KERNELS, "Gauss, l = 10"], 0.5)
    theirs = {"NTK sphere (authors' program)": 0.9, "SNTK (authors' program)": 0.1}
    for claim in ("gauss-ntk-best-mof", "characteristic-kernels-iou-f1"):
        test = next(test for test in TESTS if test.claim == claim)
        assert test.values(kernel_rows(even | theirs)) == pytest.approx(np.zeros(12))
    names = {name for name in figure3a_kernels.KERNELS if name.endswith(figure3a_kernels.AUTHORS)}
    assert names == set(theirs)


def test_mmd_is_compared_with_the_better_transport_on_the_same_videos():
    rows = [
        {"dataset": LIKE, "video": f"v{i}", "value": value, "mof": mof + 0.01 * i}
        for value, mof in (("MMD", 0.6), ("Sinkhorn, a", 0.5), ("Sinkhorn, b", 0.55))
        for i in range(6)
    ]
    test = next(test for test in TESTS if test.claim == "mmd-easier-than-ot")
    assert test.values(rows) == pytest.approx([0.05] * 6)
    assert [place.datasets for place in test.places] == [(LIKE,)]  # three real videos are too few


def test_smoothing_is_judged_by_its_strengths():
    curve = {0.0: 0.4, 0.5: 0.1, 1.0: 0.5, 2.5: 0.55, 4.0: 0.52, 5.0: 0.1}
    helps = next(test for test in TESTS if test.claim == "smoothing-helps-long-videos")
    assert helps.values(smoothing_rows(curve))[:3] == pytest.approx([0, 0, 0])  # the halves gain alike
    rows = smoothing_rows(curve)
    for row in rows:
        row["mof"] += 0.2 * (row["smoothing"] == 2.5 and row["n_frames"] > 105.5)
    assert helps.values(rows).mean == pytest.approx(0.2)  # the longer half; all gain 0.25
    assert judged(helps.claim, rows) == HOLDS
    short = smoothing_rows(curve | {2.5: 0.42}, dataset="YTI")
    long = smoothing_rows(curve, dataset="50 Salads (mid)")
    assert helps.values(long + short).mean == pytest.approx(0.15 - 0.02)
    assert judged(helps.claim, long + smoothing_rows(curve | {2.5: 0.6}, dataset="YTI")) == DOES_NOT_HOLD
    sensitive = next(test for test in TESTS if test.claim == "sensitive-to-smoothing")
    assert sensitive.values(smoothing_rows(curve)).mean == pytest.approx(0.05 - 0.02)
    assert judged(sensitive.claim, smoothing_rows(curve)) == HOLDS
    assert judged(sensitive.claim, smoothing_rows(curve | {1.0: 0.54, 4.0: 0.54})) == DOES_NOT_HOLD
    flat = smoothing_rows(curve | {1.0: 0.54, 4.0: 0.54}, dataset="YTI")
    assert judged(sensitive.claim, smoothing_rows(curve) + flat) == DOES_NOT_HOLD


def test_smoothing_is_needed_where_most_videos_are_cut_into_twice_as_many_pieces():
    assert judged("smoothing-is-needed", smoothing_rows({0.0: 0.5, 1.0: 0.5}, pieces=2.5)) == HOLDS
    assert judged("smoothing-is-needed", smoothing_rows({0.0: 0.5, 1.0: 0.5}, pieces=2.0)) == DOES_NOT_HOLD


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


def test_a_claim_is_tested_on_benchmarks_before_what_stands_in_for_them(tmp_path):
    """Rows of all six benchmarks take the place of the stand-in's."""
    test = next(test for test in TESTS if test.claim == "gain-larger-on-long-videos")
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


def test_without_results_all_needs_data(tmp_path):
    assert {record["verdict"] for record in ledger(tmp_path)} == {NEEDS_DATA}
    assert all(record["needs"] for record in ledger(tmp_path))


def test_the_stored_ledger_is_what_is_computed(tmp_path):
    assert claims.stored() == json.loads((RESULTS / claims.LEDGER).read_text())


def test_numbers_of_the_paper():
    assert number("table4", {"dataset": "Breakfast", "method": "learned, kernel"}, "f1") == 49.8
    assert number("table4", {"dataset": "YTI", "method": "CLOT"}, "mof") == 69.3
    assert number("table4", {"dataset": "MPII Cooking 2", "method": "ABD"}, "mof") is None
    assert number("table5", {"dataset": "50 Salads (mid)", "method": "TW-FINCH"}, "iou") == 41.3
    assert number("table2", {"method": "learned, kernel"}, "mof") is None
    assert number(None, {"method": "learned"}, "mof") is None
    assert len(TABLES["table4"]) == 3 * 18 + 9 + 2 * 12
    assert len(TABLES["table5"]) == 36


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
