import numpy as np
import pytest

import dkva
from dkva import datasets
from dkva.base.video import Untold, Video

pytestmark = pytest.mark.fast


class Held(Video):
    """A video that lies in memory."""

    def load(self):
        return np.zeros((4, 2)), None


def test_the_activity_is_what_stands_before_the_slash():
    assert Held("coffee/P03").activity == "coffee"
    assert Held("P03").activity is None
    assert Held("P03").load()[1] is None


def test_a_video_must_say_how_it_is_loaded():
    with pytest.raises(TypeError, match="load"):
        Video("v")


def test_one_class_under_all_its_public_names():
    assert dkva.Video is datasets.Video is Video
    assert issubclass(datasets.VideoFile, Video)
    assert issubclass(datasets.BenchmarkVideo, Video)


class Told(Video):
    """A video with labels."""

    def load(self):
        return np.eye(2), np.array(["a", "b"])


def test_features_and_truth_one_at_a_time():
    np.testing.assert_array_equal(Told("v").features(), np.eye(2))
    assert Told("v").truth().tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="v7: has no true labels"):
        Held("v7").truth()


def test_hidden_truth_is_refused():
    hidden = Untold.of(Told("tea/v7"))
    assert (hidden.name, hidden.activity) == ("tea/v7", "tea")
    np.testing.assert_array_equal(hidden.features(), np.eye(2))
    assert hidden.load()[1] is None
    with pytest.raises(ValueError, match="tea/v7: its truth is not shown to a learner"):
        hidden.truth()
