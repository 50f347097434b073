"""The picture of found frames."""

import numpy as np
import pytest

from dkva.export.retrieval_pictures import Strip, retrieval_picture

pytestmark = pytest.mark.fast

QUERY = Strip("q", np.array([3.0, 0, 1]), [1])
FOUND = [Strip("v", np.array([2.0, 0.5, 4, 5]), [1, 0]), Strip("w", np.array([1.0]), [0])]


def test_each_video_has_a_strip_of_its_distances_and_marks_at_its_frames():
    axes = retrieval_picture(QUERY, FOUND, title="what").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["q", "v", "w"]
    assert (axes.get_xlim(), axes.get_xlabel(), axes.get_title("left")) == ((0, 4), "frame", "what")
    for i, (strip, drawn, marks) in enumerate(zip([QUERY, *FOUND], axes.images, axes.lines, strict=True)):
        np.testing.assert_array_equal(drawn.get_array()[0], strip.distances)
        left, right, bottom, top = drawn.get_extent()
        assert (left, right) == (0, len(strip.distances))
        assert top < i < bottom
        assert drawn.get_clim() == (0, 5)
        np.testing.assert_array_equal(marks.get_xdata(), np.add(strip.marked, 0.5))
        assert np.all(np.abs(np.subtract(marks.get_ydata(), i)) < 0.5)


def test_times_are_of_the_rate():
    axes = retrieval_picture(QUERY, FOUND, rate=2).axes[0]
    assert (axes.get_xlim(), axes.get_xlabel()) == ((0, 2), "seconds")
    assert axes.images[0].get_extent()[1] == 1.5
    assert axes.lines[0].get_xdata()[0] == 0.75


def test_long_videos_keep_their_nearest_frames_and_many_videos_are_left_out():
    far = np.ones(5000)
    far[4321] = 0
    axes = retrieval_picture(Strip("q", far, [4321]), [QUERY] * 99).axes[0]
    shown = axes.images[0].get_array()
    assert shown.size <= 900
    assert (shown == 0).sum() == 1
    assert len(axes.images) == 41


def test_videos_at_no_distance_are_drawn():
    axes = retrieval_picture(Strip("q", np.zeros(2), [0]), [Strip("v", np.zeros(3), [0])]).axes[0]
    assert axes.images[0].get_clim() == (0, 1)
