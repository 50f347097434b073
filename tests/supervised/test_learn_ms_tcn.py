"""MS-TCN trained: it finds planted actions, is restored; what is refused."""

import numpy as np
import pytest
from made_videos import made_videos

from dkva.supervised.learn_ms_tcn import MsTcnModel, train_ms_tcn

SMALL = {"maps": 8, "layers": 2, "stages": 2, "epochs": 20, "learning_rate": 0.01, "dropout": 0.1}
VIDEOS = made_videos(4)


@pytest.fixture(scope="module")
def trained():
    return train_ms_tcn(VIDEOS[:3], **SMALL)


def test_training_finds_the_actions_of_a_video_that_it_has_not_seen(trained):
    assert np.mean(trained.segment(VIDEOS[3].frames) == VIDEOS[3].labels) > 0.85
    assert len(trained.network.stages) == 2
    assert len(trained.network.stages[0].mixes) == 2


def test_a_restored_model_is_the_same(trained):
    again = MsTcnModel.restore(trained.arrays())
    assert (again.settings, again.classes) == (trained.settings, trained.classes)
    np.testing.assert_array_equal(
        again.probabilities(VIDEOS[3].frames), trained.probabilities(VIDEOS[3].frames)
    )


def test_refuses_settings_before_videos_are_read():
    with pytest.raises(ValueError, match="stages is 0"):
        train_ms_tcn([], stages=0)
