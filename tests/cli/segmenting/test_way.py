"""How videos are cut, before any is read."""

from dataclasses import replace

import numpy as np
import pytest

from dkva import KernelMeanSegmenter, baselines
from dkva.base import column_blocks
from dkva.cli.segmenting import way as way_module
from dkva.cli.segmenting.levels import Levels, described
from dkva.cli.segmenting.way import Way
from dkva.experiments.method_settings import checked
from dkva.experiments.registry import find
from dkva.experiments.shortest import SMOOTHING_SETTINGS

pytestmark = pytest.mark.fast

FRAMES = np.random.default_rng(0).normal(size=(4, 5))[[0, 1, 0, 2, 3]].repeat(12, axis=0)
FRAMES += 0.1 * np.random.default_rng(1).normal(size=FRAMES.shape)


def way(method="kmeans", n_segments=2, seed=0, levels=None, **given):
    return Way.of(find(method), n_segments, seed, checked(find(method), given), levels)


def test_margins_tell_a_cut_along_the_features_from_one_across():
    draw = np.random.default_rng(0)
    truth = np.repeat([0, 1] * 3, 50)
    features = draw.normal(size=(2, 8))[truth] + 0.3 * draw.normal(size=(300, 8))
    right, wrong = (
        way_module._margins(features, labels, 2).mean() for labels in (truth, np.repeat([0, 1], 150))
    )
    assert right > 0.6
    assert wrong < 0.3


def test_margins_do_not_depend_on_how_many_features_are_smoothed_at_once(monkeypatch):
    labels = np.repeat([0, 1, 2], 20)
    whole = way_module._margins(FRAMES, labels, 3)
    for columns in (1, 2, 4):
        monkeypatch.setattr(column_blocks, "_BLOCK", columns * len(FRAMES))
        # Smoothed frames are rounded to single precision once more.
        np.testing.assert_allclose(way_module._margins(FRAMES, labels, 3), whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("smoothing", "n", "warned"), [(2.5, 300, True), (1.0, 300, True), (0.9, 300, False)]
)
def test_a_window_of_half_the_video_is_said_before(smoothing, n, warned):
    said = way("dkva", 2, smoothing=smoothing).warnings_for(n, 2)
    assert len(said) == warned
    if warned:
        assert said[0].startswith(f"frames are averaged over {int(smoothing * n / 2)} frames")
    assert way("kmeans").warnings_for(n, 2) == way("dkva", 1).warnings_for(n, 1) == []


def test_settings_that_only_the_estimator_can_refuse():
    with pytest.raises(ValueError, match="epochs is 3000000000"):
        way("dkva", epochs=3_000_000_000).check()
    way("kmeans").check()


def test_without_levels_a_number_stands_as_it_is():
    assert way("kms", 3).finer(FRAMES) == (3, [], None)
    assert way("kms", 3).decisive() == [way("kms", 3).recorded(3)]


def test_levels_have_the_settings_of_the_method():
    made = way("kms", 3, seed=5, levels=Levels(2, 6), whitening=0)
    number, levels, suggested = made.finer(FRAMES)
    fitted = KernelMeanSegmenter(3, 5, levels=6, whitening=0).fit(FRAMES)
    assert (number, levels, suggested) == (3, described(fitted.hierarchy_, 2), None)
    # The level of the number is the cut itself.
    np.testing.assert_array_equal(made.cut(FRAMES, "v", 3).labels, fitted.labels_)
    np.testing.assert_array_equal(fitted.hierarchy_.levels[2].labels, fitted.labels_)


def test_a_suggestion_is_of_the_own_levels_for_nested_ones_and_other_methods_too():
    own, nested = (way("kms", None, levels=Levels(2, 8, each)).finer(FRAMES) for each in (False, True))
    assert (own[0], own[2]) == (nested[0], nested[2])
    assert own[1] != nested[1]
    number, levels, suggested = way("kmeans", None).finer(FRAMES)
    assert (number, levels) == (suggested["k"], [])
    assert [level["n_segments"] for level in suggested["curve"]] == list(range(2, 21))
    made = way("kmeans", None).cut(FRAMES, "v", number)
    np.testing.assert_array_equal(made.labels, baselines.kmeans(FRAMES, number))
    assert made.settings["n_segments"] == number


def test_what_decides_the_labels_differs():
    ways = [
        way("kms", 3),
        way("kms", None),
        way("kms", 3, levels=Levels()),
        way("kms", None, levels=Levels()),
        way("kms", None, levels=Levels(2, 19)),
        way("kms", None, levels=Levels(nested=True)),
    ]
    assert len({repr(each.decisive()) for each in ways}) == len(ways)


@pytest.mark.parametrize(
    ("number", "levels", "least"),
    [(4, None, 4), (None, None, 3), (None, Levels(5, 9), 5), (4, Levels(5, 9), 5), (4, Levels(2, 9), 4)],
)
def test_frames_that_a_video_must_have(number, levels, least):
    assert way("kms", number, levels=levels).least == least


