"""What one video of `dkva segment` gives, wherever it is cut; see test_cli.py for the command."""

import pickle

import numpy as np
import pytest

from dkva.cli import video as cli_video
from dkva.cli.video import Cut, Reading, VideoInput, cut
from dkva.export.documents import labels_in

SETTINGS = {"n_segments": 2, "epochs": 1, "smoothing": 0}
READING = Reading(transposed=False, lengths="error", cache=False, mapping=None)


@pytest.fixture
def video(tmp_path):
    frames = np.random.default_rng(0).normal(size=(20, 3))
    np.save(tmp_path / "v.npy", frames)
    (tmp_path / "v.txt").write_text("a\n" * 20)
    return VideoInput("tea/v", tmp_path / "v.npy", tmp_path / "v.txt")


def test_a_video_is_described_with_its_labels_and_nothing_is_written(video, tmp_path):
    before = set(tmp_path.rglob("*"))
    result = cut(video, settings=SETTINGS, reading=READING)
    assert (result.problem, result.broken) == (None, None)
    assert result.doc["video"] == "tea/v"
    assert len(labels_in(result.doc)) == 20
    assert list(result.truth) == ["a"] * 20
    assert set(tmp_path.rglob("*")) == before


def test_what_is_done_already_is_left(video):
    key = cut(video, settings=SETTINGS, reading=READING).doc["key"]
    done = VideoInput(video.name, video.path, done=key)
    assert cut(done, settings=SETTINGS, reading=READING) == Cut()
    assert cut(done, settings=SETTINGS | {"epochs": 2}, reading=READING).doc["key"] != key


def test_problems_are_one_line_that_names_the_file(video, monkeypatch):
    result = cut(video, settings=SETTINGS | {"n_segments": 21}, reading=READING)
    assert result == Cut(problem=f"{video.path}: has 20 frames for 21 segments; ask for at most 20 with -k")

    def full(*arguments):
        raise OSError(28, "No space left on device", "cache")

    monkeypatch.setattr(cli_video, "_cut", full)
    broken = pickle.loads(pickle.dumps(cut(video, settings=SETTINGS, reading=READING))).broken
    assert (broken.filename, broken.strerror) == ("cache", "No space left on device")
