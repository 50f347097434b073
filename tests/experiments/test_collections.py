"""A learner goes through training, caching, kill and resume; rows per video, activity, pair, collection."""

import json
import signal
import subprocess
import sys
import time
import types
from dataclasses import replace

import numpy as np
import pytest

from dkva.base.errors import ExperimentError
from dkva.experiments import code_version, collections
from dkva.experiments.collections import BY_COLLECTION, BY_PAIR, PER_ACTIVITY, PER_VIDEO, Collection, Scoring
from dkva.experiments.learners import Learner
from dkva.experiments.models import ModelStore, read_model
from dkva.experiments.row_cache import RowCache
from dkva.experiments.running import Done
from dkva.metrics.activities import evaluate_together
from dkva.metrics.alignment import alignment_rows
from dkva.metrics.segmentation import evaluate

WAIT = 180


@pytest.fixture
def plan(made):
    import made.collection_plan
    import made.learners
    import made.pairs

    return made


@pytest.fixture
def run(tmp_path):
    """Run with a cache and models of this test; `run.models` is where these are."""

    def run(learners, collections_, scoring, **options):
        return collections.run(
            learners, collections_, scoring, cache, run.models, **{"progress": False} | options
        )

    cache = RowCache(tmp_path / "rows.sqlite")
    run.models = ModelStore(tmp_path / "models")
    return run


def means(plan, **settings):
    return Learner("means", plan.learners.train, plan.learners.restore, settings=settings)


def classes(plan):
    return Learner("classes", plan.learners.learn_classes, plan.learners.restore, supervised=True)


def activities(plan):
    """Two activities of two test videos each, trained on four others."""
    of = plan.collection_plan.videos
    return Collection("made", of(4), of(4, 10, ("tea", "coffee")), 3, (0, 1), {"dataset": "made"})


def model_of(run, plan, learner, collection, seed):
    key = learner.key(collections.training_digest(collection.train), collection.n_segments, seed)
    return plan.learners.restore(read_model(run.models.path(key))[0])


def text(rows):
    return json.dumps(rows)


# --- rows ------------------------------------------------------------------------------------------


def test_rows_per_video_have_a_matching_each(plan, run):
    collection = activities(plan)
    learners = [replace(means(plan), columns={"kind": "toy"}), classes(plan)]
    outcome = run(learners, [collection], PER_VIDEO)
    head = ("dataset", "video", "activity", "method", "seed", "n_segments")
    expected = [("means", 0), ("means", 1), ("classes", None)]
    assert [(row["method"], row["seed"], row["video"]) for row in outcome.rows] == [
        (method, seed, video.name) for method, seed in expected for video in collection.test
    ]
    assert outcome.computed == 12
    for row in outcome.rows:
        assert list(row)[: len(head) + (row["method"] == "means")] == [
            "dataset", *(["kind"] if row["method"] == "means" else []), *head[1:],
        ]  # fmt: skip
        learner = learners[row["method"] == "classes"]
        video = next(video for video in collection.test if video.name == row["video"])
        labels = model_of(run, plan, learner, collection, row["seed"]).segment(video.features())
        assert row["mof"] == evaluate(video.truth(), labels, n_clusters=3).mof


def test_rows_per_activity_share_one_matching(plan, run):
    collection, learner = activities(plan), means(plan, epochs=1)
    outcome = run([learner], [collection], PER_ACTIVITY)
    alone = run([learner], [collection], PER_VIDEO)
    assert [row["video"] for row in outcome.rows[:4]] == [
        "tea/v10",
        "tea/v12",
        "coffee/v11",
        "coffee/v13",
    ]  # tea, then coffee
    for seed in (0, 1):
        model = model_of(run, plan, learner, collection, seed)
        for name in ("tea", "coffee"):
            videos = [video for video in collection.test if video.activity == name]
            labels = [model.segment(video.features()) for video in videos]
            scores = evaluate_together([video.truth() for video in videos], labels, n_clusters=3)
            mine = [row for row in outcome.rows if (row["activity"], row["seed"]) == (name, seed)]
            assert [row["mof"] for row in mine] == [each.mof for each in scores]
            assert sum(row["mof"] * row["n_frames"] for row in mine) <= sum(
                row["mof"] * row["n_frames"]
                for row in alone.rows
                if (row["activity"], row["seed"]) == (name, seed)
            )


