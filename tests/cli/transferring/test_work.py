"""One video takes its labels from the labelled one."""

import click
import numpy as np
import pytest

from dkva.cli.aligning.ways import FeatureWay
from dkva.cli.transferring import work
from dkva.cli.transferring.work import NONE, read_labelled, scored, transfer
from dkva.datasets import DataError, VideoFile

pytestmark = pytest.mark.fast

WAY = FeatureWay.of_features(standardise=False)
MODEL = WAY.restored()


@pytest.fixture
def video(tmp_path):
    def made(name, frames, labels=None):
        np.save(tmp_path / f"{name}.npy", np.array(frames, float)[:, None] * [1, 0])
        if labels is not None:
            (tmp_path / f"{name}.txt").write_text("".join(f"{label}\n" for label in labels))
        path = None if labels is None else tmp_path / f"{name}.txt"
        return VideoFile(name, tmp_path / f"{name}.npy", path)

    return made


def test_labels_are_numbered_as_they_come_first(video):
    found = read_labelled(video("v", [0, 1, 2, 3], ["z", "a", "z", "b"]), WAY, MODEL)
    assert found.names == ("z", "a", "b")
    assert found.numbers.tolist() == [0, 1, 0, 2]
    assert found.named(np.array([2, 0])).tolist() == ["b", "z"]
    assert found.about["labels"] == "v.txt"
    again = read_labelled(video("v", [0, 1, 2, 3], ["z", "a", "z", "c"]), WAY, MODEL)
    assert found.about["labels_digest"] != again.about["labels_digest"]


def test_a_video_takes_labels_and_is_scored(video):
    labelled = read_labelled(video("v", [0, 0, 5, 9], ["a", "a", "b", "c"]), WAY, MODEL)
    found = transfer(video("w", [0, 5, 5, 9], ["a", "a", "b", "d"]), labelled, WAY, MODEL, "path")
    assert labelled.named(found.numbers).tolist() == ["a", "b", "b", "c"]
    assert found.scores == (0.5, 0.75, 0.75)
    assert transfer(video("u", [9]), labelled, WAY, MODEL, "nearest").numbers.tolist() == [2]
    assert transfer(video("u", [9]), labelled, WAY, MODEL, "nearest").scores is None


def test_frames_without_a_true_label_and_ignored_ones_are_not_scored(video):
    labelled = read_labelled(video("v", [0, 5], ["a", "b"]), WAY, MODEL)
    truth = np.array(["a", "", "a", "b"])
    assert scored(labelled, np.array([0, 1, 1, 1]), truth, ["b"]) == (0.5, 0.5, 1)
    assert scored(labelled, np.array([0, 1, 1, 1]), truth, ["a", "b"]) is None
    # What has no label in the labelled video is right nowhere.
    labelled = read_labelled(video("v", [0, 5], ["a", NONE]), WAY, MODEL)
    assert scored(labelled, np.array([1, 1, 0, 1]), truth, []).mof == pytest.approx(1 / 3)


def test_what_does_not_fit_is_refused(video, monkeypatch):
    with pytest.raises(click.ClickException, match=r"v.txt"):
        read_labelled(video("v", [0, 1, 2], ["a"]), WAY, MODEL)
    with pytest.raises(click.ClickException, match="no frames; export the file again"):
        read_labelled(video("v", [], []), WAY, MODEL)
    labelled = read_labelled(video("v", [0, 1, 2], ["a", "b", "b"]), WAY, MODEL)
    monkeypatch.setattr(work, "MOST_PAIRS", 11)
    with pytest.raises(
        DataError, match=r"has 4 frames, and .*v.npy 3: 12 pairs of frames, .* is taken for 11"
    ):
        transfer(video("w", [0, 1, 2, 3]), labelled, WAY, MODEL, "path")
