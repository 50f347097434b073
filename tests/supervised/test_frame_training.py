"""Training on labelled videos, with a network so small that it compiles at once."""

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_videos import made_videos
from stopped_training import Kept, StoppedError

from dkva.nn import phases
from dkva.nn.layers import dropped
from dkva.supervised.frame_losses import frame_loss
from dkva.supervised.frame_models import FrameModel
from dkva.supervised.frame_settings import FrameSettings
from dkva.supervised.frame_training import StagesLoss, first_key, train_frames
from dkva.supervised.labelled_videos import VideoBatches, load_labelled

pytestmark = pytest.mark.fast

VIDEOS = made_videos(3)
SETTINGS = FrameSettings(epochs=12, learning_rate=0.05, smoothing=0.1)


class Lines(eqx.Module):
    """Two stages, each a matrix of the features."""

    first: jax.Array
    second: jax.Array

    def __call__(self, features, mask, *, key=None):
        given = dropped(features, 0.2, key)
        return jnp.stack([given @ self.first, given @ self.second])


@dataclass(frozen=True)
class LinesModel(FrameModel):
    settings_type = FrameSettings

    @classmethod
    def blank(cls, width, n_classes, settings, key):
        return Lines(*(jax.random.normal(each, (width, n_classes)) for each in jax.random.split(key)))


def train(seed=0, checkpoint=None, settings=SETTINGS, videos=VIDEOS):
    return train_frames(LinesModel, videos, settings, seed, checkpoint)


def same(one, other):
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(other.arrays()[name], array)


def test_the_loss_is_that_of_all_stages_with_the_dropout_of_the_step():
    network = LinesModel.blank(8, 4, SETTINGS, first_key(3))
    batches = VideoBatches(load_labelled(VIDEOS), 3)
    loss = StagesLoss(0.1, 4.0)
    values = []
    for batch in (*batches(0), *batches(1)):
        logits = network(jnp.asarray(batch.features), batch.mask, key=batch.key())
        want = frame_loss(
            logits, jnp.asarray(batch.targets), jnp.asarray(batch.mask), smoothing=0.1, truncation=4.0
        )
        values.append(float(loss(network, batch)))
        np.testing.assert_allclose(values[-1], want, rtol=1e-6)
    assert len(set(values)) == 6


def test_training_finds_the_actions():
    model = train()
    assert model.classes == (0, 1, 2, 3)
    for video in VIDEOS:
        assert np.mean(model.segment(video.frames) == video.labels) > 0.9
    start = train(settings=FrameSettings(epochs=0))
    assert np.mean(start.segment(VIDEOS[0].frames) == VIDEOS[0].labels) < 0.9


@pytest.mark.parametrize("stop", [1, 4, 20])
def test_a_training_that_is_stopped_goes_on_to_the_same_model(stop, monkeypatch):
    monkeypatch.setattr(phases, "_KEEP_EVERY", 0)
    kept = Kept(stop)
    with pytest.raises(StoppedError):
        train(checkpoint=kept)
    same(train(checkpoint=kept), train())


def test_the_seed_decides_the_model_and_the_rule_of_the_plateau_its_rate():
    same(train(1), train(1))
    assert (train(1).arrays()["network.first"] != train(2).arrays()["network.first"]).all()
    kept, falling = (
        train(settings=FrameSettings(epochs=8, learning_rate=3.0, factor=factor, patience=0))
        for factor in (1.0, 0.1)
    )
    assert (kept.arrays()["network.first"] != falling.arrays()["network.first"]).all()


def test_videos_are_sampled_as_the_settings_say():
    settings = FrameSettings(epochs=1, sample_rate=30, standardise=True)
    model = train(settings=settings)
    assert model.settings == settings
    assert len(model.segment(VIDEOS[0].frames)) == 90


def test_videos_without_labels_are_refused():
    with pytest.raises(ValueError, match="training set is empty"):
        train(videos=[])
