"""One piece of work on a collection: what goes wrong is told, what is there is used."""

import functools

import numpy as np
import pytest

from dkva.experiments.code_version import code_version
from dkva.experiments.collection_work import (
    BY_PAIR,
    BY_VIDEO,
    Group,
    Scoring,
    Trained,
    measure_group,
    train_model,
)
from dkva.experiments.learners import Learner, Member
from dkva.experiments.models import ModelStore, read_model


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
    return {"distance": float(np.abs(embedded - other).sum())}


def read(value):
    return np.full((2, 3), value), np.zeros(2)


VIDEOS = tuple(Member(f"v{i}", functools.partial(read, i), str(i)) for i in range(3))
LEARNER = Learner("still", train, Still)


def trained(tmp_path, code=None):
    codes = (code or code_version(train), code_version(Still))
    return Trained(LEARNER, VIDEOS, 2, None, "key", ModelStore(tmp_path), codes)


def test_a_model_is_written_with_what_it_is(tmp_path):
    done = train_model(trained(tmp_path))
    assert (done.rows, done.problems) == ({}, [])
    arrays, facts = read_model(tmp_path / "key.npz")
    np.testing.assert_array_equal(arrays["mean"], [1, 1, 1])
    assert (facts["learner"], facts["videos"], facts["seed"]) == ("still", 3, None)


def test_rows_of_pairs_are_measured_as_far_as_they_are_missing(tmp_path):
    train_model(trained(tmp_path))
    group = Group(VIDEOS, ("first", "second"), ({}, {}))
    scoring = Scoring(BY_PAIR, distance)
    both = measure_group((trained(tmp_path), scoring, group, frozenset(group.keys)))
    assert {key: row["distance"] for key, (row, _) in both.rows.items()} == {"first": 6.0, "second": 12.0}
    one = measure_group((trained(tmp_path), scoring, group, frozenset(["second"])))
    assert list(one.rows) == ["second"]


def test_a_model_that_cannot_do_what_is_measured_is_named(tmp_path):
    train_model(trained(tmp_path))
    group = Group(VIDEOS[:1], ("key",), ({},))
    done = measure_group((trained(tmp_path), Scoring(BY_VIDEO, distance), group, frozenset(["key"])))
    assert done.problems == ["still: TypeError: its model cannot segment a video, which rows by video need"]


def test_a_worker_of_other_code_is_refused(tmp_path):
    done = train_model(trained(tmp_path, code="0123456789abcdef"))
    assert len(done.problems) == 1
    assert "the worker has other code of" in done.problems[0]
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_of_row_is_refused():
    with pytest.raises(ValueError, match="unknown by 'frame': choose one of video, activity, pair"):
        Scoring("frame", distance)
