import numpy as np
import pytest
from matplotlib.colors import to_hex

from dkva.export.timeline import timeline

pytestmark = pytest.mark.fast


def bars(figure):
    """(row, start, end, colour) of every bar."""
    out = []
    for collection in figure.axes[0].collections:
        for path in collection.get_paths():
            box = path.get_extents()
            out.append((round(box.y0 + 0.4), box.x0, box.x1, to_hex(collection.get_facecolor()[0])))
    return sorted(out)


def test_bars_are_the_segments_and_matched_labels_share_a_colour():
    truth, predicted = np.array(["a"] * 4 + ["b"] * 6), np.array([1] * 5 + [0] * 5)
    figure = timeline({"truth": truth, "dkva": predicted}, matching={1: "a", 0: "b"}, title="v")
    drawn = bars(figure)
    assert [bar[:3] for bar in drawn] == [(0, 0, 4), (0, 4, 10), (1, 0, 5), (1, 5, 10)]
    assert drawn[0][3] == drawn[2][3] != drawn[1][3] == drawn[3][3]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]
    assert figure.axes[0].get_xlabel() == "frame"


def test_more_labels_than_colours_are_told_apart_by_hatching(tmp_path):
    figure = timeline({"dkva": np.arange(40)})
    looks = {(to_hex(patch.get_facecolor()), patch.get_hatch()) for patch in figure.legends[0].get_patches()}
    assert len(looks) == 40
    figure.savefig(tmp_path / "t.png")


def test_thousands_of_segments(tmp_path):
    figure = timeline({"dkva": np.random.default_rng(0).integers(0, 9, 6000)})
    figure.savefig(tmp_path / "t.png")
    assert len(bars(figure)) > 5000


def test_a_label_has_one_look_in_all_pictures_of_an_order():
    order = ["b", "a", 2]
    first = bars(timeline({"kms": np.array([1, 1, 0, 2])}, matching={0: "a", 1: "b"}, order=order))
    second = timeline({"kms": np.array([2, 0, 0])}, matching={0: "a", 1: "b"}, order=order)
    assert [bar[3] for bar in bars(second)] == [first[2][3], first[1][3]]
    assert [text.get_text() for text in second.legends[0].get_texts()] == ["a", "label 2"]
    alone = bars(timeline({"kms": np.array([2, 0, 0])}))
    assert alone[0][3] == first[0][3]  # the first look, without an order


def test_a_row_draws_what_it_has_alone():
    rows = {"truth": np.repeat([0, 1, 2], 4), "found": np.repeat([0, 1], 6)}
    assert len(timeline(rows).axes[0].collections) == 5
