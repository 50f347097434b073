import alignment_releases as releases
import numpy as np
import pytest

from dkva.datasets.alignment.h2o import SEQUENCES, has_h2o, read_h2o
from dkva.datasets.alignment_sets import ALIGNMENT_SETS
from dkva.datasets.errors import DataError

pytestmark = pytest.mark.fast

H2O = ALIGNMENT_SETS["h2o"].activities


def read(root):
    problems = []
    return read_h2o(root, H2O, problems), [str(each) for each in problems]


def test_the_sequences_are_as_many_as_published():
    assert {split: len(set(names)) for split, names in SEQUENCES.items()} == {"train": 27, "test": 11}
    assert not set(SEQUENCES["train"]) & set(SEQUENCES["test"])


def test_joints_and_phases(tmp_path):
    assert not has_h2o(tmp_path, H2O)
    videos, problems = read(releases.h2o_own(tmp_path))
    assert has_h2o(tmp_path, H2O)
    assert problems == []
    assert [video.split for video in videos] == ["train"] * 27 + ["test"] * 11
    features, phases = videos[1].load()
    assert (videos[1].name, videos[1].joints) == ("pouring_milk/subject1_h2_1", 42)
    assert phases.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9]
    left = 1 + np.arange(12)[:, None] + np.arange(63) / 100
    np.testing.assert_array_equal(features, np.hstack([left, left + 1000]).astype(np.float32))


def test_what_is_missing_or_broken_is_named(tmp_path):
    releases.h2o_own(tmp_path)
    (tmp_path / "subject1/h1/1").rename(tmp_path / "subject1/h1/other")
    videos, (problem,) = read(tmp_path)
    assert len(videos) == 37
    assert "cam4: not found; download H2O again" in problem
    place = tmp_path / "subject1/h2/1/cam4"
    for name, text, part in (
        ("hand_pose/000003.txt", "1 2 3", r"000003\.txt: holds 3 numbers, not 128"),
        ("hand_pose/000003.txt", "<html>", r"000003\.txt: holds something else than numbers"),
        ("hand_pose/000003.txt", " ".join(["nan"] * 128), "joints hold numbers that are not finite"),
        ("action_label/000003.txt", "", r"000003\.txt: holds 0 numbers, not 1"),
        ("action_label/000003.txt", "1.5", "labels are no whole numbers"),
        ("action_label/000012.txt", "9", "has 13 labels of pouring_milk/subject1_h2_1 for 12 rows"),
    ):
        old = (place / name).read_text() if (place / name).exists() else None
        (place / name).write_text(text)
        with pytest.raises(DataError, match=part):
            videos[0].load()
        if old is None:
            (place / name).unlink()
        else:
            (place / name).write_text(old)
    for path in (place / "hand_pose").iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"hand_pose: holds no \.txt file"):
        videos[0].load()
