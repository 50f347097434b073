"""Changes by hand: paired by sequence, every domain counting the same."""

import pytest

from reproduce.tables.merging_choices import DEFAULT, change_cells, choice_changes

pytestmark = pytest.mark.fast


def row(dataset, factor, value, video, score):
    names = {"dataset": dataset, "domain": video[0], "method": "ABD", "factor": factor, "value": value}
    return names | {"video": video, "mof": score, "iou": score - 0.1, "f1": score / 2}


ROWS = [
    row("one", "alpha", "0.2", "a1", 0.6),
    row("one", "alpha", "0.2", "a2", 0.2),
    row("one", "alpha", "0.2", "b1", 0.9),
    row("one", DEFAULT, DEFAULT, "a1", 0.5),
    row("one", DEFAULT, DEFAULT, "a2", 0.4),
    row("one", DEFAULT, DEFAULT, "b1", 0.8),
    row("two", DEFAULT, DEFAULT, "a1", 0.1),  # another sequence of the same name
    row("two", "alpha", "0.2", "a1", 0.2),
]


def test_changes_are_paired_and_a_domain_counts_once():
    found = {(each["dataset"], each["factor"], each["measure"]): each for each in choice_changes(ROWS)}
    changed = found["one", "alpha", "mof"]
    assert changed["mean"] == pytest.approx((0.4 + 0.9) / 2)
    # +.1 and -.2 in domain a, of whose sequences either may be drawn twice; +.1 in b.
    assert changed["change"] == pytest.approx((-0.05 + 0.1) / 2)
    assert (changed["low"], changed["high"]) == (pytest.approx((-0.2 + 0.1) / 2), pytest.approx(0.1))
    assert found["one", "alpha", "iou"]["change"] == pytest.approx(changed["change"])
    assert found["one", "alpha", "f1"]["change"] == pytest.approx(changed["change"] / 2)
    own = found["one", DEFAULT, "mof"]
    assert own["mean"] == pytest.approx((0.45 + 0.8) / 2)
    assert "change" not in own
    single = found["two", "alpha", "mof"]
    assert (single["change"], single["low"]) == (pytest.approx(0.1), None)


def test_cells_are_scores_and_percentage_points():
    columns, cells = change_cells(choice_changes(ROWS))
    assert columns[:4] == ["method", "setting", "value", "one: MoF"]
    assert columns[6:] == ["two: MoF", "two: IoU", "two: F1"]
    by_setting = {line[1]: dict(zip(columns, line, strict=True)) for line in cells}
    assert by_setting["alpha"]["one: MoF"] == "+2.5 [-5.0, +10.0]"
    assert by_setting["alpha"]["two: MoF"] == "+10.0"
    assert by_setting["default"]["value"] == ""
    assert by_setting["default"]["one: MoF"] == "62.5"
