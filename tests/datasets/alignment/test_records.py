import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets.alignment.records import has_records, read_records
from dkva.datasets.alignment_sets import ALIGNMENT_SETS

pytestmark = pytest.mark.fast

PENN = ALIGNMENT_SETS["penn_action"].activities
H2O = ALIGNMENT_SETS["h2o"].activities
IKEA = ALIGNMENT_SETS["ikea_asm"].activities


def read(root, activities, **options):
    problems = []
    return read_records(root, activities, problems, **options), [str(each) for each in problems]


def test_penn_action_under_its_other_names(tmp_path):
    assert not has_records(tmp_path, PENN)
    videos, problems = read(releases.penn_records(tmp_path), PENN)
    assert has_records(tmp_path, PENN)
    assert not has_records(tmp_path, H2O)
    assert problems == []
    assert len(videos) == 13 * 3
    assert (tmp_path / "bowling_train.npy").exists()
    mine = [(video.name, video.split) for video in videos if video.activity == "bowl"]
    assert mine == [("bowl/0000", "train"), ("bowl/0001", "train"), ("bowl/0000", "test")]
    features, phases = next(video for video in videos if video.name == "bowl/0001").load()
    np.testing.assert_array_equal(phases, releases.labels_of(1, 3))
    np.testing.assert_array_equal(features, releases.rows_of(len(phases), 72, 1).astype(np.float32))
    assert {video.joints for video in videos} == {0}  # they are parameters of a body model


def test_joints_and_background(tmp_path):
    videos, _ = read(releases.ikea_records(tmp_path), IKEA, background=True)
    video = videos[1]
    features, phases = video.load()
    labels = releases.labels_of(1, 18)
    np.testing.assert_array_equal(phases, labels - 1)
    assert (features.shape, video.joints) == ((len(labels), 51), 17)
    rows = releases.rows_of(len(labels), 51, 1).reshape(-1, 17, 3).astype(np.float32)
    np.testing.assert_array_equal(features.reshape(-1, 17, 3), rows)
    assert read(tmp_path, IKEA)[0][1].phases().min() == 0


def test_a_file_that_changes_is_read_again(tmp_path):
    releases.h2o_records(tmp_path)
    assert len(read(tmp_path, H2O)[0]) == 38
    releases.write_records(tmp_path, "pouring_milk", "val", 2, 10, (102,))
    assert len(read(tmp_path, H2O)[0]) == 29


def saved(root, content, name="pouring_milk_train.npy"):
    np.save(
        root / name, np.array(content, object) if isinstance(content, dict) else content, allow_pickle=True
    )


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"a": 1}, "holds no poses by the names of videos"),
        (np.zeros(3), "is refused: it holds an array float64"),
        ({"a": {"labels": [0, 1]}}, "poses of a are no numbers"),
        ({"a": {"pose": np.zeros((2, 3))}}, "labels of a are no numbers in a row"),
        ({"a": {"pose": np.zeros((3, 3)), "labels": [0, 1]}}, "a has 3 poses and 2 labels"),
        (
            {"a": {"pose": np.full((2, 3), np.nan), "labels": [0, 1]}},
            "poses of a hold numbers that are not finite",
        ),
        (
            {"a": {"pose": np.zeros((2, 3)), "labels": [0, 1], "more": pytest.raises}},
            "is refused: it asks for",
        ),
    ],
)
def test_what_is_broken_is_left_out_and_named(tmp_path, content, part):
    releases.h2o_records(tmp_path)
    saved(tmp_path, content)
    videos, (problem,) = read(tmp_path, H2O)
    assert len(videos) == 11
    assert problem.startswith(f"{tmp_path / 'pouring_milk_train.npy'}: {part}")
    assert problem.endswith("; download the npy files of CASA again")


def test_a_file_that_is_missing_is_named(tmp_path):
    releases.ikea_records(tmp_path)
    (tmp_path / "kallax_shelf_drawer_val.npy").unlink()
    videos, (problem,) = read(tmp_path, IKEA)
    assert len(videos) == 3
    assert "kallax_shelf_drawer_val.npy: not found" in problem
