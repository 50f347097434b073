"""Time lines of labels that one video gave to others."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from dkva.export.timeline import styles
from dkva.export.transfer_pictures import Row, transfer_picture

pytestmark = pytest.mark.fast

LABELLED = Row("v", np.repeat(["rest", "pour"], 5), said="labelled")
OTHERS = [
    Row("w", np.repeat(["rest", "pour"], [2, 6]), np.repeat(["rest", "stir"], 4), "25.0 %"),
    Row("u", np.repeat(["pour"], 4)),
]


def bars(figure):
    """(begin, end, foot, height, colour) of each bar."""
    (axes,) = figure.axes
    return [
        (*path.get_extents().intervalx, path.get_extents().y0, path.get_extents().height, to_hex(colour))
        for drawn in axes.collections
        for path in drawn.get_paths()
        for colour in drawn.get_facecolor()
    ]


def test_every_video_is_a_line_of_its_labels_with_its_truth_beneath(tmp_path):
    figure = transfer_picture(LABELLED, OTHERS, title="a title")
    looks = {label: to_hex(colour) for label, (colour, _) in styles(["rest", "pour", "stir"]).items()}
    drawn = {(begin, end, colour) for begin, end, _, _, colour in bars(figure)}
    assert drawn == {
        (0, 5, looks["rest"]),
        (5, 10, looks["pour"]),
        (0, 2, looks["rest"]),
        (2, 8, looks["pour"]),
        (0, 4, looks["rest"]),
        (4, 8, looks["stir"]),
        (0, 4, looks["pour"]),
    }
    thin = [bar for bar in bars(figure) if bar[3] < 0.4]
    assert {(begin, end) for begin, end, *_ in thin} == {(0, 4), (4, 8)}
    line = next(bar for bar in bars(figure) if bar[:2] == (2, 8))
    assert all(bar[2] >= line[2] + line[3] for bar in thin)  # the axis runs downwards
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["v", "w", "u"]
    assert [text.get_text() for text in axes.texts] == ["labelled", "25.0 %"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["rest", "pour", "stir"]
    figure.savefig(tmp_path / "t.png")


def test_lines_do_not_touch_each_other():
    feet = sorted(
        {
            (round(foot, 3), round(foot + height, 3))
            for _, _, foot, height, _ in bars(transfer_picture(LABELLED, OTHERS))
        }
    )
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(feet))
    assert len(feet) == 4


def test_time_is_in_frames_or_seconds():
    assert transfer_picture(LABELLED, OTHERS).axes[0].get_xlabel() == "frame"
    labelled, one, other = (
        row._replace(rate=rate) for row, rate in zip([LABELLED, *OTHERS], (2, 4, 0.5), strict=True)
    )
    figure = transfer_picture(labelled, [one, other])
    assert figure.axes[0].get_xlabel() == "seconds"
    assert figure.axes[0].get_xlim() == (0, 8)
    spans = {(begin, end) for begin, end, *_ in bars(figure)}
    assert spans == {(0, 2.5), (2.5, 5), (0, 0.5), (0.5, 2), (0, 1), (1, 2), (0, 8)}
    assert transfer_picture(labelled, [one, OTHERS[1]]).axes[0].get_xlabel() == "frame"  # one has none
