"""The page of results is what the stored rows give, and what its sentences say is so."""

import json

import pytest

from reproduce import check, pictures
from reproduce.base.effects import DOES_NOT_HOLD, HOLDS, UNDECIDED, effect, paired
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts, read_rows
from reproduce.ledger.claim_tests import ALL_CLAIMS
from reproduce.ledger.paper import TABLES
from reproduce.pages.results import PAGE, results_page


@pytest.fixture(scope="module")
def found():
    return check.report(RESULTS)


@pytest.fixture
def prints_one(monkeypatch):
    """A check prints the first table of all: to draw the others takes seconds."""
    whole = check._print
    monkeypatch.setattr(check, "_print", lambda shown: whole(shown | {"tables": shown["tables"][:1]}))


@pytest.fixture(scope="module")
def page():
    return (RESULTS / PAGE).read_text()


@pytest.fixture(scope="module")
def of_rows(found):
    return results_page(found, RESULTS)


def test_the_stored_page_is_what_the_rows_give(of_rows, page):
    assert of_rows == page
    assert "No rows are stored" not in page


def test_every_table_and_claim_is_shown(found, page):
    for table in found["tables"]:
        assert page.count(f"]({table['id']}.json)") == 1
        assert f"`{table['command']}`" in page
        for row in table["rows"]:
            if row["ours"] is not None and table["unit"]:
                assert str(row[table["by"][-1]]).removesuffix(".0") in page
    for claim in ALL_CLAIMS.values():
        assert f"| {claim.id} |" in page
        assert f"| {claim.statement} |" in page
    for record in found["claims"]:
        if record["effect"] is not None:
            low, high = record["interval"]
            shown = f"{record['effect']:+.1f} [{low:+.1f}, {high:+.1f}] | {record['verdict']} |"
            assert any(record["statement"] in line and shown in line for line in page.splitlines())


def test_the_comparisons_of_a_claim_are_shown(found):
    part = {"what": "ours - theirs", "effect": 1, "interval": [0.5, 1.5], "videos": 9, "verdict": HOLDS}
    alone = part | {"what": "one video", "interval": None}
    claims = [found["claims"][0] | {"parts": [part, alone]}, *found["claims"][1:]]
    page = results_page(found | {"claims": claims}, RESULTS)
    assert f"| {claims[0]['id']} | ours - theirs | +1.0 [+0.5, +1.5] | 9 | holds |" in page
    assert "| one video | +1.0 | 9 |" in page


@pytest.mark.fast
def test_the_papers_numbers_are_shown(page):
    lines = [line for line in page.splitlines() if line.startswith("| learned, kernel | ")]
    for table in ("table4", "table5"):
        breakfast = [
            TABLES[table]["Breakfast", "learned, kernel", measure] for measure in ("mof", "iou", "f1")
        ]
        assert any(" / ".join(f"{score:.1f}" for score in breakfast) in line for line in lines)
    assert "| 50 Salads (mid) | 11788 | 50 | 19 | 64 |" in page


def test_a_page_that_does_not_follow_is_named_and_written_again(
    tmp_path, capsys, page, found, of_rows, monkeypatch, prints_one
):
    copy = tmp_path / "results"
    copy.mkdir()
    monkeypatch.setattr(check, "report", lambda folder: found | {"problems": []})
    monkeypatch.setattr(check, "results_page", lambda shown, folder: of_rows if folder == copy else "")
    changed = page.replace("| TW-FINCH | 83.1", "| TW-FINCH | 63.1")
    assert changed != page
    (copy / PAGE).write_text(changed)
    assert check.main(["--json", "--results", str(copy)]) == 1  # as JSON: drawing tables takes longer
    assert f"{PAGE}: is not what the rows give; write it with" in capsys.readouterr().err
    (copy / PAGE).unlink()
    assert check.main(["--json", "--results", str(copy)]) == 1
    assert f"{PAGE}: not found" in capsys.readouterr().err
    assert check.main(["--results", str(copy), "--markdown"]) == 0
    assert (copy / PAGE).read_text() == page
    assert f"{PAGE}: written" in capsys.readouterr().out


def test_rows_that_are_wrong_write_no_page(tmp_path, found, monkeypatch, prints_one):
    monkeypatch.setattr(check, "report", lambda folder: found | {"problems": ["a row is wrong"]})
    copy = tmp_path / "results"
    copy.mkdir()
    (copy / PAGE).write_text("old")
    assert check.main(["--results", str(copy), "--markdown"]) == 1
    assert (copy / PAGE).read_text() == "old"


# --- what the sentences say ----------------------------------------------------------------------------


def gain(name, dataset, value, against):
    rows = [row for row in read_rows(name) if row["dataset"].startswith(dataset)]
    return effect(100 * paired(rows, value, against, "mof"))