def test_levels_that_end_early_are_said():
    (note,) = way("kms", 2, levels=Levels(2, 40)).warnings_for(20, 2)
    assert note == "the levels end at 20, one segment a frame"
    assert way("kms", 2, levels=Levels(2, 20)).warnings_for(20, 2) == []
    assert way("kms", 2).warnings_for(3, 2) == []


def test_long_features_are_cut_in_less_memory_into_the_same_labels(monkeypatch):
    cut, asked = way("smoothed_kmeans", 3), []
    whole = cut.cut(FRAMES, "v", 3).labels
    monkeypatch.setattr(way_module, "_LONG", FRAMES.size - 1)
    load = way_module.load
    monkeypatch.setattr(way_module, "load", lambda target: asked.append(target) or load(target))
    np.testing.assert_array_equal(cut.cut(FRAMES, "v", 3).labels, whole)
    assert find("smoothed_kmeans").long in asked
    way("kmeans", 3).cut(FRAMES, "v", 3)  # has none


def test_the_code_for_long_features_decides_too(monkeypatch):
    monkeypatch.setattr(way_module, "code_of", lambda function: function.__name__)
    assert way("smoothed_kmeans").code == "smoothed_kmeanslong_smoothed_kmeans"
    assert way("kmeans").code == "kmeans"


def seconds(way, shortest=2.0, rate=5.0):
    """A way with a shortest action, in a video of so many rows a second."""
    return replace(way, shortest=shortest).at(rate)


def test_the_shortest_action_sets_the_smoothing_of_each_video():
    made = seconds(way("smoothed_kmeans", 3, n_init=2)).cut(FRAMES, "v", 3)
    deviation = 2.0 * 5.0 / 5
    asked = {"smoothing": deviation * 3 / len(FRAMES), "n_init": 2}
    assert made.settings == {"n_segments": 3, **asked, "seed": 0}
    np.testing.assert_array_equal(made.labels, baselines.smoothed_kmeans(FRAMES, 3, **asked))
    for method in ("kms", "dkva", "sinkhorn"):
        settings = seconds(way(method)).smoothed(60, 3).settings
        own = way(method).settings
        assert [name for name in own if own[name] != settings[name]] == [SMOOTHING_SETTINGS[method]]
    assert way("kms").at(None) == way("kms") == way("kms").smoothed(60, 3)


def test_a_shortest_action_needs_a_rate_and_decides_the_labels_with_it():
    with pytest.raises(ValueError, match="has no times, and --shortest is in seconds: give --fps, too"):
        replace(way("kms"), shortest=2.0).at(None)
    assert replace(way("kms"), shortest=2.0, by_default=True).at(None).smoothed(60, 3).settings == (
        way("kms").settings
    )
    ways = [way("kms"), seconds(way("kms")), seconds(way("kms"), 3.0), seconds(way("kms"), rate=4.0)]
    assert len({repr(each.decisive()) for each in ways}) == len(ways)


def test_the_level_of_the_number_is_the_cut_itself_for_a_shortest_action_too():
    for nested in (False, True):
        made = seconds(way("kms", 3, levels=Levels(2, 6, nested)))
        number, levels, _ = made.finer(FRAMES)
        smoothed = made.smoothed(len(FRAMES), number).settings
        fitted = KernelMeanSegmenter(3, levels=6, nested=nested, averaging=smoothed["averaging"]).fit(FRAMES)
        assert levels == described(fitted.hierarchy_, 2)
        np.testing.assert_array_equal(made.cut(FRAMES, "v", 3).labels, fitted.labels_)


def test_a_suggestion_is_of_the_methods_own_smoothing():
    own, timed = way("kms", None, levels=Levels(2, 8)), seconds(way("kms", None, levels=Levels(2, 8)), 6.0)
    assert own.finer(FRAMES)[2] == timed.finer(FRAMES)[2]
    assert own.finer(FRAMES)[1] != timed.finer(FRAMES)[1]


def test_videos_together_are_smoothed_as_one_of_their_mean_length():
    made = seconds(replace(way("smoothed_kmeans", 3), together=True))
    first, second = made.cut_together([FRAMES, FRAMES[:20]])
    assert first.settings["smoothing"] == second.settings["smoothing"] == pytest.approx(2 * 3 / 40)
    assert made.alone().cut(FRAMES, "v", 3).settings["smoothing"] == pytest.approx(2 * 3 / 60)


def test_a_long_shortest_action_is_said():
    (note,) = seconds(way("dkva"), 60.0).warnings_for(60, 2)
    assert note.startswith("frames are averaged over 361 frames, and the video has 60 (--shortest 60): short")
    assert note.endswith("try less")
