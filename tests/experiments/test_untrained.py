"""Methods without training as learners: the same labels, rows found again, and their code in the key."""

import numpy as np
import pytest

from dkva.baselines import kmeans, uniform
from dkva.experiments.collections import PER_ACTIVITY, PER_VIDEO, Collection, run
from dkva.experiments.experiment import Method
from dkva.experiments.learners import Learner
from dkva.experiments.models import Checkpoint, ModelStore
from dkva.experiments.row_cache import RowCache
from dkva.experiments.untrained import Untrained, restore, untrained
from dkva.metrics.activities import evaluate_together
from dkva.metrics.segmentation import evaluate

pytestmark = pytest.mark.fast

METHODS = [
    Method("k-means", kmeans, {"n_init": 1}, id="kmeans"),
    Method("cuts", uniform, columns={"kind": "plain"}),
]


@pytest.fixture
def videos(made):
    import made.collection_plan

    return made.collection_plan.videos(3, 10)


def test_a_model_cuts_as_the_method_does(tmp_path):
    features = np.random.default_rng(0).normal(size=(50, 3))
    for method, seed in zip(METHODS, (3, None), strict=True):
        learner = untrained(method)
        assert learner.uses_seed == method.uses_seed
        model = learner.trained([], 4, seed, Checkpoint(tmp_path / "none"))
        expected = method.labels(features, 4, seed, "")
        np.testing.assert_array_equal(model.segment(features), expected)
        again = restore(model.arrays())
        assert again == model
        np.testing.assert_array_equal(again.segment(features), expected)


def test_rows_are_those_of_the_labels(videos, tmp_path):
    collection = Collection("made", videos, videos, 3, (0, 1), {"dataset": "made"})
    learners = [untrained(method) for method in METHODS]
    given = learners, [collection]
    kept = RowCache(tmp_path / "rows.sqlite"), ModelStore(tmp_path / "models")
    alone, together = (run(*given, scoring, *kept, progress=False) for scoring in (PER_VIDEO, PER_ACTIVITY))
    assert [(row["method"], row["seed"]) for row in alone.rows[::3]] == [
        ("k-means", 0),
        ("k-means", 1),
        ("cuts", None),
    ]
    assert alone.rows[-1]["kind"] == "plain"
    labels = [uniform(video.features(), 3) for video in videos]
    truths = [video.truth() for video in videos]
    for row, truth, mine in zip(alone.rows[-3:], truths, labels, strict=True):
        assert row["mof"] == evaluate(truth, mine, n_clusters=3).mof
    for row, each in zip(together.rows[-3:], evaluate_together(truths, labels, n_clusters=3), strict=True):
        assert row["mof"] == each.mof
    assert alone.provenance["methods"]["k-means"]["id"] == "kmeans"
    assert run(*given, PER_ACTIVITY, *kept, progress=False).computed == 0


def test_settings_and_code_are_part_of_the_key(monkeypatch):
    def key(learner: Learner):
        return learner.key("data", 3, None)

    plain = untrained(Method("cuts", uniform))
    assert key(plain) == key(untrained(Method("other label", uniform)))
    assert key(plain) != key(untrained(Method("cuts", uniform, id="other")))
    assert key(untrained(METHODS[0])) != key(untrained(Method("k-means", kmeans, {"n_init": 2}, id="kmeans")))
    monkeypatch.setattr("dkva.experiments.untrained.code_version", lambda of: "other code")
    assert key(plain) != key(untrained(Method("cuts", uniform)))


def test_other_code_than_was_planned_is_refused(tmp_path):
    learner = untrained(METHODS[1])
    other = Learner(learner.id, learner.train, restore, settings={**learner.settings, "code": "other"})
    with pytest.raises(RuntimeError, match="other code"):
        other.trained([], 3, None, Checkpoint(tmp_path / "none"))


def test_functions_without_a_name_are_refused():
    with pytest.raises(ValueError, match="no name at the top level"):
        untrained(Method("cuts", lambda features, n_segments: features[:, 0]))


def test_a_model_says_what_it_is():
    model = Untrained("dkva.baselines.uniform_split:uniform", {}, 2, None)
    assert model.segment(np.zeros((4, 1))).tolist() == [0, 0, 1, 1]
