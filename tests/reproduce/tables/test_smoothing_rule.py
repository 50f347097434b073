"""The paper's rule for the strength of smoothing."""

import pytest

from reproduce.tables.smoothing_rule import by_rule, rule

pytestmark = pytest.mark.fast


def curve(dataset, frames, scores):
    return [
        {"dataset": dataset, "video": f"v{i}", "n_frames": frames, "smoothing": a, "mof": mof + 0.01 * i}
        for a, mof in scores.items()
        for i in range(3)
    ]


def test_the_papers_rule_by_length_and_what_it_costs():
    lengths = {"50 Salads (mid)": 11788, "MPII Cooking 2": 10555, "Breakfast": 2099}
    assert {rule(name, frames) for name, frames in lengths.items()} == {2.5}
    assert {rule("another one", frames) for frames in lengths.values()} == {2.5}
    lengths = {"Hollywood Extended": 835, "Desktop Assembly": 779, "YTI": 520}
    assert {rule(name, frames) for name, frames in lengths.items()} == {1.0}
    assert {rule("another one", frames) for frames in lengths.values()} == {1.0}
    assert rule("Breakfast sample (3 real videos)", 900) == 2.5
    rows = curve("long", 3000, {0.0: 0.2, 1.0: 0.5, 2.5: 0.6, 4.0: 0.65})
    rows += curve("short", 500, {0.0: 0.2, 1.0: 0.5}) + curve("not tried", 500, {0.0: 0.2, 2.5: 0.5})
    found = by_rule(rows)
    assert set(found) == {"long", "short"}
    assert (found["long"].rule, found["long"].best, found["short"].best) == (2.5, 4.0, 1.0)
    assert found["long"].cost[:3] == pytest.approx([-0.05] * 3)
    assert found["short"].cost.mean == 0