def test_rows_per_pair_are_of_ordered_pairs_within_an_activity(plan, run):
    collection, learner = activities(plan), classes(plan)
    scoring = Scoring(BY_PAIR, plan.pairs.nearest, {"metric": "square"})
    outcome = run([learner], [collection], scoring)
    pairs = [(row["video"], row["other"]) for row in outcome.rows]
    assert pairs == [
        ("tea/v10", "tea/v12"),
        ("tea/v12", "tea/v10"),
        ("coffee/v11", "coffee/v13"),
        ("coffee/v13", "coffee/v11"),
    ]
    model = model_of(run, plan, learner, collection, None)
    a, b = collection.test[0], collection.test[2]
    expected = plan.pairs.nearest(model.embed(a.features()), model.embed(b.features()), a.truth(), b.truth())
    assert (outcome.rows[0]["right"], outcome.rows[0]["frames"]) == (expected["right"], expected["frames"])


def test_rows_per_collection_are_measured_at_once_beside_the_training_videos(plan, run):
    collection, learner = activities(plan), classes(plan)
    scoring = Scoring(BY_COLLECTION, alignment_rows, {"fractions": [1.0], "ks": [5], "stride": 2})
    outcome = run([learner], [collection], scoring)
    model = model_of(run, plan, learner, collection, None)
    sides = [
        part
        for videos in (collection.train, collection.test)
        for part in ([model.embed(video.features()) for video in videos], [video.truth() for video in videos])
    ]
    expected = alignment_rows(*sides, fractions=[1.0], ks=[5], stride=2)
    assert [row["video"] for row in outcome.rows] == [video.name for video in collection.test]
    for row, measured in zip(outcome.rows, expected, strict=True):
        assert {name: row[name] for name in measured} == measured


def test_one_model_of_all_activities_is_trained_once_and_measured_beside_the_known_videos(
    plan, run, tmp_path
):
    """Four videos of each of two activities; rows of each activity are measured beside its own two."""
    log, of = tmp_path / "log", plan.collection_plan.videos
    train, test = of(4, 0, ("tea", "coffee")), of(4, 10, ("tea", "coffee"))
    both = [
        Collection(
            name,
            train,
            tuple(video for video in test if video.activity == name),
            3,
            (0,),
            {"dataset": "made", "activity": name},
            known=tuple(video for video in train if video.activity == name),
        )
        for name in ("tea", "coffee")
    ]
    learner = means(plan, log=str(log), epochs=1)
    scoring = Scoring(BY_COLLECTION, alignment_rows, {"fractions": [1.0], "ks": [5]})
    outcome = run([learner], both, scoring)
    assert log.read_text().split() == ["0"]
    assert len(list(run.models.folder.glob("*.npz"))) == 1
    model, rows = model_of(run, plan, learner, both[0], 0), iter(outcome.rows)
    for collection in both:
        sides = [
            side
            for videos in (collection.known, collection.test)
            for side in (
                [model.embed(video.features()) for video in videos],
                [video.truth() for video in videos],
            )
        ]
        for video, expected in zip(
            collection.test, alignment_rows(*sides, fractions=[1.0], ks=[5]), strict=True
        ):
            row = next(rows)
            assert (row["activity"], row["video"]) == (collection.name, video.name)
            assert {name: row[name] for name in expected} == expected
    assert outcome.provenance["collections"]["tea"]["known"] == 2
    assert run([learner], both, scoring).computed == 0
    # Beside other videos they are other rows; beside all, those of a collection that says nothing.
    assert run([learner], [replace(both[0], known=train)], scoring).computed == 2
    assert run([learner], [replace(both[0], known=None)], scoring).computed == 0
    # Rows that learn of no training video do not depend on which are known.
    assert run([learner], [both[0]], PER_VIDEO).computed == 2
    assert run([learner], [replace(both[0], known=None)], PER_VIDEO).computed == 0
    assert log.read_text().split() == ["0"]


# --- what is found again ---------------------------------------------------------------------------


def test_a_model_is_trained_once_and_a_row_computed_once(plan, run, tmp_path):
    log = tmp_path / "log"
    collection, learner = activities(plan), means(plan, log=str(log), epochs=2)
    first = run([learner], [collection], PER_VIDEO)
    trained = log.read_text()
    assert trained.split() == ["0", "1"] * 2
    again = run([learner], [collection], PER_VIDEO)
    assert (first.computed, again.computed) == (8, 0)
    assert text(first.rows) == text(again.rows)
    assert run([learner], [collection], PER_ACTIVITY).computed == 8
    wider = replace(collection, test=(*collection.test, *plan.collection_plan.videos(1, 20)))
    assert run([learner], [wider], PER_VIDEO).computed == 2
    assert log.read_text() == trained
    forced = run([learner], [collection], PER_VIDEO, force=True)
    assert (forced.computed, log.read_text()) == (8, trained * 2)
    assert text(forced.rows) == text(first.rows)


