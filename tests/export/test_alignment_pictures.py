import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex

from dkva.export.alignment import Matches, matched
from dkva.export.alignment_pictures import Line, alignment_picture, pooled
from dkva.export.timeline import styles

pytestmark = pytest.mark.fast

LABELS_A, LABELS_B = np.repeat([0, 1], [3, 1]), np.repeat([0, 1, 2], [2, 2, 4])
SHARES = np.zeros((4, 8), np.float32)
SHARES[[0, 1, 3], [0, 1, 2]] = 0.5
MATCHES = matched(SHARES, np.full(4, 0.25, np.float32), np.array([0] * 4 + [1] * 4, np.float32))


def picture(labels=True, **options):
    of = (LABELS_A, LABELS_B) if labels else (None, None)
    lines = Line("v", 4 * options.get("every", 1), of[0]), Line("w", 8 * options.get("every", 1), of[1])
    return alignment_picture(*lines, SHARES, MATCHES, **options)


def joined(figure):
    """Where each line begins and ends in time, and its colour."""
    (lines,) = (each for each in figure.axes[0].collections if type(each).__name__ == "LineCollection")
    ends = [tuple(segment[:, 0].tolist()) for segment in lines.get_segments()]
    return ends, [to_hex(colour) for colour in lines.get_color()]


def marks(figure):
    """Begin and end of each mark of frames without a match, by the height of its foot."""
    drawn = (each for each in figure.axes[0].collections if type(each).__name__ != "LineCollection")
    black = [
        path.get_extents()
        for each in drawn
        if [to_hex(colour) for colour in each.get_facecolor()] == ["#000000"]
        for path in each.get_paths()
    ]
    return sorted((round(box.y0, 2), box.x0, box.x1) for box in black)


def test_matched_frames_are_joined_in_shares_of_each_video_and_in_the_colour_of_their_segment():
    ends, colours = joined(picture())
    assert ends == [(0.5 / 4, 0.5 / 8), (1.5 / 4, 1.5 / 8), (3.5 / 4, 2.5 / 8)]
    looks = styles([0, 1, 2])
    assert colours == [to_hex(looks[label][0]) for label in (0, 0, 1)]


def test_frames_without_a_match_are_marked():
    assert marks(picture()) == [(0.4, 0.5, 0.75), (3.45, 0.375, 1.0)]
    names = [text.get_text() for text in picture().legends[0].get_texts()]
    assert names == ["label 0", "label 1", "label 2", "no match"]
    all_match = Matches(np.zeros(4, int), np.ones(4), np.zeros(8, bool))
    whole = alignment_picture(Line("v", 4), Line("w", 8), SHARES, all_match)
    assert marks(whole) == []
    assert whole.legends == []


def test_the_heat_map_is_of_the_whole_videos_and_has_the_shares():
    figure = picture()
    (image,) = figure.axes[1].images
    np.testing.assert_array_equal(image.get_array(), SHARES)
    assert image.get_extent() == [0, 8, 4, 0]


def test_axes_are_in_frames_or_in_seconds(tmp_path):
    figure = picture()
    figure.savefig(tmp_path / "t.png")
    assert [axis.get_xlabel() for axis in figure.axes[0].child_axes] == ["v, frame", "w, frame"]
    assert [axis.get_xlim() for axis in figure.axes[0].child_axes] == [(0, 4), (0, 8)]
    figure = picture(rate=2.0)
    figure.savefig(tmp_path / "t.png")
    assert figure.axes[1].get_xlabel() == "w, seconds"
    assert figure.axes[2].get_ylabel() == "v, seconds"
    assert figure.axes[1].get_ylim() == (2, 0)
    assert [axis.get_xlim() for axis in figure.axes[0].child_axes] == [(0, 2), (0, 4)]


def test_without_labels_bars_are_plain_and_lines_have_the_colour_of_their_time():
    figure = picture(labels=False)
    ends, colours = joined(figure)
    assert ends == joined(picture())[0]
    assert colours == [to_hex(colormaps["viridis"](share)) for share in (0.5 / 4, 1.5 / 4, 3.5 / 4)]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["no match"]


def test_frames_that_were_left_out_keep_their_place():
    figure = picture(labels=False, every=3)
    assert joined(figure)[0][2] == (10.5 / 12, 7.5 / 24)
    assert marks(figure) == [(0.4, 0.5, 0.75), (3.45, 0.375, 1.0)]


def test_of_many_matches_some_are_joined_evenly():
    n = 1000
    matches = Matches(np.arange(n), np.ones(n), np.zeros(n, bool))
    figure = alignment_picture(Line("v", n), Line("w", n), np.eye(n, dtype=np.float32), matches)
    starts = np.array([start for start, _ in joined(figure)[0]])
    assert (starts[0], starts[-1]) == (0.5 / n, (n - 0.5) / n)
    assert 20 < len(starts) < 80
    gaps = np.diff(starts) * n
    assert gaps.max() - gaps.min() < 1.5


def test_pooling_keeps_the_largest_of_each_block():
    values = np.arange(35, dtype=np.float32).reshape(5, 7)
    assert pooled(values, 3).tolist() == [[9, 12, 13], [23, 26, 27], [30, 33, 34]]
    np.testing.assert_array_equal(pooled(values, 7), values)


def test_videos_of_one_frame_and_no_matches_are_drawn(tmp_path):
    one = alignment_picture(
        Line("v", 1),
        Line("w", 1),
        np.ones((1, 1), np.float32),
        Matches(np.zeros(1, int), np.ones(1), np.zeros(1, bool)),
    )
    none = Matches(np.full(4, -1), np.ones(4), np.ones(8, bool))
    for figure, lines in ((one, 1), (alignment_picture(Line("v", 4), Line("w", 8), 0 * SHARES, none), 0)):
        assert len(joined(figure)[0]) == lines
        figure.savefig(tmp_path / "t.png")
