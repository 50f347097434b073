"""Kernel mean segments, one thing varied at a time."""

import pytest

from reproduce import study_kernel_means as study
from reproduce.base.store import read_facts, read_rows
from reproduce.tables.kernel_mean_gains import OWN, variant_gains

pytestmark = pytest.mark.fast


def gains_stored():
    return read_facts(study.TABLE.name)["settings"]["gains"]


def test_its_stored_rows_are_of_every_value_on_every_sequence():
    rows = read_rows(study.TABLE.name)
    tried = {(factor, value) for factor, values in study.FACTORS.items() for value in values}
    assert {(row["factor"], row["value"]) for row in rows} == tried | {(OWN, OWN)}
    sequences = {row["video"] for row in rows}
    assert len(sequences) == 21
    assert len({row["domain"] for row in rows}) == 5
    own = [row for row in rows if row["factor"] == OWN]
    assert len(own) == 21 * study.OWN_SEEDS
    assert len(rows) == len(own) + 21 * study.SEEDS * len(tried)


def test_the_stored_gains_follow_from_the_rows():
    found = variant_gains(read_rows(study.TABLE.name))
    for stored, computed in zip(gains_stored(), found, strict=True):
        # Scores are stored to six places.
        assert (stored["factor"], stored["value"]) == (computed["factor"], computed["value"])
        for name in computed.keys() - {"factor", "value"}:
            assert stored[name] == pytest.approx(computed[name], abs=2e-6)


def test_what_the_page_says_of_it_is_so():
    """Nothing is kept, what costs most, and that the learned labels change next to nothing."""
    variants = [each for each in gains_stored() if "gain" in each]
    assert all(each["low"] <= 0 for each in variants)
    worst = sorted(variants, key=lambda each: each["gain"])[:4]
    assert {(each["factor"], each["value"]) for each in worst} == {
        ("kernel", "linear"),
        ("price of a switch", "0"),
        ("kernel", "Gaussian × NTK"),
        ("starts", "k-means alone"),
    }
    (learned,) = [each for each in variants if each["value"] == "and the learned labels"]
    assert abs(learned["gain"]) < 0.001


def test_without_data_stored_rows_are_shown(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert study.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("needs data (DKVA_DATA: is not set")
    assert "k-means alone" in said
