"""Drawn scenes: what they show is what their labels say."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthetic.drawn_scenes import Settings, drawn

pytestmark = pytest.mark.fast

SMALL = {"height": 60, "width": 80, "rate": 10}


def runs(labels):
    """(label, length) of each run."""
    return [(label, len(list(run))) for label, run in itertools.groupby(labels.tolist())]


@given(
    seed=st.integers(0, 2**32 - 1),
    actions=st.integers(2, 6),
    visits=st.integers(1, 3),
    shortest=st.floats(0.1, 2),
    more=st.floats(0, 2),
)
def test_every_action_is_done_as_often_and_as_long_as_asked_for(seed, actions, visits, shortest, more):
    settings = Settings(seed, actions, visits, shortest, shortest + more, **SMALL)
    found = runs(drawn(settings).labels)
    # A run is one visit: no action comes twice in a row.
    assert sorted(label for label, _ in found) == sorted([*range(actions)] * visits)
    for _, length in found:
        assert shortest * 10 - 0.5 <= length <= (shortest + more) * 10 + 0.5


@given(seconds=st.floats(0.01, 200), actions=st.integers(2, 6))
def test_a_scene_lasts_as_long_as_asked_for(seconds, actions):
    settings = Settings(actions=actions, shortest=1, longest=2, **SMALL)
    labels = drawn(settings, seconds=seconds).labels
    assert len(labels) == max(1, round(seconds * 10))
    found = runs(labels)
    assert all(length <= 20 for _, length in found)
    for before in range(0, len(found) - 2 * actions + 1, 2 * actions):  # a round of two visits each
        mine = [label for label, _ in found[before : before + 2 * actions]]
        assert sorted(mine) == sorted([*range(actions)] * 2)


def test_frames_come_again_and_other_seeds_look_otherwise():
    scene = drawn(Settings(actions=2, visits=1, shortest=0.5, longest=1, **SMALL))
    frames = np.stack(list(scene.frames()))
    assert frames.shape == (len(scene.labels), 60, 80, 3)
    assert frames.dtype == np.uint8
    np.testing.assert_array_equal(frames, list(scene.frames()))
    other = drawn(Settings(1, actions=2, visits=1, shortest=0.5, longest=1, **SMALL))
    assert np.abs(next(other.frames()).astype(float) - frames[0]).mean() > 20


@pytest.mark.parametrize("seed", range(3))
def test_the_first_visits_mean_tells_the_second_ones_action(seed):
    scene = drawn(Settings(seed, actions=6, shortest=1, longest=2, **SMALL))
    frames = np.stack(list(scene.frames())).reshape(len(scene.labels), -1).astype(float)
    found = runs(scene.labels)
    ends = list(itertools.accumulate(length for _, length in found))
    visits: dict = {}
    for (label, length), end in zip(found, ends, strict=True):
        visits.setdefault(label, []).append(frames[end - length : end])
    means = np.stack([visits[label][0].mean(axis=0) for label in range(6)])
    for label in range(6):
        nearest = ((visits[label][1][:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
        assert (nearest == label).mean() > 0.9


def test_the_background_has_the_noise_that_was_asked_for():
    scene = drawn(Settings(actions=2, visits=1, shortest=1, longest=1, noise=6.0, **SMALL))
    frames = np.stack(list(scene.frames())).astype(float)
    # Whole grey levels add 1/12 to a variance. A shape's pixels change by more: the median leaves them out.
    spread = np.median(np.diff(frames, axis=0).std(axis=0)) / np.sqrt(2)
    assert spread == pytest.approx(np.hypot(6, 12**-0.5), rel=0.15)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"actions": 7}, "actions is 7: give a whole number from 1 to 6"),
        ({"actions": 1}, "give visits 1, or more actions"),
        ({"shortest": 5, "longest": 4}, "last from 5 to 4 seconds: give at least one frame"),
        ({"shortest": 0.01}, r"at least one frame \(1/30 s\)"),
    ],
)
def test_settings_that_make_no_scene(changed, words):
    with pytest.raises(ValueError, match=words):
        Settings(**changed)
