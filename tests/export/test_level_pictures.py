import numpy as np
import pytest
from matplotlib.colors import to_hex

from dkva.export.level_pictures import inherited, levels_picture, suggestion_curve

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("coarse", "fine", "looks"),
    [
        ([0, 0, 0, 1, 1], [0, 0, 2, 1, 1], {0: 5, 1: 7, 2: 9}),  # 2 is cut off 0, and is less of it
        ([0, 0, 0, 1, 1], [3, 2, 2, 1, 1], {3: 9, 2: 5, 1: 7}),
        ([0, 0, 1, 1, 1], [0, 0, 0, 0, 0], {0: 7}),
        ([0, 0, 1, 1, 1], ["b", "b", "a", "a", "c"], {"b": 5, "a": 7, "c": 9}),
    ],
)
def test_a_part_takes_over_the_look_of_what_it_is_most_of(coarse, fine, looks):
    assert inherited(np.array(coarse), np.array(fine), {0: 5, 1: 7}, 9) == looks


def drawn(figure):
    """(row, start, end, colour) of every bar, and the names of the rows."""
    axes = figure.axes[0]
    bars = []
    for collection in axes.collections:
        for path in collection.get_paths():
            box = path.get_extents()
            bars.append((round(box.y0 + 0.4), box.x0, box.x1, to_hex(collection.get_facecolor()[0])))
    return sorted(bars), [text.get_text() for text in axes.get_yticklabels()]


LEVELS = {2: np.repeat([0, 1], [6, 4]), 3: np.repeat([0, 1, 2], [2, 4, 4])}


def test_one_line_a_level_with_the_colours_of_the_line_above():
    bars, names = drawn(levels_picture(LEVELS, chosen=3))
    assert names == ["2", "3"]
    assert [bar[:3] for bar in bars] == [(0, 0, 6), (0, 6, 10), (1, 0, 2), (1, 2, 6), (1, 6, 10)]
    first, second, new, kept, last = (bar[3] for bar in bars)
    assert (kept, last) == (first, second)
    assert new not in (first, second)


def test_the_colour_of_a_label_that_is_gone_is_not_given_again():
    first, second, third = np.repeat([0, 1, 2], 4), np.repeat([0, 1], [8, 4]), np.repeat([0, 1, 2], [6, 2, 4])
    bars, _ = drawn(levels_picture({3: first, 2: second, 4: third}))
    top, new = bars[:3], bars[6]
    assert new[:3] == (2, 6, 8)
    assert new[3] not in [bar[3] for bar in top]


def test_the_truth_stands_above_in_the_colours_of_the_level_of_as_many_labels():
    figure = levels_picture(LEVELS, truth=np.repeat(["a", "b", "c"], [2, 4, 4]), chosen=2)
    bars, names = drawn(figure)
    assert names == ["truth", "2", "3"]
    assert [bar[3] for bar in bars if bar[0] == 0] == [bar[3] for bar in bars if bar[0] == 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]
    assert [tick.get_fontweight() for tick in figure.axes[0].get_yticklabels()] == [
        "normal",
        "bold",
        "normal",
    ]


def test_the_curve_shows_its_levels_its_number_and_its_rules():
    curve = [{"n_segments": k, "cost": 9, "scatter": 1 / k, "switches": k} for k in (2, 3, 4)]
    curve[1]["penalised"], curve[2]["penalised"] = 0.7, 0.6
    rules = {"penalty": 4, "eigengap": 3, "tw_finch": None}
    figure = suggestion_curve({"k": 3, "rules": rules, "curve": curve}, title="v")
    axes = figure.axes[0]
    scatter, penalised, number = axes.get_lines()
    assert list(scatter.get_xdata()) == [2, 3, 4]
    assert list(scatter.get_ydata()) == [1 / 2, 1 / 3, 1 / 4]
    assert list(penalised.get_xdata()) == [3, 4]
    assert list(penalised.get_ydata()) == [0.7, 0.6]
    assert penalised.get_label() == "penalised scatter"
    assert set(number.get_xdata()) == {3}
    assert axes.get_title(loc="left") == "v: 4 by penalty, 3 by eigengap"
