"""Arrays of the figures of embedded frames, by models that are not trained, and what is drawn of them."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from representation_runs import small

from reproduce import pictures
from reproduce import representation_figures as figures
from reproduce.base.labels import CARL, LRPROP, MASA, RAW_FEATURES
from reproduce.base.store import write_arrays
from reproduce.pictures.base import REPRESENTATIONS
from reproduce.tables.joint import Line


def _few_videos(make, *given):
    """Of the first and the last activity, which has the most phases."""
    return [replace(each, train=each.train[:2], test=each.test[:2]) for each in make(*given)[::5]]


@pytest.fixture
def found(tmp_path, monkeypatch):
    blank = Line("carl", small(epochs=0))
    monkeypatch.setattr(figures, "_LINES", dict.fromkeys((CARL, LRPROP, MASA), blank))
    monkeypatch.setattr(figures, "videos_of", partial(_few_videos, figures.videos_of))
    monkeypatch.setattr("reproduce.tables.representation_runs.MODELS", tmp_path / "models")
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    monkeypatch.setattr(figures, "_STEPS", figures._FEWEST)
    assert figures.main([]) == 0
    assert len(list((tmp_path / "models").glob("*.npz"))) == 2  # of both activities, and of one
    with np.load(tmp_path / REPRESENTATIONS, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}, tmp_path


def test_frames_are_where_their_names_are_and_pairs_on_a_path(found):
    arrays, folder = found
    names = arrays["activities/names"]
    assert set(names.tolist()) == {"A", "F"}
    for method in (RAW_FEATURES, CARL, MASA):
        assert arrays[f"activities/{method}"].shape == (len(names), 2)
    assert str(arrays["phases/activity"]) == "F"
    assert set(arrays["phases/names"].tolist()) == set(range(6))
    for method in (RAW_FEATURES, CARL, LRPROP, MASA):
        assert arrays[f"phases/{method}"].shape == (len(arrays["phases/names"]), 2)
        pairs = arrays[f"matched/by {method}"]
        assert (np.diff(pairs, axis=0) >= 0).all()
        assert pairs[0].tolist() == [0, 0]
    # Equal frames lie in one place of the plane.
    np.testing.assert_array_equal(arrays[f"phases/{CARL}"], arrays[f"phases/{MASA}"])

    maps, matched = pictures.embedding_maps(folder), pictures.aligned_videos(folder)
    assert [axes.get_title() for axes in maps.figure.axes if axes.get_visible()] == [
        *(RAW_FEATURES, CARL, MASA),
        *(RAW_FEATURES, CARL, LRPROP, MASA),
    ]
    assert "models of activity F" in [axes.get_ylabel() for axes in maps.figure.axes]
    first, second = arrays["matched/first"], arrays["matched/second"]
    for axes, method in zip(matched.figure.axes, (RAW_FEATURES, CARL, LRPROP, MASA), strict=True):
        i, j = arrays[f"matched/by {method}"].T
        right = 100 * np.mean(first[i] == second[j])
        assert axes.get_title(loc="left") == f"{method} ({right:.0f} % of the lines join one phase)"
        assert len(axes.lines) == len(i)


def test_pictures_wait_for_their_arrays(tmp_path, monkeypatch):
    said = [each for each in pictures.every(tmp_path) if isinstance(each, str)]
    for name in ("embedding_maps", "aligned_videos"):
        assert f"{name}: nothing to draw yet ({REPRESENTATIONS})" in said
    write_arrays(tmp_path / REPRESENTATIONS, {"other/x": np.zeros(1)})
    with pytest.raises(FileNotFoundError, match="holds nothing of activities"):
        pictures.embedding_maps(tmp_path)
