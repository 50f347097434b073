"""Methods on sequences by domain: which lines there are, and what is stored."""

import numpy as np
import pytest
from made_release import release

from dkva.experiments.comparing import MEAN, compare
from dkva.experiments.registry import SEGMENTER, listed
from reproduce import table_real_sequences as table
from reproduce.base.labels import KERNEL_MEANS
from reproduce.base.paths import ROOT
from reproduce.base.store import read_facts, read_rows
from reproduce.collections.real_sequences import LIKE_VIDEOS, SETS
from reproduce.pages.numbers import comparison
from reproduce.study_suggested_k import median_off
from reproduce.tables.suggested_k import MEDIAN, NESTED, RULES, TRUE

pytestmark = pytest.mark.fast


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data root of four small sequences, and rows that are kept apart; what is published is listed."""
    rng = np.random.default_rng(0)
    (tmp_path / "real_sequences").mkdir()
    for name in ("walk__1", "walk__2", "fly__1"):
        y = np.repeat([0, 1, 0], 14)
        x = 5 * np.eye(3)[y] + rng.normal(size=(len(y), 3))
        np.savez(tmp_path / "real_sequences" / f"{name}.npz", X=x, y=y)
    release(tmp_path, "breakfast_sample", ["v1"])
    for place in ("reproduce.base.options.ROWS", "reproduce.table_real_sequences.ROWS"):
        monkeypatch.setattr(place, tmp_path / "rows.sqlite")
    published = []
    monkeypatch.setattr(table, "publish", lambda which, outcome, _: published.append((which.name, outcome)))
    return tmp_path, published


def run(root, *arguments):
    return table.main(["--data-root", str(root), "--sets", "development", "--workers", "1", *arguments])


def only(monkeypatch, *names):
    lines = table.methods(1)
    monkeypatch.setattr(table, "methods", lambda _: {name: lines[name] for name in names})


def test_every_training_free_method_of_the_library_has_a_line():
    assert {line.id for line in table.methods().values()} == {*listed(SEGMENTER)[0]} - {"sinkhorn"}


def test_rows_are_shown_by_domain_and_stored(data, monkeypatch, capsys):
    root, published = data
    only(monkeypatch, "kms", "uniform")
    assert run(root) == 0
    text = capsys.readouterr().out
    assert "kernel mean segments − it" in text
    assert all(domain in text for domain in ("Breakfast", "fly", "walk"))
    ((name, outcome),) = published
    assert name == "table_real_sequences_development"
    assert len(outcome.rows) == 4 * 3 + 4
    assert set(outcome.rows[0]) == set(table.COLUMNS)
    found = compare(outcome.rows)
    assert (found.sequences, found.domains) == (4, ("fly", "walk", "Breakfast"))


def test_a_part_is_not_stored(data, monkeypatch, capsys):
    root, published = data
    only(monkeypatch, "kms", "uniform", "kmeans")
    assert run(root, "--methods", "uniform", "kmeans") == 0
    assert "k-means − it" in capsys.readouterr().out
    assert run(root, "--seeds", "1") == 0
    assert published == []


def test_a_method_whose_package_is_absent_is_named_and_nothing_stored(data, monkeypatch, capsys):
    root, published = data
    only(monkeypatch, "uniform", "kmeans")

    def lacking(method):
        return "method kmeans needs surely-absent" if method.id == "kmeans" else None

    monkeypatch.setattr(table, "lacking", lacking)
    assert run(root) == 0
    assert "Not stored: method kmeans needs surely-absent; see --help." in capsys.readouterr().out
    assert published == []
    monkeypatch.setattr(table, "lacking", lambda _: None)
    assert run(root) == 0
    monkeypatch.setattr(table, "lacking", lacking)
    assert run(root) == 0  # the rows are there now
    assert [name for name, _ in published] == ["table_real_sequences_development"] * 2
    assert published[0][1].rows == published[1][1].rows


def test_ones_own_sequences_are_shown_and_not_stored(data, monkeypatch, capsys):
    root, published = data
    only(monkeypatch, "kms", "uniform")
    arguments = ["--sequences", str(root / "real_sequences"), "--workers", "1"]
    assert table.main(arguments) == 0
    text = capsys.readouterr().out
    assert "fly" in text
    assert "Breakfast" not in text
    assert published == []
    assert table.main(["--sequences", str(root / "none")]) == 2


def test_absent_data_is_said_and_an_error_if_asked_for(tmp_path, capsys):
    assert run(tmp_path) == 2
    assert "not found; give the folder that holds the labelled sequences" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.parametrize("key", SETS)
def test_stored_rows_are_of_all_methods_on_the_same_sequences(key):
    rows = read_rows(f"table_real_sequences_{key}")
    found = compare(rows, KERNEL_MEANS)  # raises if a method lacks a sequence
    assert {line.method for line in found.lines} == {line.label for line in table.methods().values()}
    expected = {"development": (21, 5), "breakfast_like": (LIKE_VIDEOS, 1)}
    if key in expected:
        assert (found.sequences, len(found.domains)) == expected[key]
    ids = {facts["id"] for facts in read_facts(f"table_real_sequences_{key}")["methods"].values()}
    assert ids == {line.id for line in table.methods().values()}


def stored(key):
    return compare(read_rows(f"table_real_sequences_{key}"), KERNEL_MEANS)


def test_kernel_means_reach_what_their_design_measured():
    scores = stored("development").best.scores
    for measure, expected in {"mof": 0.842, "iou": 0.662, "f1": 0.730}.items():
        assert abs(scores[measure].mean - expected) < 0.01


def test_the_page_on_methods_says_what_the_rows_say():
    page = (ROOT / "docs" / "which_method.md").read_text()
    assert comparison(read_rows("table_real_sequences_development")) in page
    for key in ("development", "basic_motions"):  # ahead of every other method
        found = stored(key)
        assert found.best.method == KERNEL_MEANS
        assert all(line.lead[MEAN].low > 0 for line in found.lines[1:])
    by_method = {line.method: line.domains for line in stored("development").lines}
    chest = {method: domains["chest"][MEAN] for method, domains in by_method.items()}
    assert sorted(chest, key=chest.get)[-3:] == [KERNEL_MEANS, "kernel change points", "Ward merging"]
    assert abs(by_method["TW-FINCH"]["misc"][MEAN] - by_method[KERNEL_MEANS]["misc"][MEAN]) < 0.01
    ahead = {
        key: [line.method for line in stored(key).lines if line.lead[MEAN].high < 0]
        for key in ("moving5", "breakfast_like")
    }
    assert ahead["moving5"] == [
        "TW-FINCH",
        "TW-FINCH, standardised",
        "SaM",
        "kernel change points",
        "k-means",
    ]
    assert ahead["breakfast_like"] == ["kernel change points"]


def test_the_page_on_methods_says_how_far_hints_are_off():
    page = " ".join((ROOT / "docs" / "which_method.md").read_text().split())
    rows = read_rows("study_suggested_k")
    mean = {
        (rule, measure): 100 * np.mean([row[measure] for row in rows if row["method"] == rule])
        for rule in RULES
        for measure in ("mof", "f1")
    }
    mof, f1 = (mean[TRUE, measure] - mean[MEDIAN, measure] for measure in ("mof", "f1"))
    assert f"off by {median_off(rows):g} or more" in page
    assert f"{mof:.0f} points less of MoF and {f1:.0f} less of F1" in page
    assert all(mean["always 4", measure] >= mean[MEDIAN, measure] for measure in ("mof", "f1"))
    assert all(mean[NESTED, measure] < mean[TRUE, measure] for measure in ("mof", "f1"))  # cuts worse
