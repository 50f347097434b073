"""What decides a model, and what a learner is given."""

from dataclasses import replace

import numpy as np
import pytest

from dkva.experiments.learners import Learner, Member, training_digest
from dkva.experiments.models import Checkpoint

VIDEOS = tuple(Member(f"tea/v{i}", lambda: (np.zeros((4, 2)), np.zeros(4)), str(i)) for i in range(3))


@pytest.mark.fast
def test_the_digest_of_a_training_set_holds_names_data_and_order():
    digest = training_digest(VIDEOS)
    assert digest == training_digest([replace(video, read=lambda: None) for video in VIDEOS])
    changed = [
        VIDEOS[:2],
        VIDEOS[::-1],
        (*VIDEOS[:2], replace(VIDEOS[2], checksum="other")),
        (*VIDEOS[:2], replace(VIDEOS[2], name="other")),
        (*VIDEOS[:2], replace(VIDEOS[2], name="coffee/v2")),
    ]
    assert len({digest, *map(training_digest, changed)}) == 1 + len(changed)


@pytest.mark.fast
def test_a_setting_that_no_key_can_be_made_of_is_named():
    with pytest.raises(ValueError, match="setting 'rate' of 'a' is float32: give plain numbers"):
        Learner("a", print, dict, settings={"epochs": 3, "rate": np.float32(0.1)})


@pytest.mark.fast
def test_training_sets_of_no_videos_or_two_of_one_name_are_refused():
    with pytest.raises(ValueError, match="the training set is empty"):
        training_digest([])
    with pytest.raises(ValueError, match="two videos called 'tea/v1'"):
        training_digest([*VIDEOS, VIDEOS[1]])


def test_the_key_of_a_model_holds_settings_training_set_segments_seed_and_code(made):
    import made.learners as own

    learner = Learner("means", own.train, own.restore)
    key = learner.key("digest", 3, 0)
    assert key == replace(learner, label="other", columns={"kind": "other"}).key("digest", 3, 0)
    others = [
        learner.key("other", 3, 0),
        learner.key("digest", 4, 0),
        learner.key("digest", 3, 1),
        replace(learner, id="other").key("digest", 3, 0),
        replace(learner, settings={"epochs": 5}).key("digest", 3, 0),
        replace(learner, supervised=True).key("digest", 3, 0),
        replace(learner, train=own.learn_classes).key("digest", 3, 0),
    ]
    assert len({key, *others}) == 1 + len(others)


def test_a_learner_is_given_what_it_takes_and_truth_only_if_it_is_supervised(made, tmp_path):
    import made.learners as own
    from made.collection_plan import videos

    checkpoint = Checkpoint(tmp_path / "state.npz")
    means = Learner("means", own.train, own.restore, settings={"epochs": 1})
    assert (means.uses_seed, means.label) == (True, "means")
    assert means.trained(videos(2), 3, None, checkpoint).centres.shape == (3, 4)
    classes = Learner("classes", own.learn_classes, own.restore)
    assert not classes.uses_seed
    with pytest.raises(ValueError, match="a/v0: its truth is not shown"):
        classes.trained(videos(2), 3, None, checkpoint)
    model = replace(classes, supervised=True).trained(videos(2), 3, None, checkpoint)
    frames = np.concatenate([video.features() for video in videos(2)])
    truth = np.concatenate([video.truth() for video in videos(2)])
    np.testing.assert_array_equal(model.centres[1], frames[truth == 1].mean(axis=0))
