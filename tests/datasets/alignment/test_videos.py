from pathlib import Path

import numpy as np
import pytest

from dkva.datasets.alignment.videos import (
    Activity,
    AlignmentVideo,
    Counts,
    checked_phases,
    checked_rows,
    feature_files,
    read_file,
)
from dkva.datasets.errors import DataError

pytestmark = pytest.mark.fast

HERE = Path("train.pkl")


def video(rows=4, labels=4, lacks=None):
    return AlignmentVideo(
        "bowl/0001", "train", HERE, lambda: np.arange(labels), lambda: np.ones((rows, 3)), lacks=lacks
    )


def test_features_and_phases_fit():
    features, phases = video().load()
    assert (features.shape, phases.tolist(), video().activity) == ((4, 3), [0, 1, 2, 3], "bowl")
    with pytest.raises(DataError, match=r"has 4 labels of bowl/0001 for 5 rows of features; give one row"):
        video(rows=5).load()


def test_what_is_lacking_is_said_when_features_are_asked_for():
    lacking = video(lacks=DataError("0001.npy", "not found", "compute it"))
    assert len(lacking.phases()) == 4
    for read in (lacking.features, lacking.load):
        with pytest.raises(DataError, match="compute it"):
            read()


def test_names():
    assert Activity("bowl", 3, {"carl": Counts(1, 2)}, ("bowling",)).names == ("bowl", "bowling")


@pytest.mark.parametrize(
    ("labels", "part"),
    [
        ([0.5, 1], "no whole numbers"),
        (np.array([0, np.nan]), "no whole numbers"),
        (np.array([0, np.inf]), "no whole numbers"),
        (np.array([0, 1e300]), "no whole numbers"),
        (np.array([0, 2**64 - 1], np.uint64), "no whole numbers"),
        (["a"], "no numbers in a row"),
        ([[0, 1], [1]], "no numbers in a row"),
        (np.zeros((2, 2)), "no numbers in a row"),
        ([], "no numbers in a row"),
        ("012", "no numbers in a row"),
        (None, "no numbers in a row"),
        (np.array([{}], object), "no numbers in a row"),
    ],
)
def test_labels_that_are_no_phases_are_refused(labels, part):
    with pytest.raises(DataError, match=f"train.pkl: labels of a are {part}; get it"):
        checked_phases(HERE, labels, "labels of a", "get it")


@pytest.mark.parametrize("labels", [[0, 1, -1], np.array([0.0, 1, -1]), np.array([0, 1, -1], np.int8)])
def test_labels_are_whole_numbers(labels):
    phases = checked_phases(HERE, labels, "labels", "")
    assert (phases.dtype, phases.tolist()) == (np.int64, [0, 1, -1])


def test_joints_are_put_in_a_row():
    joints = np.arange(24.0).reshape(2, 4, 3)
    rows = checked_rows(HERE, joints, "poses", "")
    assert (rows.dtype, rows.shape) == (np.float32, (2, 12))
    assert rows[1, 3:6].tolist() == joints[1, 1].tolist()


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        (np.zeros(3), "are no numbers"),
        (np.zeros((2, 2, 2, 2)), "are no numbers"),
        (np.zeros((0, 3)), "are no numbers"),
        (np.array([["a"]]), "are no numbers"),
        ([[1.0]], "are no numbers"),
        (None, "are no numbers"),
        (np.array([[np.nan]]), "not finite"),
        (np.array([[1e60]]), "not finite"),
    ],
)
def test_other_rows_are_refused(rows, part):
    with pytest.raises(DataError, match=part):
        checked_rows(HERE, rows, "poses", "")


def test_feature_files_of_any_kind_are_found_by_name(tmp_path):
    assert feature_files(tmp_path) == {}
    (tmp_path / "features" / "bowl").mkdir(parents=True)
    rows = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    np.save(tmp_path / "features" / "bowl" / "0001.npy", rows)
    np.savetxt(tmp_path / "features" / "0002.csv", rows, delimiter=",")
    found = feature_files(tmp_path)
    assert set(found) == {"0001", "0002"}
    np.testing.assert_array_equal(read_file(found["0001"]), rows)
    np.testing.assert_array_equal(read_file(found["0002"]), rows)
    np.save(tmp_path / "features" / "0001.npy", rows)
    with pytest.raises(DataError, match="second file of video '0001'"):
        feature_files(tmp_path)
