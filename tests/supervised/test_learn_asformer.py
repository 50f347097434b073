"""ASFormer trained: it finds planted actions, is restored, goes on after a stop; what is refused."""

import numpy as np
import pytest
from made_videos import made_videos
from stopped_training import Kept, StoppedError

from dkva.supervised.asformer import ASFormer
from dkva.supervised.asformer_settings import AsformerSettings
from dkva.supervised.frame_training import first_key
from dkva.supervised.learn_asformer import AsformerModel, train_asformer

SMALL = {
    "maps": 8,
    "layers": 2,
    "decoders": 1,
    "decoder_layers": 1,
    "epochs": 20,
    "learning_rate": 0.01,
    "channel_dropout": 0.1,
    "dropout": 0.1,
}
VIDEOS = made_videos(4)


@pytest.fixture(scope="module")
def trained():
    return train_asformer(VIDEOS[:3], **SMALL)


def test_training_finds_the_actions_of_a_video_that_it_has_not_seen(trained):
    assert np.mean(trained.segment(VIDEOS[3].frames) == VIDEOS[3].labels) > 0.85
    found = trained.found(VIDEOS[3].frames)
    assert found.confidence.min() > 0.25
    assert found.confidence.mean() > 0.6


def test_the_network_is_as_the_settings_say(trained):
    network = trained.network
    assert (len(network.encoder.layers), [len(each.layers) for each in network.decoders]) == (2, [1])
    alike = AsformerModel.blank(8, 4, AsformerSettings(**SMALL | {"decoder_layers": 0}), first_key(0))
    assert [len(each.layers) for each in alike.decoders] == [2]
    assert network.encoder.layers[0].dropout == 0.1
    assert network.encoder.layers[0].ignores_padding


class Given(ASFormer):
    """A network whose logits are the features."""

    def __init__(self):
        self.encoder, self.decoders, self.heads = None, (), ()

    def __call__(self, features, mask, *, key=None):
        return features[None]


def reassembling(features, **settings):
    chosen = AsformerSettings(reassemble=True, **settings)
    return AsformerModel(Given(), ("a", "b", "c"), 3, chosen).found(features)


def test_segments_are_put_together_from_points_of_the_probabilities():
    """A run that is too unsure is no action, and a change that is too small no boundary."""
    runs = [(10, (0.9, 0.05, 0.05)), (4, (0.3, 0.38, 0.32)), (6, (0.9, 0.05, 0.05)), (9, (0.1, 0.2, 0.7))]
    probabilities = np.concatenate([np.tile(row, (n, 1)) for n, row in runs])
    features = np.log(probabilities).astype("f")
    plain = AsformerModel(Given(), ("a", "b", "c"), 3, AsformerSettings()).found(features)
    assert plain.places.tolist() == [0] * 10 + [1] * 4 + [0] * 6 + [2] * 9
    found = reassembling(features)
    assert found.places.tolist() == [0] * 20 + [2] * 9
    np.testing.assert_allclose(found.confidence, [0.9] * 20 + [0.7] * 9, rtol=1e-5)
    assert reassembling(features, action_threshold=0.35).places.tolist() == plain.places.tolist()
    # Without the last boundary, both actions are one of the surer class.
    assert reassembling(features, boundary_threshold=0.9).places.tolist() == [0] * 29
    nothing = reassembling(features, action_threshold=1.0)
    assert (set(nothing.places.tolist()), set(nothing.confidence.tolist())) == ({0}, {0.0})
    sampled = reassembling(features, sample_rate=2)
    assert sampled.places.tolist() == [0] * 20 + [2] * 9


def test_a_restored_model_is_the_same(trained):
    again = AsformerModel.restore(trained.arrays())
    assert (again.settings, again.classes) == (trained.settings, trained.classes)
    np.testing.assert_array_equal(
        again.probabilities(VIDEOS[3].frames), trained.probabilities(VIDEOS[3].frames)
    )


def test_a_training_that_is_stopped_goes_on_to_the_same_model(trained):
    kept = Kept(11)
    with pytest.raises(StoppedError):
        train_asformer(VIDEOS[:3], checkpoint=kept, **SMALL)
    assert kept.state["means"].shape == (11,)
    again = train_asformer(VIDEOS[:3], checkpoint=kept, **SMALL).arrays()
    for name, array in trained.arrays().items():
        np.testing.assert_array_equal(again[name], array)


def test_refuses_settings_before_videos_are_read():
    with pytest.raises(ValueError, match="maps is 1: give a whole number of at least 2"):
        train_asformer([], maps=1)
    with pytest.raises(TypeError, match="width"):
        train_asformer([], width=3)
