"""Claims about smoothing."""

import pytest
from claim_rows import LIKE, claim_test, judged

from reproduce.base.effects import DOES_NOT_HOLD, HOLDS

pytestmark = pytest.mark.fast


def smoothing_rows(scores, pieces=1.0, dataset=LIKE, videos=12):
    """{strength: MoF} as rows of Figure 3b, spread a little over videos; pieces without smoothing."""
    return [
        {"dataset": dataset, "smoothing": strength, "video": f"v{i}", "method": "learned, kernel"}
        | {"n_frames": 100.0 + i}
        | {"mof": value + 0.001 * i, "pieces_per_asked": pieces if strength == 0 else 1.0}
        for strength, value in scores.items()
        for i in range(videos)
    ]


def test_smoothing_is_judged_by_its_strengths():
    curve = {0.0: 0.4, 0.5: 0.1, 1.0: 0.5, 2.5: 0.55, 4.0: 0.52, 5.0: 0.1}
    helps = claim_test("smoothing-helps-long-videos")
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
    sensitive = claim_test("sensitive-to-smoothing")
    assert sensitive.values(smoothing_rows(curve)).mean == pytest.approx(0.05 - 0.02)
    assert judged(sensitive.claim, smoothing_rows(curve)) == HOLDS
    assert judged(sensitive.claim, smoothing_rows(curve | {1.0: 0.54, 4.0: 0.54})) == DOES_NOT_HOLD
    flat = smoothing_rows(curve | {1.0: 0.54, 4.0: 0.54}, dataset="YTI")
    assert judged(sensitive.claim, smoothing_rows(curve) + flat) == DOES_NOT_HOLD


def test_smoothing_is_needed_where_most_videos_are_cut_into_twice_as_many_pieces():
    assert judged("smoothing-is-needed", smoothing_rows({0.0: 0.5, 1.0: 0.5}, pieces=2.5)) == HOLDS
    assert judged("smoothing-is-needed", smoothing_rows({0.0: 0.5, 1.0: 0.5}, pieces=2.0)) == DOES_NOT_HOLD
