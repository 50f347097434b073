import pickle

import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets import BrokenDataError, DataError
from dkva.metrics.alignment import alignment_rows
from reproduce.collections.released_alignment import joints_of, needs, released

pytestmark = pytest.mark.fast


def test_a_collection_for_each_activity(tmp_path):
    releases.penn_records(tmp_path / "npyrecords")
    collections = released("penn_action", tmp_path, (3, 4))
    assert len({collection.name for collection in collections}) == 13
    bowl = next(each for each in collections if each.columns["activity"] == "bowl")
    assert (bowl.n_segments, bowl.seeds) == (3, (3, 4))
    assert bowl.columns == {"dataset": "PennAction", "release": "casa", "activity": "bowl"}
    assert [[video.name for video in videos] for videos in (bowl.train, bowl.test)] == [
        ["bowl/0000", "bowl/0001"],
        ["bowl/0000"],
    ]
    member = pickle.loads(pickle.dumps(bowl.train[1]))
    features, truth = member.load()
    np.testing.assert_array_equal(truth, releases.labels_of(1, 3))
    np.testing.assert_array_equal(features, releases.rows_of(len(truth), 72, 1).astype(np.float32))


def test_the_checksum_is_of_what_is_read(tmp_path):
    def checksums():
        (collection,) = released("pouring", tmp_path)
        return [video.checksum for video in (*collection.train, *collection.test)]

    releases.pouring(tmp_path)
    before = checksums()
    assert len(set(before)) == 3
    np.save(tmp_path / "features" / "copy.npy", np.ones((2, 2)))  # of no video
    assert checksums() == before
    path = tmp_path / "features" / "b_real_view_0.npy"
    np.save(path, np.load(path) + 1)
    after = checksums()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_joints(tmp_path):
    releases.ikea_records(tmp_path)
    releases.pouring(tmp_path / "pouring")
    assert joints_of("ikea_asm", tmp_path) == 17
    assert joints_of("pouring", tmp_path) == 0


def test_what_is_not_there_is_a_data_error(tmp_path):
    for name in ("pouring", "penn_action", "h2o", "ikea_asm"):
        with pytest.raises(DataError, match="is not given"):
            released(name, None)
        with pytest.raises(DataError, match=r"holds no .*; get the release of"):
            released(name, tmp_path)
        assert needs(name).endswith(f"; folder {name}")
    releases.pouring(tmp_path / "pouring", features=False)
    with pytest.raises(DataError, match="not found; compute features of a_real_view_0"):
        released("pouring", tmp_path)
    with pytest.raises(ValueError, match="unknown data set 'tea'"):
        released("tea", tmp_path)


def test_one_split_without_the_other_is_a_data_error(tmp_path):
    releases.penn_lists(tmp_path)
    with pytest.raises(DataError, match="has no video of baseball_pitch to test; PennAction: the release"):
        released("penn_action", tmp_path)
    releases.write_lists(tmp_path, {"train": ([], []), "val": ([], [])})
    with pytest.raises(DataError, match="holds no video"):
        released("penn_action", tmp_path)


def test_broken_files_are_told_all_at_once(tmp_path):
    releases.h2o_records(tmp_path)
    for path in tmp_path.glob("*.npy"):
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BrokenDataError, match="2 problems"):
        released("h2o", tmp_path)


def test_rows_are_measured_without_the_background(tmp_path):
    """Features that tell the phase: those of the background tell nothing, and no metric sees them."""
    for split, count in (("train", 3), ("val", 2)):
        content = releases.write_records(tmp_path, "kallax_shelf_drawer", split, count, 18, (17, 3))
        for entry in content.values():
            told = np.repeat(entry["labels"][:, None], 51, axis=1).reshape(entry["pose"].shape).astype(float)
            entry["pose"] = np.where(entry["labels"][:, None, None] == 0, entry["pose"], 10 * told)
        np.save(tmp_path / f"kallax_shelf_drawer_{split}.npy", np.array(content, object), allow_pickle=True)
    (collection,) = released("ikea_asm", tmp_path)
    read = [[video.load() for video in videos] for videos in (collection.train, collection.test)]
    assert all((truth == -1).any() for videos in read for _, truth in videos)
    given = [[pair[index] for pair in videos] for videos in read for index in (0, 1)]
    for row in alignment_rows(*given, stride=1):
        assert (row["accuracy_100"], row["dtw_accuracy"]) == (1, 1)
