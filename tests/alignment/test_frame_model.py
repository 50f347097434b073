"""A model embeds whole videos as the network does, whatever they are padded to, and can be restored."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled

from dkva.alignment.carl import CarlModel
from dkva.alignment.carl_settings import CarlSettings
from dkva.alignment.frame_network import FrameNetwork
from dkva.alignment.frame_training import Learned
from dkva.alignment.matching import matched
from dkva.nn.training_videos import standardised

pytestmark = pytest.mark.fast

SETTINGS = CarlSettings(hidden=6, width=8, heads=2, layers=1, feed_forward=8, outputs=4, frames=6)


@pytest.fixture(scope="module")
def model():
    return CarlModel(filled(FrameNetwork, 3, SETTINGS), SETTINGS)


def video(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)


@pytest.mark.parametrize("n", [1, 64, 70])
def test_embedded_frames_are_the_networks_without_padding(model, n):
    found = model.embed(video(n))
    frames = jnp.asarray(standardised(video(n)))[None]
    bare = eqx.filter_jit(lambda *given: model.network(*given, key=None)[0][0])(
        frames, jnp.asarray(model.network.places(n)), jnp.ones((1, n), bool)
    )
    np.testing.assert_allclose(found, bare / np.linalg.norm(bare, axis=1, keepdims=True), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)


def test_frames_are_matched_by_time_warping(model):
    x, y = video(9), video(7, 1)
    found, wanted = model.align(x, y), matched(model.embed(x), model.embed(y))
    for mine, its in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_restored_model_embeds_alike(model, monkeypatch):
    # What is read takes the place of what was drawn.
    monkeypatch.setattr(
        "dkva.alignment.frame_model.start",
        lambda inputs, settings, projected, key: filled(
            Learned, inputs, settings, projected=projected, seed=1
        ),
    )
    again = CarlModel.restore(model.arrays())
    assert again.settings == SETTINGS
    np.testing.assert_array_equal(again.embed(video(9)), model.embed(video(9)))


def test_refuses_features_of_another_width(model):
    with pytest.raises(ValueError, match="trained on 3 features a frame, and these have 5"):
        model.align(video(9), np.ones((9, 5), np.float32))
