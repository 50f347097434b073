"""ABD and SaM, one open choice changed at a time."""

import pytest

from dkva.experiments.method_settings import checked, settings_of
from dkva.experiments.registry import find
from reproduce import study_merging as study
from reproduce.base.store import read_facts, read_rows
from reproduce.tables.merging_choices import DEFAULT, choice_changes

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("method", study.CHOICES)
def test_every_setting_is_tried_at_other_values_than_its_default(method):
    defaults = {each.name: each.default for each in settings_of(find(method))}
    assert study.CHOICES[method].keys() == defaults.keys()
    for setting, values in study.CHOICES[method].items():
        assert defaults[setting] not in values
        for value in values:
            checked(find(method), {setting: value})


def stored():
    return {
        (each["dataset"], each["method"], each["factor"], each["value"], each["measure"]): each
        for each in read_facts(study.TABLE.name)["settings"]["changes"]
    }


def test_its_stored_rows_are_of_every_choice_on_every_sequence():
    rows = read_rows(study.TABLE.name)
    tried = {
        (find(method).label, factor, value)
        for method in study.CHOICES
        for factor, values in study.factors(method).items()
        for value in values
    }
    assert {(row["method"], row["factor"], row["value"]) for row in rows} == tried
    sequences = {(row["dataset"], row["video"]) for row in rows}
    assert len(sequences) == 21 + study.LIKE_VIDEOS
    assert len(rows) == len(tried) * len(sequences)
    assert all(row["found"] <= row["n_segments"] for row in rows)


def test_the_stored_changes_follow_from_the_rows():
    found = choice_changes(read_rows(study.TABLE.name))
    assert len(found) == len(stored())
    for computed in found:
        key = tuple(computed[name] for name in ("dataset", "method", "factor", "value", "measure"))
        for name in computed.keys() - {"dataset", "method", "factor", "value", "measure"}:
            # Scores are stored to six places.
            assert stored()[key][name] == pytest.approx(computed[name], abs=2e-6)


def test_what_the_page_says_of_it_is_so():
    """What matters has an interval on one side of 0 in IoU; what does not changes no more than 0.1 points."""
    changes = [each for each in stored().values() if each["factor"] != DEFAULT]
    decided = {
        each["factor"]
        for each in changes
        if each["method"] == "ABD" and each["measure"] == "iou" and (each["low"] > 0 or each["high"] < 0)
    }
    assert decided == {"alpha", "minima", "descriptor", "edges"}
    nothing = [
        each
        for each in changes
        if (each["method"], each["factor"]) in {("SaM", "sigma"), ("SaM", "graph_sigma")}
        or (each["method"], each["factor"], each["value"]) == ("ABD", "edges", "zero")
    ]
    assert len(nothing) == 3 * 2 * 3
    assert all(abs(each["change"]) < 0.001 for each in nothing)


def test_absent_data_is_said(tmp_path, capsys):
    assert study.main(["--data-root", str(tmp_path)]) == 2
    assert "left out" in capsys.readouterr().out
