"""Change points of ClaSP: our side with a stand-in for claspy, and claspy itself (`make clasp`)."""

import importlib.util
import sys
import types

import numpy as np
import pytest
from rival_corners import ONCE, RETURNING, check_corner, check_refusals, check_units, corners, planted

from dkva.baselines import clasp
from dkva.baselines.clasp_change_points import _merged
from dkva.baselines.standardising import standardised

rng = np.random.default_rng(4)

needs_claspy = pytest.mark.skipif(
    importlib.util.find_spec("claspy") is None, reason="claspy is not installed: make clasp"
)


@pytest.fixture
def stand_in(monkeypatch):
    """A claspy that finds the change points that it is given: `stand_in(points)` is the list of its calls."""

    def install(points=()):
        calls = []

        class BinaryClaSPSegmentation:
            def __init__(self, **settings):
                self.settings = settings

            def fit_predict(self, series):
                calls.append((self.settings, series))
                found = [point for point in points if point < len(series)]
                return np.array(sorted(found[: self.settings["n_segments"] - 1]))

        package = types.ModuleType("claspy")
        package.segmentation = types.ModuleType("claspy.segmentation")
        package.segmentation.BinaryClaSPSegmentation = BinaryClaSPSegmentation
        monkeypatch.setitem(sys.modules, "claspy", package)
        monkeypatch.setitem(sys.modules, "claspy.segmentation", package.segmentation)
        return calls

    return install


# --- our side --------------------------------------------------------------------------------------


@pytest.mark.fast
def test_segments_that_are_alike_have_one_label(stand_in):
    stand_in([40, 70, 105, 20, 120])
    np.testing.assert_array_equal(clasp(planted(RETURNING), 3), RETURNING)
    stand_in([40, 70, 105, 20, 120])
    np.testing.assert_array_equal(clasp(planted(ONCE), 4), ONCE)


@pytest.mark.fast
def test_what_claspy_is_asked(stand_in):
    features = np.column_stack([planted(ONCE), np.full(150, 0.1)])
    calls = stand_in([40, 70, 105])
    clasp(features, 4, seed=7)
    clasp(features, 4, oversegmentation=1.6)
    clasp(features, 4, oversegmentation=0.1)
    settings = [settings for settings, _ in calls]
    shared = {"validation": None, "n_jobs": 1}
    assert settings[0] == {"n_segments": 9, "random_state": 7, **shared}
    assert [each["n_segments"] for each in settings] == [9, 7, 4]
    for _, series in calls:
        np.testing.assert_array_equal(series, standardised(features)[:, :4])


@pytest.mark.fast
def test_long_videos_are_averaged(stand_in):
    calls = stand_in([40, 70, 105])
    labels = clasp(planted(ONCE.repeat(5)), 4, max_pieces=150)
    np.testing.assert_array_equal(labels, ONCE.repeat(5))
    ((_, series),) = calls
    assert series.shape == (150, 4)


@pytest.mark.fast
@pytest.mark.parametrize("points", [(), (70,)])
def test_fewer_segments_than_asked_for(stand_in, points):
    stand_in(points)
    assert len(np.unique(clasp(planted(ONCE), 4))) == len(points) + 1


@pytest.mark.fast
def test_a_search_for_windows_that_fails(stand_in, monkeypatch):
    calls = stand_in([40, 70, 105])
    search = sys.modules["claspy.segmentation"].BinaryClaSPSegmentation
    fit = search.fit_predict

    def fails(self, series):
        if "window_size" not in self.settings:
            raise OverflowError("Python int too large to convert to C long")
        return fit(self, series)

    monkeypatch.setattr(search, "fit_predict", fails)
    np.testing.assert_array_equal(clasp(planted(ONCE), 4), ONCE)
    assert [settings["window_size"] for settings, _ in calls] == [5]


@pytest.mark.fast
def test_merging_by_its_definition():
    rows, sizes = rng.standard_normal((12, 2)), rng.integers(1, 5, 12)
    group = np.repeat([0, 1, 2, 3, 4], [3, 2, 4, 1, 2])
    frames, of_frame = np.repeat(rows, sizes, axis=0), np.repeat(group, sizes)

    def scatter(labels):
        parts = [frames[labels == label] for label in set(labels)]
        return sum(np.square(part - part.mean(axis=0)).sum() for part in parts)

    for to in (4, 3, 2, 1):
        found = sorted(set(of_frame))
        choices = [
            np.where(of_frame == second, first, of_frame)
            for first in found
            for second in found
            if first < second
        ]
        of_frame = min(choices, key=scatter)
        np.testing.assert_array_equal(np.repeat(_merged(rows, sizes, group, to), sizes), of_frame)
    np.testing.assert_array_equal(_merged(rows, sizes, group, 6), group)


@pytest.mark.fast
@corners
def test_corners(stand_in, corner):
    stand_in(range(1, 30))
    check_corner(clasp, corner)


@pytest.mark.fast
def test_units_do_not_count(stand_in):
    stand_in([40, 70, 105, 20])
    check_units(clasp, planted(ONCE), 4)


@pytest.mark.fast
def test_claspy_is_asked_for_by_name(monkeypatch):
    for name in ("claspy", "claspy.segmentation"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"clasp needs claspy: pip install claspy .*make clasp"):
        clasp(planted(ONCE), 4)
    np.testing.assert_array_equal(clasp(planted(ONCE), 1), np.zeros(150))


@pytest.mark.fast
@pytest.mark.usefixtures("unchecked")
def test_bad_arguments(stand_in):
    stand_in()
    check_refusals(
        clasp,
        ({"seed": -1}, "seed is -1"),
        ({"oversegmentation": 0}, "oversegmentation is 0"),
        ({"max_pieces": 1}, "max_pieces is 1"),
    )


# --- claspy itself ---------------------------------------------------------------------------------


def motions(truth):
    """Two oscillations [n, 2] whose frequency is the action's."""
    phase = np.cumsum(2 * np.pi * np.array([0.1, 0.033, 0.2])[truth])
    noise = 0.05 * np.random.default_rng(0).standard_normal((len(truth), 2))
    return np.column_stack([np.sin(phase), 3 * np.cos(phase)]) + noise


@needs_claspy
def test_changes_of_motion_are_found():
    truth = np.repeat([0, 1, 2], 250)
    labels = clasp(motions(truth), 3, oversegmentation=0.1)
    np.testing.assert_array_equal(labels, clasp(motions(truth), 3, oversegmentation=0.1))
    changes = np.flatnonzero(np.diff(labels))
    np.testing.assert_allclose(changes, [249, 499], atol=25)


@needs_claspy
@corners
def test_corners_of_claspy(corner):
    """Segments are not shorter than five windows, so that short videos are left whole."""
    check_corner(clasp, corner, fewer=True)