def test_another_training_set_or_seed_is_another_model(plan, run):
    collection, learner = replace(activities(plan), seeds=(0,)), means(plan)
    assert run([learner], [collection], PER_VIDEO).computed == 4
    fewer = replace(collection, train=collection.train[:3])
    assert run([learner], [fewer], PER_VIDEO).computed == 4
    assert run([learner], [replace(collection, seeds=(0, 5))], PER_VIDEO).computed == 4
    assert len(list(run.models.folder.glob("*.npz"))) == 3


def test_a_row_of_an_activity_depends_on_all_its_videos(plan, run):
    collection, learner = replace(activities(plan), seeds=(0,)), means(plan)
    run([learner], [collection], PER_ACTIVITY)
    changed = (replace(collection.test[0], checksum="other"), *collection.test[1:])
    assert run([learner], [replace(collection, test=changed)], PER_ACTIVITY).computed == 2
    assert run([learner], [collection], PER_VIDEO).computed == 4
    assert run([learner], [replace(collection, test=changed)], PER_VIDEO).computed == 1


def test_a_row_of_a_collection_depends_on_all_test_and_training_videos(plan, run):
    collection, learner = activities(plan), classes(plan)
    scoring = Scoring(BY_COLLECTION, alignment_rows, {"fractions": [1.0], "ks": [5]})
    assert run([learner], [collection], scoring).computed == 4
    assert run([learner], [collection], scoring).computed == 0
    for part, left in (("train", 4), ("test", 3)):
        first, *others = getattr(collection, part)
        changed = replace(collection, **{part: (replace(first, checksum="other"), *others)})
        assert run([learner], [changed], scoring).computed == 4
        assert run([learner], [replace(collection, **{part: tuple(others)})], scoring).computed == left


def test_changed_code_of_the_model_measures_anew_but_does_not_train(plan, run, tmp_path):
    log = tmp_path / "log"
    collection, learner = activities(plan), means(plan, log=str(log))
    run([learner], [collection], PER_VIDEO)
    other = replace(learner, restore=plan.learners.Means)
    trained = log.read_text()
    with pytest.raises(ExperimentError, match="8 of 8 trainings and videos failed"):
        run([other], [collection], PER_VIDEO)  # a dictionary is no array of centres
    assert log.read_text() == trained


# --- what goes wrong -------------------------------------------------------------------------------


def test_a_training_that_fails_is_named_and_the_others_go_on(plan, run):
    collection = replace(activities(plan), seeds=(0,))
    broken = Learner("broken", plan.learners.failing, plan.learners.restore, label="a broken one")
    with pytest.raises(ExperimentError) as told:
        run([broken, means(plan)], [collection], PER_VIDEO)
    assert str(told.value).splitlines() == [
        "1 of 6 trainings and videos failed; what the others gave is kept",
        "  made: a broken one: RuntimeError: no such training",
    ]
    assert run([means(plan)], [collection], PER_VIDEO).computed == 0


def test_a_learner_that_is_not_supervised_sees_no_truth(plan, run):
    peeking = replace(classes(plan), supervised=False)
    with pytest.raises(ExperimentError, match="a/v0: its truth is not shown to a learner"):
        run([peeking], [activities(plan)], PER_VIDEO)


def test_wrong_calls_are_refused_before_anything_is_trained(plan, run):
    collection, learner = activities(plan), means(plan)
    for learners, changed, problem in [
        ([learner, replace(learner, settings={"epochs": 9})], {}, "two methods are called 'means'"),
        ([replace(learner, columns={"dataset": "x"})], {}, "means: rows have a column 'dataset' already"),
        ([learner], {"train": ()}, "train of 'made': the training set is empty"),
        ([learner], {"test": collection.test[:1] * 2}, "test of 'made': .* two videos called 'tea/v10'"),
        ([learner], {"n_segments": 0}, "n_segments of 'made' is 0"),
        ([learner], {"known": collection.test[:1]}, "known of .made.: .tea/v10. is not in its train"),
        ([learner], {"known": ()}, "known of .made.: the training set is empty"),
    ]:
        with pytest.raises(ValueError, match=problem):
            run(learners, [replace(collection, **changed)], PER_VIDEO)
    for twin in (replace(collection, columns={"dataset": "two"}), replace(collection, name="two")):
        with pytest.raises(ValueError, match=r"collections 'made' and '(made|two)' could not be told apart"):
            run([learner], [collection, twin], PER_VIDEO)
    assert not run.models.folder.exists()


