"""Moving5 as recordings: every frame comes back, nearly as it was."""

import numpy as np
import pytest

from dkva.baselines import smoothed_kmeans
from reproduce.collections import moving5
from reproduce.collections import recorded_moving5 as recorded

pytest.importorskip("av", reason="PyAV is not installed: pip install av")


@pytest.fixture(scope="module")
def folder():
    return moving5.dataset()[0]


def test_recordings_have_the_frames_of_the_videos(folder):
    raw, labels = recorded.load_frames(folder, "test", 3)
    errors = {}
    for crf in (18, 28):
        read, same = recorded.load_recording(folder, "test", 3, crf)
        np.testing.assert_array_equal(labels, same)
        assert read.shape == raw.shape == (len(labels), 2352)
        errors[crf] = np.abs(read - raw).mean() * 255
    assert errors[18] < errors[28] < 1  # grey levels
    # In the order of the raw frames: none is nearer to another one's picture.
    distances = ((read[:, None, ::7] - raw[None, :, ::7]) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == np.arange(len(raw))).mean() > 0.95


def test_a_recording_costs_at_most_two_points_of_mof(folder):
    """The mean over five test videos; `reproduce.study_recordings` has all fifty and more methods."""
    scores = {"raw": [], "recording": []}
    for index in range(5):
        for name, (features, truth) in (
            ("raw", recorded.load_frames(folder, "test", index)),
            ("recording", recorded.load_recording(folder, "test", index, 18)),
        ):
            labels = smoothed_kmeans(features, moving5.K)
            scores[name].append(moving5.measure(truth, labels, moving5.K)["mof"])
    assert np.mean(scores["raw"]) - np.mean(scores["recording"]) <= 0.02
    assert np.mean(scores["raw"]) > 0.5


def test_tasks_are_told_apart_by_what_they_read(folder):
    tasks = recorded.tasks(videos=2)
    assert [(task.columns["value"], task.video) for task in tasks] == [
        (source, video) for source in recorded.SOURCES for video in ("test01", "test02")
    ]
    assert len({task.checksum for task in tasks}) == len(tasks)
    features, labels = tasks[-1].load()
    np.testing.assert_array_equal(features, recorded.load_recording(folder, "test", 1, 28)[0])
    np.testing.assert_array_equal(labels, moving5.load_video(folder, "test", 1)[1])


def test_a_recording_with_other_frames_is_refused(folder, monkeypatch):
    recorded.load_recording.cache_clear()
    monkeypatch.setattr(recorded, "enlarged", lambda frames: list(frames)[:-1])
    with pytest.raises(ValueError, match=r"^test video 1: \d+ frames came back as \d+$"):
        recorded.load_recording(folder, "test", 0, 18)
