"""Figures on made-up arrays: what is drawn is what was given, and nothing overlaps or is hidden."""

import itertools
import math

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

import figures
from dkva.export.timeline import styles
from figures import Case, Matched, Points, Score
from figures.style import COLOURS, OTHERS, OURS, line_style

pytestmark = pytest.mark.fast

RNG = np.random.default_rng(0)
LONG = "a long name of a method with many words"
SCORES = {
    "a": Score(50, 40, 60, 55),
    "b": Score(30),
    LONG: Score(70, 65, 75),
}


def grey(colour):
    return np.dot(to_rgb(colour), (0.299, 0.587, 0.114))


def texts_that_touch(figure):
    """Pairs of tick labels of one axis, titles and axis labels whose boxes overlap."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    found = []
    every = [axes for axes in figure.axes if axes.get_visible()]  # those of subfigures too
    beside = [text for axes in every for text in (axes.xaxis.label, axes.yaxis.label, axes.title)]
    for axes in every:
        groups = [
            [*axes.get_xticklabels(), axes.xaxis.label],
            [*axes.get_yticklabels(), axes.yaxis.label],
            beside,
        ]
        for group in groups:
            boxes = [
                (text.get_text(), text.get_window_extent(renderer))
                for text in group
                if text.get_text() and text.get_visible()
            ]
            for i, (name, box) in enumerate(boxes):
                for other, next_box in boxes[i + 1 :]:
                    if box.overlaps(next_box):
                        found.append((name, other))
    return found


def made():
    similarity = RNG.normal(size=(40, 3))
    labels = np.repeat(["x", "y"], [15, 25])
    picture = np.zeros((4, 4, 3), np.uint8)
    yield figures.score_bars({f"{LONG}\nMoF in %": SCORES, f"{LONG}\nIoU in %": SCORES}, "t", ours=["b"])
    points = [("0", Score(1, 0, 2)), ("0.5", Score(2, 1, 3)), ("2.5", Score(3))]
    yield figures.score_curves({"p": {"a": points, "b": points[1:]}}, "t", "MoF in %", "smoothing a")
    yield figures.score_curves({"p": {"a": points}}, "t", "MoF in %", "a", marked={"p": "2.5"}, mark="rule")
    strips = {"v1": [1.0, 1.0, 3.0], LONG: [2.0, 2.5, 2.0]}
    yield figures.score_strips({"one": strips, "two": strips}, "t", "MoF in %", "a seed")
    yield figures.similarity_map(similarity, [15], "t", quantity="kernel")
    yield figures.gram_matrices({"a": np.eye(9), "b": np.ones((9, 9))}, [4], "t")
    yield figures.loss_curves({"seed 0": RNG.random((5, 8))}, "t", marked=3)
    yield figures.motion(RNG.normal(size=(40, 2)), labels, RNG.normal(size=(4, 2, 2)), "t", shares=(0.5, 0.2))
    sizes = [1000, 3000, 10_000, 12_000, 100_000]
    yield figures.cost_against_size({"s": {"a": (sizes, sizes), "b": (sizes, sizes[::-1])}}, "t", "frames")
    yield figures.cost_against_size(
        {"s": {"a": (sizes, sizes)}}, "t", "frames", log=False, ideal="proportional"
    )
    yield figures.cost_bars({"ms": {"a": 1.0, "b": 200.0}}, "t", ours=["a"])
    yield figures.cost_bars({"ms": {"a": 1.0, "b": 200.0}}, "t", log=False)
    yield figures.learned_frames({"mean": [picture] * 2, "learned": [picture, None]}, ["1", "2"], "t")
    rows = {"truth": labels, "ours": labels[::-1]}
    yield figures.failure_cases(
        [Case("v", rows, {"x": picture, "y": picture}, "why"), Case("w", rows, {}, "")], "t"
    )
    yield figures.timeline(rows, title="t")
    points = Points(RNG.normal(size=(40, 2)), labels)
    yield figures.point_maps({"one": {"a": points, LONG: points}, "two": {"a": points}}, "t")
    pairs = np.array([[0, 3], [20, 20]])
    yield figures.matched_frames(
        {"a": Matched(labels, labels[::-1], pairs), LONG: Matched(labels, labels, pairs)}, "t"
    )


@pytest.mark.parametrize("index", range(17))
def test_each_gives_a_figure_with_a_title_and_named_axes_and_no_text_on_another(index):
    figure = list(made())[index]
    assert isinstance(figure, Figure)
    titles = [figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)]
    assert any(title == "t" for title in titles)
    assert texts_that_touch(figure) == []


def test_bars_whiskers_and_the_papers_numbers():
    (axes, *_) = figures.score_bars({"MoF in %": SCORES}, "t", ours=["b"]).axes
    bars = axes.patches
    assert [bar.get_width() for bar in bars] == [50, 30, 70]
    (whiskers,) = next(c for c in axes.containers if isinstance(c, BarContainer)).errorbar.lines[2]
    spans = [segment[:, 0].tolist() for segment in whiskers.get_segments()]
    assert spans == [[40, 60], [30, 30], [65, 75]]
    assert axes.collections[1].get_offsets().tolist() == [[55, 0]]
    assert abs(grey(OURS) - grey(OTHERS)) > 0.2
    assert math.isnan(Score(1).low)


def test_a_value_that_a_method_lacks_leaves_its_place_empty():
    points = [("0", Score(1)), ("1", Score(2)), ("2", Score(3))]
    (axes, *_) = figures.score_curves({"p": {"a": points, "b": [points[0], points[2]]}}, "t", "m").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2"]
    assert axes.lines[1].get_xdata() == pytest.approx([0, 2], abs=0.1)


def test_the_marked_value_has_a_line_behind_the_curve_and_a_name():
    points = [("0", Score(1)), ("2.5", Score(2))]
    figure = figures.score_curves(
        {"p": {"a": points}, "q": {"a": points}}, "t", "m", "a", marked={"p": "2.5", "q": "7"}, mark="rule"
    )
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["rule"]
    assert figure.axes[0].lines[-1].get_xdata() == [1, 1]
    assert len(figure.axes[1].lines) == 1  # 7 is no value there


def test_equal_scores_lie_side_by_side():
    figure = figures.score_strips({"one": {"v": [1.0, 1.0, 1.0, 2.0]}}, "t", "m", "a seed")
    rings, mean = figure.axes[0].lines
    assert rings.get_xdata().tolist() == [1, 1, 1, 2]
    assert len(set(rings.get_ydata()[:3])) == 3
    assert rings.get_ydata()[3] == 0
    assert mean.get_xdata() == pytest.approx([1.25, 1.25])


def test_lines_differ_without_colour_and_looks_differ_in_grey():
    signs = {(str(line_style(i)["linestyle"]), line_style(i)["marker"]) for i in range(len(COLOURS))}
    assert len(signs) == len(COLOURS)
    looks = list(styles(range(8)).values())
    for (one, _), (other, _) in itertools.pairwise(looks[:5]):
        assert abs(grey(one) - grey(other)) > 0.15
    assert len({colour for colour, _ in looks}) == 8


def test_the_label_runs_through_the_most_similar_synthetic_frame():
    similarity = np.array([[3.0, 0], [2, 1], [0, 1]])
    axes = figures.similarity_map(similarity, [2], "t", quantity="k").axes[0]
    assert axes.images[0].get_array().tolist() == similarity.T.tolist()
    assert axes.lines[0].get_ydata().tolist() == [0, 0, 0, 0, 1, 1]
    assert axes.lines[0].get_xdata().tolist() == [0, 1, 1, 2, 2, 3]
    assert [path.vertices[0, 0] for path in axes.collections[0].get_paths()] == [2]


def test_the_axes_stay_while_the_frames_move():
    frames, path = RNG.normal(size=(20, 2)), RNG.normal(size=(5, 3, 2))
    states = [figures.motion(frames, np.repeat("x", 20), path, "t", epoch=e).axes[0] for e in range(5)]
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in states}) == 1
    assert states[2].lines[1].get_xydata().tolist() == path[:3, 1].tolist()
    assert states[2].get_title(loc="left") == "after 2 of 4 epochs"


def test_wrong_frames_are_marked():
    truth, ours = np.repeat(["x", "y"], 5), np.repeat(["x", "y"], [7, 3])
    figure = figures.failure_cases(
        [Case("v", {"truth": truth, "ours": ours}, {}, "late")], "t", actions=["y"]
    )
    axes = figure.subfigs[0].axes[0]
    marks = axes.collections[-1].get_paths()
    assert [(path.get_extents().x0, path.get_extents().x1) for path in marks] == [(5, 7)]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["y", "x", "wrong frames"]
    assert "late" in axes.get_title(loc="left")


def test_points_are_where_they_are_and_names_look_alike_in_a_row():
    places = RNG.normal(size=(30, 2))
    names = np.repeat(["x", "y", "z"], 10)
    both = {"a": Points(places, names), "b": Points(places[10:], names[10:])}
    figure = figures.point_maps({"row": both, "other": {"a": Points(places, names)}}, "t")
    first, second, third, empty = figure.axes
    drawn = [group.get_offsets() for group in first.collections]
    np.testing.assert_allclose(np.concatenate(drawn), places)
    colours = [group.get_facecolor()[0].tolist() for group in first.collections]
    assert [
        group.get_facecolor()[0].tolist() for group in second.collections if len(group.get_offsets())
    ] == (colours[1:])
    for part in figure.subfigs:
        assert [text.get_text() for text in part.legends[0].get_texts()] == ["x", "y", "z"]
    assert third.get_title() == "a"
    assert not empty.get_visible()


def test_matches_of_other_labels_are_dashed():
    first, second = np.array([0, 0, 1]), np.array([0, 1, 1, 1])
    figure = figures.matched_frames({"m": Matched(first, second, np.array([[0, 0], [1, 2], [2, 3]]))}, "t")
    lines = figure.axes[0].lines
    assert [line.get_linestyle() for line in lines] == ["-", "--", "-"]
    assert [list(line.get_xdata()) for line in lines] == [[0.5, 0.5], [1.5, 2.5], [2.5, 3.5]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["label 0", "label 1"]
