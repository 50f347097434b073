"""One piece of work on a collection: what goes wrong is told, what is there is used."""

import functools

import numpy as np
import pytest

from dkva.experiments.code_version import code_version
from dkva.experiments.collection_work import (
    BY_COLLECTION,
    BY_PAIR,
    BY_VIDEO,
    Group,
    Scoring,
    Trained,
    measure_group,
    train_model,
)
from dkva.experiments.learners import Learner, Member
from dkva.experiments.models import ModelStore, read_model, write_model


class Still:
    """A model that only embeds."""

    def __init__(self, arrays):
        self.mean = arrays["mean"]

    def arrays(self):
        return {"mean": self.mean}

    def embed(self, features):
        return features - self.mean


def train(videos, *, n_segments):
    return Still({"mean": np.mean([video.features().mean(axis=0) for video in videos], axis=0)})


def distance(embedded, other, truth, other_truth):
    assert len(truth) == len(other_truth) == 2
    return {"distance": float(np.abs(embedded - other).sum())}


def read(value):
    return np.full((2, 3), value), np.zeros(2)


VIDEOS = tuple(Member(f"v{i}", functools.partial(read, i), str(i)) for i in range(3))
LEARNER = Learner("still", train, Still)
CODE = code_version(distance)


def trained(tmp_path, code=None):
    codes = (code or code_version(train), code_version(Still))
    return Trained(LEARNER, VIDEOS, 2, None, "key", ModelStore(tmp_path), codes)


def test_a_model_is_written_with_what_it_is(tmp_path):
    done = train_model((trained(tmp_path), False))
    assert (done.rows, done.problems) == ({}, [])
    arrays, facts = read_model(tmp_path / "key.npz")
    np.testing.assert_array_equal(arrays["mean"], [1, 1, 1])
    assert (facts["learner"], facts["videos"], facts["seed"]) == ("still", 3, None)


def test_rows_of_pairs_are_measured_as_far_as_they_are_missing(tmp_path):
    train_model((trained(tmp_path), False))
    group = Group(VIDEOS, ("first", "second"), ({}, {}))
    scoring = Scoring(BY_PAIR, distance)
    both = measure_group((trained(tmp_path), scoring, group, frozenset(group.keys), CODE))
    assert {key: row["distance"] for key, (row, _) in both.rows.items()} == {"first": 6.0, "second": 12.0}
    one = measure_group((trained(tmp_path), scoring, group, frozenset(["second"]), CODE))
    assert list(one.rows) == ["second"]


def test_a_model_that_cannot_do_what_is_measured_is_named(tmp_path):
    train_model((trained(tmp_path), False))
    group = Group(VIDEOS[:1], ("key",), ({},))
    done = measure_group((trained(tmp_path), Scoring(BY_VIDEO, distance), group, frozenset(["key"]), CODE))
    assert done.problems == ["still: TypeError: its model cannot segment a video, which rows by video need"]


def far_from_training(train, train_truths, test, test_truths, *, scale):
    assert [len(each) for each in (train, train_truths, test, test_truths)] == [3, 3, 2, 2]
    middle = np.concatenate(train).mean()
    return [{"far": scale * float(np.abs(each - middle).sum())} for each in test]


def test_rows_of_a_collection_are_measured_at_once_beside_the_training_videos(tmp_path):
    """Videos 0, 1 and 2 are trained on, each of 2 × 3 equal numbers; their mean is 1."""
    train_model((trained(tmp_path), False))
    group = Group(VIDEOS[1:], ("first", "second"), ({}, {}), VIDEOS)
    scoring = Scoring(BY_COLLECTION, far_from_training, {"scale": 10})
    code = code_version(far_from_training)
    done = measure_group((trained(tmp_path), scoring, group, frozenset(group.keys), code))
    assert not done.problems
    assert {key: row["far"] for key, (row, _) in done.rows.items()} == {"first": 0.0, "second": 60.0}
    one = measure_group((trained(tmp_path), scoring, group, frozenset(["second"]), code))
    assert list(one.rows) == ["second"]


def test_training_videos_without_truth_are_named_where_rows_need_it(tmp_path):
    train_model((trained(tmp_path), False))
    blind = Member("v9", lambda: (np.zeros((2, 3)), None), "9")
    scoring, code = Scoring(BY_COLLECTION, far_from_training), code_version(far_from_training)
    group = Group(VIDEOS[:1], ("key",), ({},), (*VIDEOS, blind))
    done = measure_group((trained(tmp_path), scoring, group, frozenset(["key"]), code))
    assert done.problems == ["still: ValueError: v9: has no true labels; give them, or leave the video out"]


def test_a_worker_of_other_code_is_refused(tmp_path):
    done = train_model((trained(tmp_path, code="0123456789abcdef"), False))
    assert len(done.problems) == 1
    assert "the worker has other code of" in done.problems[0]
    assert not list(tmp_path.iterdir())


def test_a_worker_of_other_code_of_the_measure_is_refused(tmp_path):
    train_model((trained(tmp_path), False))
    group = Group(VIDEOS[:2], ("key",), ({},))
    done = measure_group((trained(tmp_path), Scoring(BY_PAIR, distance), group, frozenset(["key"]), "0" * 16))
    assert "the worker has other code of" in done.problems[0]
    assert not done.rows


def test_a_model_that_another_run_trained_stays(tmp_path):
    train_model((trained(tmp_path), False))
    path = tmp_path / "key.npz"
    write_model(path, {"mean": np.zeros(3)}, {"learner": "another run's"})
    assert train_model((trained(tmp_path), False)).problems == []
    assert read_model(path)[1]["learner"] == "another run's"
    assert train_model((trained(tmp_path), True)).problems == []
    assert read_model(path)[1]["learner"] == "still"


def test_a_video_without_truth_is_named(tmp_path):
    train_model((trained(tmp_path), False))
    blind = Member("v9", lambda: (np.zeros((2, 3)), None), "9")
    group = Group((VIDEOS[0], blind), ("key",), ({},))
    done = measure_group((trained(tmp_path), Scoring(BY_PAIR, distance), group, frozenset(["key"]), CODE))
    assert done.problems == ["still: ValueError: v9: has no true labels; give them, or leave the video out"]


def test_a_video_is_embedded_once_for_all_its_pairs(tmp_path):
    train_model((trained(tmp_path), False))
    read_now = []

    def reading(index):
        read_now.append(index)
        return read(index)

    videos = [Member(f"w{i}", functools.partial(reading, i), f"w{i}") for i in range(3)]
    for first in videos:
        others = [video for video in videos if video is not first]
        group = Group((first, *others), ("a", "b"), ({}, {}))
        measure_group((trained(tmp_path), Scoring(BY_PAIR, distance), group, frozenset(["a", "b"]), CODE))
    assert read_now == [0, 1, 2]


def test_an_unknown_kind_of_row_is_refused():
    with pytest.raises(
        ValueError, match="unknown by 'frame': choose one of video, activity, pair, collection"
    ):
        Scoring("frame", distance)
