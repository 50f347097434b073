"""Models that name actions of frames, with a network that can be computed by hand."""

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.training_videos import standardised
from dkva.supervised.frame_models import FrameModel
from dkva.supervised.frame_settings import FrameSettings

pytestmark = pytest.mark.fast


class Lines(eqx.Module):
    """Two stages: nothing, and a matrix; padded frames get the largest logits there are."""

    weight: jax.Array

    def __call__(self, features, mask):
        logits = jnp.where(mask[:, None], features @ self.weight, 1e9)
        return jnp.stack([0 * logits, logits])


@dataclass(frozen=True)
class LinesModel(FrameModel):
    settings_type = FrameSettings

    @classmethod
    def blank(cls, width, n_classes, settings, key):
        return Lines(jax.random.normal(key, (width, n_classes)))


WEIGHT = np.random.default_rng(0).normal(size=(4, 3)).astype("f")


def model(classes=("add", "pour", "stir"), **settings):
    return LinesModel(Lines(jnp.asarray(WEIGHT)), classes, 4, FrameSettings(**settings))


def video(n, seed=1):
    return np.random.default_rng(seed).normal(size=(n, 4)).astype("f")


def by_hand(features):
    scores = np.exp(features.astype(float) @ WEIGHT.astype(float))
    return scores / scores.sum(1, keepdims=True)


@pytest.mark.numerics
@pytest.mark.parametrize("n", [1, 127, 128, 129])
def test_frames_get_the_likeliest_class_and_its_probability(n):
    features = video(n)
    want = by_hand(features)
    np.testing.assert_allclose(model().probabilities(features), want, rtol=1e-5)
    found = model().found(features)
    np.testing.assert_array_equal(found.places, want.argmax(1))
    np.testing.assert_allclose(found.confidence, want.max(1), rtol=1e-5)
    names = model().segment(features)
    assert names.tolist() == [("add", "pour", "stir")[place] for place in want.argmax(1)]


@pytest.mark.parametrize("n", [1, 6, 7, 8, 9])
def test_a_sampled_frame_speaks_for_those_up_to_the_next(n):
    features = video(n)
    sampled = model(sample_rate=3, standardise=True)
    want = np.repeat(by_hand(standardised(features[::3])), 3, axis=0)[:n]
    np.testing.assert_allclose(sampled.probabilities(features), want, rtol=1e-5)
    np.testing.assert_array_equal(sampled.found(features).places, want.argmax(1))


@pytest.mark.parametrize("classes", [("a", "bcd", "e"), (2, 5, 11)])
def test_a_restored_model_is_the_same(classes):
    one = model(classes, sample_rate=2)
    other = LinesModel.restore(one.arrays())
    assert (other.classes, other.width, other.settings) == (one.classes, one.width, one.settings)
    features = video(9)
    np.testing.assert_array_equal(other.probabilities(features), one.probabilities(features))
    assert set(other.segment(features).tolist()) <= set(classes)
    with pytest.raises(ValueError, match=r"array 'network.weight' is missing"):
        LinesModel.restore({name: each for name, each in one.arrays().items() if "weight" not in name})


@pytest.mark.parametrize(
    ("features", "says"),
    [
        (np.ones((5, 3)), "the model was trained on 4 features a frame, and these have 3"),
        (np.full((5, 4), np.nan), "give finite numbers"),
    ],
)
def test_refuses_features_that_it_cannot_take(features, says):
    for ask in (model().segment, model(sample_rate=2).found):
        with pytest.raises(ValueError, match=says):
            ask(features)


def test_a_frame_that_is_not_sampled_is_checked_too():
    features = video(4)
    features[1] = np.inf
    with pytest.raises(ValueError, match="give finite numbers"):
        model(sample_rate=2).found(features)
