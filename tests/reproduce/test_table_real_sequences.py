"""Methods on sequences by domain: which lines there are, and what is stored."""

import numpy as np
import pytest
from made_release import release

from dkva.experiments.comparing import compare
from dkva.experiments.registry import SEGMENTER, listed
from reproduce import table_real_sequences as table
from reproduce.base.labels import KERNEL_MEANS
from reproduce.base.store import read_facts, read_rows
from reproduce.collections.real_sequences import LIKE_VIDEOS, SETS

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
    monkeypatch.setattr(table, "_NEEDS", {"kmeans": "surely_absent"})
    assert run(root) == 0
    assert "Not stored: kmeans cannot run without surely_absent" in capsys.readouterr().out
    assert published == []
    monkeypatch.setattr(table, "_NEEDS", {})
    assert run(root) == 0
    monkeypatch.setattr(table, "_NEEDS", {"kmeans": "surely_absent"})
    assert run(root) == 0  # the rows are there now
    assert [name for name, _ in published] == ["table_real_sequences_development"] * 2
    assert published[0][1].rows == published[1][1].rows


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
