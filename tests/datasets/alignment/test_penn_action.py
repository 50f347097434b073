import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets.alignment.penn_action import has_penn_action, read_penn_action
from dkva.datasets.alignment_sets import ALIGNMENT_SETS
from dkva.datasets.errors import DataError

pytestmark = pytest.mark.fast

PENN = ALIGNMENT_SETS["penn_action"].activities


def read(root):
    problems = []
    return read_penn_action(root, PENN, problems), [str(each) for each in problems]


def test_joints_and_phases(tmp_path):
    assert not has_penn_action(tmp_path / "Penn_Action", PENN)
    videos, problems = read(releases.penn_own(tmp_path / "Penn_Action"))
    assert has_penn_action(tmp_path / "Penn_Action", PENN)
    assert problems == []
    assert [(video.name, video.split) for video in videos] == [
        ("bowl/0001", "train"),
        ("situp/0003", "train"),
        ("bowl/0002", "test"),
    ]
    features, phases = videos[0].load()
    np.testing.assert_array_equal(phases, releases.labels_of(1, 3))
    np.testing.assert_array_equal(features, releases.rows_of(len(phases), 26, 1).astype(np.float32))


def test_more_frames_than_labels_are_thinned_evenly(tmp_path):
    """Frame floor(j V / L) for label j, by loops."""
    videos, _ = read(releases.penn_own(tmp_path / "Penn_Action"))
    features, phases = videos[1].load()
    n = len(phases)
    rows = releases.rows_of(n + 2, 26, 3).astype(np.float32)
    expected = [rows[int(j * (n + 2) / n)] for j in range(n)]
    np.testing.assert_array_equal(features, expected)


def test_more_labels_than_rows_are_thinned_evenly(tmp_path):
    root = releases.penn_own(tmp_path / "Penn_Action")
    labels = releases.labels_of(1, 3)
    few = len(labels) - 3
    (root / "features").mkdir()
    rows = releases.rows_of(few, 5, 0).astype(np.float32)
    np.save(root / "features" / "0001.npy", rows)
    features, phases = read(root)[0][0].load()
    np.testing.assert_array_equal(features, rows)
    np.testing.assert_array_equal(phases, [labels[int(j * len(labels) / few)] for j in range(few)])


def test_phases_within_the_folder(tmp_path):
    root = releases.penn_own(tmp_path / "Penn_Action")
    (tmp_path / "penn_action_labels").rename(root / "penn_action_labels")
    assert len(read(root)[0]) == 3


def test_what_is_missing_is_said(tmp_path):
    root = releases.penn_own(tmp_path / "Penn_Action")
    (root / "labels" / "0001.mat").unlink()
    videos, problems = read(root)
    assert problems == []
    with pytest.raises(DataError, match=r"0001\.mat: not found; download PennAction again"):
        videos[0].load()
    assert len(videos[0].phases()) == len(releases.labels_of(1, 3))
    (tmp_path / "penn_action_labels").rename(tmp_path / "other")
    videos, (problem,) = read(root)
    assert videos == []
    assert "penn_action_labels: not found; get the labels of each frame" in problem


def test_broken_files_are_named(tmp_path):
    root = releases.penn_own(tmp_path / "Penn_Action")
    (root / "labels" / "0001.mat").write_bytes(b"MATLAB")
    videos, _ = read(root)
    with pytest.raises(DataError, match=r"0001\.mat: "):
        videos[0].load()
    path = tmp_path / "penn_action_labels" / "train" / "situp" / "0003.npy"
    np.save(path, np.zeros((2, 2)))
    with pytest.raises(DataError, match=r"0003\.npy: labels are no numbers in a row"):
        videos[1].load()
