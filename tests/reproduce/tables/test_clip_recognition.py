"""Clips of phases and nearest frames by activity, counted by hand."""

import numpy as np
import pytest

from dkva.metrics.clip_recognition import clip_accuracy
from reproduce.tables.clip_recognition import CLIP_MEASURES, clip_rows

pytestmark = pytest.mark.fast


def video(*phases, place, at, apart=10.0, length=6):
    """Frames of a video: phases one after the other, each at a place of its own of the activity's."""
    truth = np.repeat(phases, length)
    frames = np.zeros((len(truth), 4), np.float32)
    frames[:, place] = apart * (1 + truth)
    frames[:, 3] = at + 0.01 * np.arange(len(truth))
    return frames, truth


def rows(train, test):
    """Rows of videos of activities "x" (place 0), "y" (1)."""
    given = []
    for videos in (train, test):
        given += [[frames for (frames, _), _ in videos], [truth for (_, truth), _ in videos]]
    names = [[activity for _, activity in videos] for videos in (train, test)]
    return clip_rows(*given, train_activities=names[0], test_activities=names[1])


def clean(at):
    return [(video(0, 1, place=0, at=at), "x"), (video(0, 1, 2, place=1, at=at), "y")]


def test_clean_clips_are_all_recognised_and_activities_apart():
    found = rows([*clean(0), *clean(0.1)], [*clean(0.2), *clean(0.3)])
    assert [tuple(row) for row in found] == [CLIP_MEASURES] * 4
    assert [row["clips"] for row in found] == pytest.approx([1] * 4)
    # The five nearest of other videos are the six of the same phase of the other video of the activity.
    assert [row["same_activity"] for row in found] == pytest.approx([1] * 4)


def test_one_wrong_clip_of_ten_is_of_its_video():
    odd = (np.concatenate([video(0, place=0, at=0.2)[0], video(2, place=1, at=0.2)[0]]), np.repeat([0, 1], 6))
    found = rows([*clean(0), *clean(0.1)], [(odd, "x"), *clean(0.3)[1:], *clean(0.4)])
    # 2 + 3 + 2 + 3 clips, of which one is wrong: parts move the mean to first order, as numbers differ.
    assert np.mean([row["clips"] for row in found]) == pytest.approx(0.9)
    assert found[0]["clips"] == pytest.approx(0.9 + 4 * (1 - 0.9 * 2) / 10)
    assert found[1]["clips"] == pytest.approx(0.9 + 4 * (3 - 0.9 * 3) / 10)


def test_frames_of_another_activity_are_counted_one_by_one():
    # The first video of x is at the places of y: all its nearest are of y, and it draws from nobody else's.
    away = (video(0, 1, place=1, at=0.25)[0], np.repeat([0, 1], 6))
    found = rows([*clean(0), *clean(0.1)], [(away, "x"), *clean(0.2), *clean(0.3)])
    assert found[0]["same_activity"] == pytest.approx(0)
    assert found[1]["same_activity"] == pytest.approx(1)
    # Of y's frames, those of the first two phases have 12 other candidates near them, 6 of them of x.
    assert 0.3 < found[2]["same_activity"] < 1


def test_frames_without_a_phase_are_in_no_clip():
    frames, truth = video(0, 1, place=0, at=0.2)
    cut = truth.copy()
    cut[:2] = -1
    whole = rows([*clean(0), *clean(0.1)], [((frames, truth), "x"), *clean(0.3)])
    part = rows([*clean(0), *clean(0.1)], [((frames, cut), "x"), *clean(0.3)])
    assert [row["clips"] for row in whole] == [row["clips"] for row in part]


def test_an_activity_is_part_of_what_a_clip_shows():
    """Phases of equal numbers are told apart by their activities alone."""
    same = [(video(0, 1, place=0, at=0.0), "x"), (video(0, 1, place=0, at=0.0), "y")]
    found = rows(same * 2, same)
    assert np.mean([row["clips"] for row in found]) == pytest.approx(0.5)
    clips = [np.eye(2)[[0]], np.eye(2)[[1]]] * 2
    assert clip_accuracy(clips, ["x, 0", "y, 0"] * 2, clips[:2], ["x, 0", "y, 0"]).figure == 1
