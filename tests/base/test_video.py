import numpy as np
import pytest

import dkva
from dkva import datasets
from dkva.base.video import Video

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
