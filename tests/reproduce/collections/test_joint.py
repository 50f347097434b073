"""Collections on which videos are aligned and segmented."""

from functools import partial

import numpy as np
import pytest
from made_release import release

from dkva.datasets import DataError
from dkva.metrics.kendall import kendall_taus
from reproduce.collections import breakfast_like, breakfast_sample, one_activity
from reproduce.collections.joint import JOINT_SETS, to_align, to_segment, true_alignment
from reproduce.collections.rivals import ACTIONS
from synthetic.breakfast_labels import from_grammar
from synthetic.breakfast_like import Settings

pytestmark = pytest.mark.fast


@pytest.fixture
def like(monkeypatch, tmp_path):
    """Breakfast-like of some videos on labels from the grammar, wherever the real ones are."""
    tasks = partial(breakfast_like.tasks, labels=from_grammar(), folder=tmp_path)
    monkeypatch.setattr(breakfast_like, "tasks", tasks)
    return Settings(videos=150, features=2)


def test_models_are_segmented_on_what_they_saw_and_aligned_on_others(like):
    given = JOINT_SETS["breakfast_like"]
    seen, others = (make(given, None, (0, 1), 3, like) for make in (to_segment, to_align))
    assert len(seen) == len(others) == given.activities
    for one, other in zip(seen, others, strict=True):
        assert one.train == one.test == other.train
        assert one.n_segments == other.n_segments == ACTIONS[one.columns["activity"]]
        assert {video.activity for video in other.test} == {one.columns["activity"]}
        assert not {video.name for video in other.test} & {video.name for video in other.train}
        assert 1 <= len(other.test) <= 3
        assert one.seeds == (0, 1)


def test_too_few_videos_to_align_others_are_said(like):
    with pytest.raises(DataError, match="has no videos beside those to train on; ask for fewer by --videos"):
        to_align(JOINT_SETS["breakfast_like"], None, (0,), 150, like)


def test_the_sample_has_no_others(tmp_path):
    release(tmp_path, "breakfast_sample", breakfast_sample.VIDEOS)
    (found,) = to_align(JOINT_SETS["breakfast_sample"], tmp_path, (0,))
    assert found.train == found.test
    assert len(found.test) == 3


@pytest.mark.parametrize("variant", one_activity.VARIANTS)
def test_one_activity_has_videos_of_its_own_to_align_and_a_true_alignment(variant):
    given = next(each for each in JOINT_SETS.values() if each.variant == variant)
    (seen,), (others,) = to_segment(given, None, (0,)), to_align(given, None, (0,))
    assert seen.train == seen.test == others.train
    assert not set(others.train) & set(others.test)
    (truth,) = true_alignment(variant)
    assert [video.name for video in truth.test] == [video.name for video in others.test]
    for video, timed in zip(others.test, truth.test, strict=True):
        (features, phases), (times, same) = video.labelled(), timed.labelled()
        np.testing.assert_array_equal(same, phases)
        assert times.shape == (len(features), 2)
        np.testing.assert_allclose(np.linalg.norm(times, axis=1), 1)
    tau = kendall_taus([video.labelled()[0] for video in truth.test]).tau.figure
    assert (tau > 0.99) == (variant == one_activity.IN_ORDER)


def test_no_video_of_one_activity_is_shorter_than_a_draw():
    for given in JOINT_SETS.values():
        if given.variant:
            (found,) = to_segment(given, None, (0,))
            assert min(len(video.labelled()[0]) for video in found.train) >= given.settings["frames"]
