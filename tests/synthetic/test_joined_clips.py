"""Joined clips: which are shown, how often and in which order, and that the truth is what the file shows."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import numbered, render, shown_number

from synthetic.joined_clips import SCENES, SIGNS, Clip, Settings, View, joined, main, shown, write_joined

pytestmark = pytest.mark.fast


def clips(n, prefix="c"):
    return tuple(Clip(f"{prefix}{i}.mkv") for i in range(n))


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 12), least=st.integers(3, 6), more=st.integers(0, 3))
def test_visits_are_as_asked_and_never_twice_running(seed, n, least, more):
    settings = Settings(least_actions=least, most_actions=least + more)
    groups = [clips(2, "small"), clips(n, "d"), clips(9, "large")]
    what = joined(groups, seed, settings)
    group = next(group for group in groups if what.clips[0] in group)
    assert len(group) >= least
    assert set(what.clips) <= set(group)
    assert least <= len(set(what.clips)) == len(what.clips) <= least + more
    counts = Counter(what.order)
    assert set(counts) == set(range(len(what.clips)))
    assert set(counts.values()) <= {2, 3, 4}
    assert all(a != b for a, b in itertools.pairwise(what.order))
    assert joined(groups, seed, settings) == what


def test_seeds_take_groups_in_turn_and_differ():
    found = [joined(SIGNS, seed) for seed in range(10)]
    for seed, what in enumerate(found):
        assert set(what.clips) <= set(SIGNS[seed % 2])
    assert len({(what.clips, what.order) for what in found}) == 10
    assert {len(what.clips) for what in found} == {5, 6}


@given(n=st.integers(1, 300))
def test_a_visit_is_the_middle_forward_and_backward(n):
    frames = shown(n)
    half = len(frames) // 2
    assert half >= 1
    np.testing.assert_array_equal(frames[:half], np.arange(frames[0], frames[0] + half))
    np.testing.assert_array_equal(frames, frames[::-1])
    share = frames / n
    assert share.min() > 0.2 - 1 / n
    assert share.max() < 0.85
    assert (share.max() + 1 / n) >= 0.85
    assert share.min() <= 0.2


def test_clips_are_told_apart_by_name():
    names = [clip.name for group in (*SIGNS, *SCENES) for clip in group]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three clips of unequal lengths whose frames show numbers from 100, 200 and 300 on."""
    folder = tmp_path_factory.mktemp("clips")
    for index, n in enumerate((7, 12, 9)):
        render(folder / f"c{index}.mkv", numbered(n, first=100 * (index + 1)))
    return folder


THREE = Settings(least_actions=3, most_actions=3, most_visits=3)


def decoded(path):
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_every_frame_shows_the_action_that_the_truth_says(folder, tmp_path):
    what = joined([clips(3)], 4, THREE)
    labels = write_joined(tmp_path / "a.mp4", what, folder, size=(48, 64), settings=THREE)
    images = decoded(tmp_path / "a.mp4")
    assert len(images) == len(labels)
    expected = []
    for action in what.order:
        name = what.clips[action].name
        expected += (shown({"c0": 7, "c1": 12, "c2": 9}[name]) + 100 * (int(name[1]) + 1)).tolist()
    assert [shown_number(image) for image in images] == expected
    clip_of = [what.clips[label].name for label in labels]
    assert clip_of == [f"c{number // 100 - 1}" for number in expected]


def test_parts_of_a_file_are_clips_and_frames_are_stretched(folder, tmp_path):
    parts = (Clip("c1.mkv", 0, 4), Clip("c1.mkv", 4, 8), Clip("c1.mkv", 8, 12))
    settings = Settings(least_actions=3, most_actions=3, begin=0, end=1)
    what = joined([parts], 1, settings)
    labels = write_joined(tmp_path / "a.mkv", what, folder, size=(96, 64), settings=settings)
    images = decoded(tmp_path / "a.mkv")
    assert images[0].shape == (96, 64, 3)
    numbers = np.array([shown_number(image) for image in images]) - 200
    firsts = np.array([clip.first for clip in what.clips])
    np.testing.assert_array_equal(numbers // 4 * 4, firsts[labels])
    np.testing.assert_array_equal(np.unique(numbers), np.arange(12))


@given(seed=st.integers(0, 2**32 - 1))
def test_visits_filmed_anew_are_those_of_the_same_seed_within_their_bounds(seed):
    settings = Settings(zoom=0.2, light=0.1, pace=0.5)
    anew, plain = joined(SIGNS, seed, settings), joined(SIGNS, seed)
    assert (anew.clips, anew.order) == (plain.clips, plain.order)
    assert {view._replace(top=0, left=0) for view in plain.views} == {View()}
    assert len(set(anew.views)) == len(anew.order) == len(anew.views)
    for view in anew.views:
        assert 0.8 <= view.side <= 1
        assert 0 <= view.top <= 1
        assert 0 <= view.left <= 1
        assert 0.9 <= view.light <= 1.1
        assert 1 / 1.5 <= view.pace <= 1.5


def test_a_view_leaves_out_sides_changes_light_and_pace(folder, tmp_path):
    what = joined([clips(3)], 4, THREE)
    # The left half and the upper half of the fields, darker and twice as fast.
    half = View(side=0.5, top=0.0, left=0.0, light=0.8, pace=2.0)
    seen = what._replace(views=(half,) * len(what.order))
    for path, each in (("whole.mkv", what), ("half.mkv", seen)):
        labels = write_joined(tmp_path / path, each, folder, size=(48, 64), settings=THREE)
        assert len(labels) == len(decoded(tmp_path / path))
    whole, parts = decoded(tmp_path / "whole.mkv"), decoded(tmp_path / "half.mkv")
    first = len(shown({"c0": 7, "c1": 12, "c2": 9}[what.clips[what.order[0]].name], THREE))
    np.testing.assert_array_equal(labels[: (first + 1) // 2], what.order[0])
    for part, image in zip(parts, whole[:first:2], strict=False):
        expected = image[:24, :32].repeat(2, axis=0).repeat(2, axis=1) * 0.8
        assert np.abs(part - expected).mean() < 12  # fields have soft edges in H.264


def test_the_script_writes_recordings_and_their_truth(folder, tmp_path, capsys):
    arguments = ["--clips", str(folder), "--out", str(tmp_path / "out"), "--recordings", "2", "--seed", "8"]
    assert main([*arguments, "--least", "3"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "joined08.mp4",
        "joined08.txt",
        "joined09.mp4",
        "joined09.txt",
    ]
    names = (tmp_path / "out" / "joined08.txt").read_text().split()
    assert len(names) == len(decoded(tmp_path / "out" / "joined08.mp4"))
    assert set(names) == {"c0", "c1", "c2"}
    assert "3 actions on" in capsys.readouterr().out
    assert main(arguments) == 2
    assert "error: no group has 5 clips" in capsys.readouterr().err
    assert main(["--clips", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"least_actions": 2},
        {"least_actions": 6, "most_actions": 5},
        {"least_visits": 1},
        {"most_visits": 5},
        {"begin": 0.9},
        {"end": 1.5},
        {"zoom": 1.0},
        {"light": -0.1},
        {"pace": 1.0},
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="give"):
        Settings(**wrong)


def test_a_clip_without_frames_is_refused():
    with pytest.raises(ValueError, match="no frames"):
        shown(0)
