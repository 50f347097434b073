import pickle

import alignment_releases as releases
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets.alignment.lists import has_lists, read_lists
from dkva.datasets.alignment_sets import ALIGNMENT_SETS
from dkva.datasets.errors import DataError

pytestmark = pytest.mark.fast

POURING = ALIGNMENT_SETS["pouring"].activities
PENN = ALIGNMENT_SETS["penn_action"].activities


def read(root, activities=POURING):
    problems = []
    return read_lists(root, activities, problems), [str(each) for each in problems]


def test_pouring(tmp_path):
    assert not has_lists(tmp_path, POURING)
    releases.pouring(tmp_path / "pouring")
    assert has_lists(tmp_path / "pouring", POURING)
    videos, problems = read(tmp_path / "pouring")
    assert problems == []
    assert [(video.name, video.split) for video in videos] == [
        ("pouring/a_real_view_0", "train"),
        ("pouring/b_real_view_0", "train"),
        ("pouring/c_real_view_0", "test"),
    ]
    for index, video in enumerate(videos):
        features, phases = video.load()
        np.testing.assert_array_equal(phases, releases.labels_of(index, 5))
        np.testing.assert_array_equal(features, releases.rows_of(len(phases), 6, index).astype(np.float32))


def test_labels_as_tensors_of_torch(tmp_path):
    """As the release has them; their video is called a."""
    (tmp_path / "train.pkl").write_bytes(releases.TENSOR)
    releases.write_lists(tmp_path, {"val": []})
    releases.write_features(tmp_path, [{"name": "a", "seq_len": 4, "id": 0}])
    (video,), problems = read(tmp_path)
    assert problems == []
    assert video.load()[1].tolist() == [0, 0, 1, 2]


def test_penn_action(tmp_path):
    videos, problems = read(releases.penn_lists(tmp_path), PENN)
    assert problems == []
    assert [(video.name, video.split) for video in videos] == [
        ("baseball_pitch/0001_baseball_pitch", "train"),
        ("bowl/0002_bowl", "train"),
        ("pushup/0003_pushup", "train"),
        ("bowl/0100_bowl", "test"),
    ]
    assert videos[2].load()[1].tolist() == releases.labels_of(2, 2).tolist()


def test_features_that_are_missing_are_said_with_the_film(tmp_path):
    videos, problems = read(releases.pouring(tmp_path, features=False))
    assert problems == []
    with pytest.raises(DataError) as there:
        videos[0].load()
    with pytest.raises(DataError) as gone:
        videos[1].load()
    n = len(videos[0].phases())
    file = (
        "features/a_real_view_0.npy: not found; compute features of a_real_view_0.mp4, a row for each of its"
    )
    assert f"{file} {n} frames" in str(there.value)
    assert "b_real_view_0.mp4, which the release has in videos/, a row for each" in str(gone.value)


def test_features_called_as_the_film(tmp_path):
    entry = releases.listed("vid1", 0, 5) | {"video_file": "videos/film1.mp4"}
    releases.write_lists(tmp_path, {"train": [entry], "val": []})
    releases.write_features(tmp_path, [{**entry, "name": "film1"}])
    (video,), _ = read(tmp_path)
    assert video.load()[0].shape == (len(entry["frame_label"]), 6)


def changed(**changes):
    entry = releases.listed("0001_bowl", 0, 3, action_label=3) | changes
    return {key: value for key, value in entry.items() if value is not ...}


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        (changed(name=...), "video 0 has no name"),
        (changed(name=7), "video 0 has no name"),
        (changed(name="0001_strum_guitar"), "0001_strum_guitar is of no action that is aligned"),
        (changed(action_label=4), "0001_bowl has the number of another action"),
        (changed(action_label=np.zeros(2)), "0001_bowl has the number of another action"),
        (changed(frame_label=...), "labels of 0001_bowl are no numbers in a row"),
        (changed(frame_label=[0.5] * 9), "labels of 0001_bowl are no whole numbers"),
        (changed(seq_len=2), "has 9 labels of 0001_bowl for another number of frames"),
        (changed(seq_len=np.array([9, 9])), "has 9 labels of 0001_bowl for another number of frames"),
        (changed(seq_len=...), "has 9 labels of 0001_bowl for another number of frames"),
    ],
)
def test_a_broken_entry_is_left_out_and_named(tmp_path, entry, part):
    good = releases.listed("0002_bowl", 1, 3, action_label=3)
    releases.write_lists(tmp_path, {"train": ([entry, good], []), "val": ([], [])})
    videos, problems = read(tmp_path, PENN)
    assert [video.name for video in videos] == ["bowl/0002_bowl"]
    assert problems == [f"{tmp_path / 'train.pkl'}: {part}; download it again from the release of CARL"]


@pytest.mark.parametrize(
    ("activities", "content", "part"),
    [
        (POURING, ([], []), "holds no list of videos"),
        (POURING, {"a": 1}, "holds no list of videos"),
        (POURING, [1], "holds no list of videos"),
        (PENN, [releases.listed("0001_bowl", 0, 3)], "holds no list of videos and one of indices by action"),
        (PENN, 7, "holds no list of videos and one of indices by action"),
        (POURING, [pytest.raises], "is refused: it asks for"),
    ],
)
def test_other_content_is_a_problem(tmp_path, activities, content, part):
    (tmp_path / "train.pkl").write_bytes(pickle.dumps(content))
    videos, problems = read(tmp_path, activities)
    assert videos == []
    if content == ([], []):  # two lists of nothing are lists of no dicts, and one list for Pouring
        part = "val.pkl: not found"
    assert any(part in problem for problem in problems)
    assert any("val.pkl: not found" in problem for problem in problems)


def test_two_feature_files_of_a_video_are_a_problem(tmp_path):
    releases.pouring(tmp_path)
    np.save(tmp_path / "features" / "a_real_view_0.npz.npy", np.ones((2, 2)))
    (tmp_path / "features" / "more").mkdir()
    np.save(tmp_path / "features" / "more" / "a_real_view_0.npy", np.ones((2, 2)))
    _, problems = read(tmp_path)
    assert any("second file of video 'a_real_view_0'" in problem for problem in problems)


@given(st.data())
def test_a_damaged_list_raises_nothing(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("lists")
    releases.write_lists(root, {"train": [releases.listed("a", 0, 5)], "val": []})
    body = bytearray((root / "train.pkl").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    (root / "train.pkl").write_bytes(bytes(body[: data.draw(st.integers(0, len(body)))]))
    videos, problems = read(root)
    assert len(videos) + len(problems) >= 1
    for video in videos:
        assert len(video.phases())
