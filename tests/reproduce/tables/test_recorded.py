"""Changes by hand: paired by video."""

import pytest

from reproduce.base.labels import RAW_FRAMES
from reproduce.tables.recorded import recorded_cells, recorded_changes

pytestmark = pytest.mark.fast


def row(method, value, video, score):
    names = {"method": method, "factor": "read from", "value": value, "video": video}
    return names | {"mof": score, "iou": score / 2, "f1": 1 - score}


ROWS = [
    row("a", RAW_FRAMES, "v1", 0.5),
    row("a", RAW_FRAMES, "v2", 0.9),
    row("b", RAW_FRAMES, "v1", 0.1),
    row("a", "file", "v2", 0.8),
    row("a", "file", "v1", 0.7),
    row("b", "file", "v1", 0.1),
]


def test_changes_are_from_raw_frames_of_the_same_video():
    found = {(each["method"], each["measure"]): each for each in recorded_changes(ROWS)}
    assert len(found) == 6
    mof = found["a", "mof"]
    # +.2 and -.1, of which either may be drawn twice.
    assert (mof["change"], mof["low"], mof["high"]) == pytest.approx((0.05, -0.1, 0.2))
    assert found["a", "iou"]["change"] == pytest.approx(0.025)
    assert found["a", "f1"]["change"] == pytest.approx(-0.05)
    assert (found["b", "mof"]["change"], found["b", "mof"]["low"]) == (0, None)


def test_cells_are_points():
    columns, cells = recorded_cells(recorded_changes(ROWS))
    assert columns == ["method", "read from", "MoF", "IoU", "F1"]
    assert cells[0][:3] == ["a", "file", "+5.0 [-10.0, +20.0]"]
    assert cells[1] == ["b", "file", "+0.0", "+0.0", "+0.0"]