def test_a_forced_training_that_fails_stores_no_row_of_the_old_model(plan, run, tmp_path):
    sign = tmp_path / "fail"
    collection = replace(activities(plan), seeds=(0,))
    fickle = Learner("fickle", plan.learners.fickle, plan.learners.restore, settings={"sign": str(sign)})
    before = run([fickle], [collection], PER_VIDEO)
    sign.touch()
    with pytest.raises(ExperimentError, match="1 of 1 trainings and videos failed"):
        run([fickle], [collection], PER_VIDEO, force=True)
    again = run([fickle], [collection], PER_VIDEO)
    assert (again.computed, text(again.rows)) == (0, text(before.rows))
    assert again.provenance["runs"] == before.provenance["runs"]


def test_models_that_a_worker_put_elsewhere_are_named(plan, run, monkeypatch):
    learner, collection = classes(plan), activities(plan)
    monkeypatch.setattr(collections, "train_model", lambda given: Done({}, [], None))
    with pytest.raises(ExperimentError, match=r"is not here; give a folder of models that all workers share"):
        run([learner], [collection], PER_VIDEO)


# --- kill and resume -------------------------------------------------------------------------------


def test_a_training_that_is_killed_goes_on_where_it_was(plan, run, tmp_path, monkeypatch):
    log = tmp_path / "killed"
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dkva.experiments.collections import PER_VIDEO, run\n"
        "from dkva.experiments.models import ModelStore\n"
        "from dkva.experiments.row_cache import RowCache\n"
        "from made.collection_plan import COLLECTION, slow\n"
        "here = Path(sys.argv[1])\n"
        "cache, models = RowCache(here / 'rows.sqlite'), ModelStore(here / 'models')\n"
        "run([slow(sys.argv[2])], [COLLECTION], PER_VIDEO, cache, models, progress=False)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path, log])
    deadline = time.monotonic() + WAIT
    while not (log.exists() and len(log.read_text().split()) >= 3):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(WAIT)
    before = [int(epoch) for epoch in log.read_text().split()]
    assert len(before) < 12
    # What was slow so that it could be caught is not any more.
    monkeypatch.setattr(plan.learners, "time", types.SimpleNamespace(sleep=lambda seconds: None))
    collection = plan.collection_plan.COLLECTION
    learner = plan.collection_plan.slow(str(log))
    outcome = run([learner], [collection], PER_VIDEO)
    after = [int(epoch) for epoch in log.read_text().split()][len(before) :]
    # The epoch in flight may be done again, and no other.
    assert after in (list(range(len(before) - 1, 12)), list(range(len(before), 12)))
    whole = run([means(plan, epochs=12)], [collection], PER_VIDEO)
    assert text(outcome.rows) == text(whole.rows)
    assert not list(run.models.folder.glob("*.part.npz"))


def test_processes_give_the_rows_of_one_process(plan, run, tmp_path):
    collection, learner = replace(activities(plan), seeds=(0, 1)), means(plan)
    many = run([learner, classes(plan)], [collection], PER_ACTIVITY, workers=2)
    alone = collections.run(
        [learner, classes(plan)],
        [collection],
        PER_ACTIVITY,
        RowCache(tmp_path / "alone.sqlite"),
        ModelStore(tmp_path / "alone"),
        progress=False,
    )
    assert text(many.rows) == text(alone.rows)


def test_provenance_says_what_was_trained_on_what(plan, run):
    collection = activities(plan)
    told = run([classes(plan)], [collection], PER_VIDEO).provenance
    assert told["methods"]["classes"] == {
        "id": "classes",
        "settings": {},
        "code": code_version.code_version(plan.learners.learn_classes),
        "supervised": True,
    }
    digest = collections.training_digest(collection.train)
    assert told["collections"] == {"made": {"trained_on": 4, "training": digest, "videos": 4}}
    assert sum(each["rows"] for each in told["runs"]) == 4
    key = classes(plan).key(digest, 3, None)
    facts = read_model(run.models.path(key))[1]
    assert told["models"] == [{"key": key, **facts}]
    assert facts["device"] is None or facts["device"].startswith("cpu")
    assert (facts["learner"], facts["videos"], facts["n_segments"]) == ("classes", 4, 3)
    assert np.isfinite(facts["seconds"])
