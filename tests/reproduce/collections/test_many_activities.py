"""Many activities as collections, one for each activity and one model of all."""

import itertools

import numpy as np
import pytest

from dkva.experiments.collections import BY_COLLECTION, BY_PAIR, Scoring, run
from dkva.experiments.learners import Learner, training_digest
from dkva.experiments.models import ModelStore
from dkva.experiments.row_cache import RowCache
from dkva.metrics.alignment import alignment_rows
from reproduce.collections.many_activities import (
    BOTH,
    FEATURES,
    JOINTS_OF,
    KINDS,
    POSES,
    activity_collections,
    dataset,
    times_of,
    title,
    true_alignment,
    whole_collections,
)
from synthetic.many_activities import ACTIVITIES, Settings, generate

FEW = Settings(activities=2, train=3, test=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def data():
    return generate(FEW)


@pytest.mark.parametrize("kind", KINDS)
def test_videos_are_those_of_an_activity_and_the_truth_is_the_phase(kind, folder, data):
    found = activity_collections(kind, range(2), FEW, folder)
    assert [each.columns for each in found] == [{"dataset": title(kind), "activity": name} for name in "AB"]
    assert [each.n_segments for each in found] == [3, 4]
    for number, collection in enumerate(found):
        assert (collection.seeds, collection.known) == ((0, 1), None)
        for name, videos in (("train", collection.train), ("test", collection.test)):
            split = data.splits[name]
            places = np.flatnonzero(split.activities == number)
            activity = collection.columns["activity"]
            assert [video.name for video in videos] == [
                f"{activity}/{name}{i + 1:02d}" for i in range(len(places))
            ]
            assert {video.activity for video in videos} == {activity}
            for video, place in zip(videos, places, strict=True):
                part = split.part(place)
                joints = split.poses[part].reshape(-1, 27)
                expected = {
                    FEATURES: split.features[part],
                    POSES: joints,
                    BOTH: np.hstack([split.features[part], joints]),
                }[kind]
                columns, truth = video.labelled()
                np.testing.assert_array_equal(columns, expected)
                np.testing.assert_array_equal(truth, split.phases[part])
                last = columns[:, columns.shape[1] - 3 * JOINTS_OF[kind] :]
                np.testing.assert_array_equal(last, joints if JOINTS_OF[kind] else joints[:, :0])


def test_every_video_of_every_kind_has_a_checksum_of_its_own(folder):
    found = [
        video.checksum
        for kind in KINDS
        for each in activity_collections(kind, (0,), FEW, folder)
        for video in each.train + each.test
    ]
    assert len(set(found)) == len(found) == 3 * 2 * 5
    with pytest.raises(ValueError, match="kind"):
        activity_collections("sounds", (0,), FEW, folder)


def test_one_model_of_all_is_measured_on_the_same_videos_beside_their_activitys(folder):
    apart = activity_collections(POSES, (0, 1), FEW, folder)
    whole = whole_collections(POSES, (0, 1), FEW, folder)
    for one, other in zip(apart, whole, strict=True):
        assert (other.test, other.columns, other.seeds) == (one.test, one.columns, one.seeds)
        assert other.known == one.train
        assert other.train == tuple(video for each in apart for video in each.train)
        assert other.n_segments == 7
    names = [each.name for each in apart + whole]
    assert len(set(names)) == 4
    assert len({training_digest(each.train) for each in whole}) == 1


class Scaled:
    """Columns as they are, and how many videos the model was trained on."""

    def __init__(self, videos):
        self.videos = np.asarray(videos)

    def embed(self, features):
        return np.asarray(features)

    def arrays(self):
        return {"videos": self.videos}

    @classmethod
    def restore(cls, arrays):
        return cls(arrays["videos"])


def train(videos, *, seed):
    del seed
    return Scaled([video.name for video in videos])


def distinct(embedded, other, truth, other_truth):
    return {"frames": len(embedded) * len(other), "phases": len(np.unique([*truth, *other_truth]))}


def test_a_model_of_all_is_trained_once_and_learns_phases_of_one_activity_alone(folder, tmp_path):
    """Phases of two activities have the same numbers: beside all videos, rows would be others."""
    cache, models = RowCache(tmp_path / "rows.sqlite"), ModelStore(tmp_path / "models")
    learner = Learner("scaled", train, Scaled.restore)
    whole = whole_collections(FEATURES, (0,), FEW, folder)
    scoring = Scoring(BY_COLLECTION, alignment_rows, {"fractions": [1.0], "ks": [5]})
    outcome = run([learner], whole, scoring, cache, models, progress=False)
    assert len(list((tmp_path / "models").glob("*.npz"))) == 1
    rows = iter(outcome.rows)
    for collection in activity_collections(FEATURES, (0,), FEW, folder):
        sides = [
            side
            for videos in (collection.train, collection.test)
            for side in zip(*(video.labelled() for video in videos), strict=True)
        ]
        for expected in alignment_rows(*map(list, sides), fractions=[1.0], ks=[5]):
            row = next(rows)
            assert {name: row[name] for name in expected} == expected
    pairs = run([learner], whole, Scoring(BY_PAIR, distinct), cache, models, progress=False)
    assert len(list((tmp_path / "models").glob("*.npz"))) == 1
    assert [(row["activity"], row["phases"]) for row in pairs.rows] == [("A", 3)] * 2 + [("B", 4)] * 2


def test_times_of_a_split_say_which_frames_show_the_same(folder):
    place, _ = dataset(FEW, folder)
    times = times_of(place, "test")
    found = [video for each in activity_collections(BOTH, (0,), FEW, folder) for video in each.test]
    for video, mine in itertools.zip_longest(found, times):
        np.testing.assert_array_equal(np.floor(mine), video.labelled()[1])


def test_the_true_alignment_is_in_order_and_of_the_same_videos(folder):
    apart = activity_collections(POSES, (0,), FEW, folder)
    found = true_alignment(POSES, FEW, folder)
    times = iter(times_of(dataset(FEW, folder)[0], "test"))
    for one, other in zip(apart, found, strict=True):
        assert (other.columns, other.n_segments) == (one.columns, one.n_segments)
        for video, same in zip((*other.train, *other.test), (*one.train, *one.test), strict=True):
            assert video.name == same.name
            assert video.checksum != same.checksum
            np.testing.assert_array_equal(video.truth(), same.truth())
        for video in other.test:
            points = video.features()
            np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
            angles = np.arctan2(points[:, 1], points[:, 0])
            np.testing.assert_allclose(angles / (np.pi / 2) * one.n_segments, next(times), atol=1e-6)


def test_the_whole_data_set_has_twelve_and_eight_videos_of_six_activities():
    found = activity_collections(FEATURES, (0,))
    assert [each.columns["activity"] for each in found] == list(ACTIVITIES)
    assert {(len(each.train), len(each.test)) for each in found} == {(12, 8)}