def test_what_the_text_says_of_kernels_and_settings():
    kernels = {record["dataset"] for record in read_facts("figure3a_kernels")["table"]}
    for dataset in kernels:
        means = {
            record["kernel"]: record["mean"]
            for record in read_facts("figure3a_kernels")["table"]
            if (record["dataset"], record["measure"]) == (dataset, "mof")
        }
        assert max(means, key=means.get) != "GaussNTK"
    large = {"erf", "random frames"}
    for name in pictures.STUDIES[:-1]:
        own = {}
        for factor, value in dict.fromkeys((row["factor"], row["value"]) for row in read_rows(name)):
            usual = own.setdefault(factor, value)
            if factor != "not learned" and value not in {usual, *large}:
                sides = {"factor": factor, "value": value}, {"factor": factor, "value": usual}
                assert abs(gain(name, "Breakfast-like", *sides).mean) <= 0.5, value
    # With optimal transport the scores stay near the initialisation's.
    for dataset in ("Breakfast-like", "Breakfast sample"):
        start = [r for r in read_rows("study_initialisation") if r["dataset"].startswith(dataset)]
        start = [r for r in start if (r["factor"], r["value"]) == ("not learned", "uniform segments")]
        ended = [r for r in read_rows("study_transport") if r["dataset"].startswith(dataset)]
        for value in ("Sinkhorn, entropy 0.05", "Sinkhorn, entropy 0.2"):
            moved = paired(ended + start, {"value": value}, {"value": "uniform segments"}, "mof")
            assert len(moved) in (3, 30)
            assert abs(100 * moved.mean()) < 1.2


def test_the_seeds_are_fifty_on_thirteen_videos(page):
    seeds = {}
    for row in read_rows("study_seeds"):
        seeds.setdefault((row["dataset"], row["video"]), set()).add(row["seed"])
    assert {len(mine) for mine in seeds.values()} == {50}
    assert len(seeds) == 13
    assert "Over 50 seeds" in page
    assert "for the other 12" in page


@pytest.mark.fast
def test_where_the_claims_hold_along_the_study_of_moving5():
    study = json.loads((RESULTS / "claims.json").read_text())["study"]
    verdicts = {(r["claim"], r["factor"], r["value"]): r["verdict"] for r in study}

    def said(claim, factor, **values):
        for value, verdict in values.items():
            assert verdicts[claim, factor, value.strip("_").replace("_", ".")] == verdict, (claim, value)

    u, d, h = UNDECIDED, DOES_NOT_HOLD, HOLDS
    said("initial-beats-uniform", "travel", _0_5=h, _1_0=h, _2_0=h, _3_0=h, _4_0=u, _8_0=d)
    said("initial-beats-uniform", "digit_size", _28=h, _20=h, _14=u)
    said("learning-beats-initial", "travel", _0_5=h, _1_0=h, _2_0=u, _4_0=d, _8_0=d)
    said("learning-beats-initial", "digit_size", _14=d)
    said("learning-beats-initial", "order", fixed=h)
    said("learning-beats-initial", "epochs", _5=h)
    said("more-epochs-overfit", "travel", _2_0=u, _3_0=h, _4_0=h, _8_0=h)
    said("more-epochs-overfit", "digit_size", _20=h, _14=h)
    said("more-epochs-overfit", "colour", False_=h)
    said("more-epochs-overfit", "repeats", _1=h)
    said("more-epochs-overfit", "returning", same=h)
    said("kernel-beats-l2", "travel", _8_0=d)
    said("repeats-recognised", "travel", _0_5=h, _1_0=h, _8_0=d)
    said("repeats-recognised", "digit_size", _14=d)
    said("repeats-recognised", "epochs", _10=u, _20=h, _40=h, _80=h)
    said("repeats-recognised", "returning", same=u)


@pytest.mark.fast
def test_who_is_ahead_on_the_stand_ins():
    for table, key, ahead in (
        ("table4", "breakfast_sample", "TW-FINCH"),
        ("table4", "breakfast_like", "TW-FINCH"),
        ("table4", "breakfast_like", "kernel change points"),
        ("table4", "basic_motions", "TW-FINCH"),
        ("table5", "breakfast_like", "TW-FINCH"),
        ("table5", "basic_motions", "TW-FINCH"),
    ):
        means = {
            record["method"]: record["mean"]
            for record in read_facts(f"{table}_{key}")["table"]
            if record["measure"] == "mof"
        }
        assert means[ahead] > means["learned, kernel"], (table, key)
    sample = read_facts("table5_breakfast_sample")["table"]
    best = max((r for r in sample if r["measure"] == "mof"), key=lambda record: record["mean"])
    assert best["method"] == "learned, kernel"
