"""Keypoints over time, on made-up points."""

import numpy as np
import pytest

import figures
from figures import Keypoints

pytestmark = pytest.mark.fast

LABELS = np.array(["a"] * 5 + ["b"] * 5)
POINTS = Keypoints(np.array([2, 5, 7]), np.array(["a", "", "b"]), np.array([0.9, 0.4, 0.8]))


def test_points_are_where_they_were_found_and_as_high_as_they_are_sure():
    figure = figures.keypoint_lines({"truth": LABELS, "found": POINTS}, "points")
    truth, found = figure.axes
    assert (truth.get_ylabel(), found.get_ylabel()) == ("truth", "found")
    assert truth.get_xlim() == (0, 10)
    edges, *actions = found.collections
    np.testing.assert_allclose(edges.get_segments(), [[[5.5, 0], [5.5, 0.4]]])
    assert [each.get_offsets().data.tolist() for each in actions] == [[[2.5, 0.9]], [[7.5, 0.8]]]
    # A class has one colour in all rows.
    bars = {tuple(each.get_facecolor()[0]) for each in truth.collections}
    assert bars == {tuple(each.get_facecolor()[0]) for each in actions}
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "boundary"]


def test_rows_of_labels_alone_have_no_boundary_in_the_legend():
    figure = figures.keypoint_lines({"truth": LABELS}, "labels")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


def test_a_video_without_points_is_drawn():
    none = Keypoints(np.zeros(0, int), np.zeros(0, "U1"), np.zeros(0))
    figure = figures.keypoint_lines({"truth": LABELS, "found": none}, "no points")
    figure.draw_without_rendering()
