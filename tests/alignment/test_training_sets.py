"""Features of one activity and of several: all of them, in order, and what is refused."""

import numpy as np
import pytest
from made_videos import Made, made_videos

from dkva.alignment.training_sets import load_mixed, load_paired
from dkva.nn.training_videos import standardised

pytestmark = pytest.mark.fast


def test_videos_of_several_activities_stay_in_their_order():
    tea, coffee = made_videos(2), made_videos(2, frames=60, activity="coffee")
    videos = [tea[0], coffee[0], tea[1], coffee[1]]
    for standardise in (False, True):
        found = load_mixed(videos, standardise=standardise)
        assert len(found) == 4
        for video, features in zip(videos, found, strict=True):
            expected = standardised(video.frames) if standardise else video.frames
            np.testing.assert_array_equal(features, expected)
            assert features.dtype == np.float32


def other(**changed):
    given = {"name": "coffee/w", "frames": np.ones((5, 8), np.float32), "labels": None}
    return Made(**given | changed)


@pytest.mark.parametrize(
    ("videos", "says"),
    [
        ([], "the training set is empty"),
        (
            [*made_videos(2), other(frames=np.ones((5, 3)))],
            "coffee/w has 3 features a frame, and tea/v0 has 8",
        ),
        ([*made_videos(1), other(frames=np.full((5, 8), np.nan))], "coffee/w: features are float64"),
    ],
)
def test_refuses_videos_that_cannot_be_used(videos, says):
    with pytest.raises(ValueError, match=says):
        load_mixed(videos, standardise=True)


def test_videos_that_are_compared_are_of_one_activity_and_two_at_least():
    videos = made_videos(2)
    found = load_paired(videos, standardise=False)
    np.testing.assert_array_equal(found[1], videos[1].frames)
    with pytest.raises(ValueError, match="tea/v0 is the only video: give two at least"):
        load_paired(videos[:1], standardise=False)
    with pytest.raises(ValueError, match="mixes activities"):
        load_paired([*videos, other(name="coffee/w")], standardise=False)
