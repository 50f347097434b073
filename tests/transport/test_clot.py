"""CLOT: its loss by another route, models that find planted actions, and what they refuse."""

import json
import warnings
from dataclasses import asdict, replace
from unittest import mock

import equinox as eqx
import numpy as np
import pytest
from made_videos import made_videos
from short_training import for_epochs

from dkva.metrics.activities import evaluate_together
from dkva.nn import training
from dkva.transport.clot import ClotBatches, ClotLoss, ClotModel, train_clot
from dkva.transport.fused_gw import decode
from dkva.transport.training_frames import FrameBatches

SMALL = {
    "hidden": 16,
    "outputs": 8,
    "frames": 64,
    "epochs": 15,
    "learning_rate": 1e-2,
    "standardise": False,
    "slices": 20,
    "decoder_layers": 1,
    "decoder_heads": 2,
    "decoder_hidden": 16,
}
VIDEOS = made_videos()
#: Where they are trained.
TRAINING = "dkva.transport.asot"


def started(**given):
    """A model that is not trained."""
    with for_epochs(0, TRAINING):
        return train_clot(VIDEOS, n_segments=4, **SMALL | given)


@pytest.fixture(scope="module")
def trained():
    return train_clot(VIDEOS, n_segments=4, **SMALL)


def with_settings(model, **changed):
    """The model with other settings, as far as its arrays are the same."""
    settings = asdict(replace(model.settings, **changed))
    return ClotModel.restore({**model.arrays(), "settings": np.array(json.dumps(settings))})


@eqx.filter_jit
def parts_and_sum(loss, network, batch):
    """The parts of the loss, and the loss of such parts: they are computed once."""
    parts = loss.parts(network, batch)
    with mock.patch.object(ClotLoss, "parts", return_value=parts):
        return parts, loss(network, batch)


def first_batch(epoch=0):
    frames = [video.frames for video in VIDEOS]
    return next(ClotBatches(FrameBatches(frames, 64, 2, 0))(epoch))


def loss_of(model, epoch=0, **changed):
    """Parts of the loss of an epoch's first batch, without dropout."""
    model = with_settings(model, dropout=0.0, **changed)
    parts, _ = parts_and_sum(ClotLoss(model.settings), model.network, first_batch(epoch))
    return np.array(parts)


def decoded(costs, how, **options):
    """The assignment as by the public function."""
    weights = {name: getattr(how, name) for name in ("eps", "alpha", "lambda_actions", "radius", "rho")}
    with warnings.catch_warnings():  # of few segments none are near
        warnings.filterwarnings("ignore", "radius", UserWarning)
        return decode(costs, **weights, **options).assignment


def test_the_loss_is_the_sum_of_three_cross_entropies(trained):
    model = with_settings(trained, slice_weight=0.0, dropout=0.0)
    settings = model.settings
    frames = [video.frames[:64] for video in VIDEOS[:2]]  # a step sees all frames, as the model does
    batch = next(ClotBatches(FrameBatches(frames, 64, 2, 0))(0))
    videos = [model.seen(features) for features in batch.frames]
    want = []
    for name in ("frames", "segments", "refined"):
        vectors = np.concatenate([getattr(each, name) for each in videos])
        cosines = vectors @ np.asarray(model.network.actions).T
        labels = decoded(1 - cosines, settings.training, step="batch")
        logs = 10 * cosines - np.log(np.exp(10 * cosines).sum(-1, keepdims=True))
        want.append(-(labels * logs).sum(-1).mean())
    found, total = parts_and_sum(ClotLoss(settings), model.network, batch)
    np.testing.assert_allclose(found, want, rtol=1e-3)
    np.testing.assert_allclose(total, sum(want), rtol=1e-3)


def test_a_step_has_slices_of_its_own(trained):
    whole, again, other = (loss_of(trained, epoch) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(whole, again)
    assert whole[0] != other[0]
    unrefined = ClotLoss(with_settings(trained, refinement=False).settings)
    assert len(eqx.filter_eval_shape(unrefined.parts, trained.network, first_batch())) == 2


@pytest.mark.parametrize("changed", [{"dispatching": False}, {"slice_weight": 0.0}, {"decoder": False}])
def test_every_switch_changes_what_is_trained(trained, changed):
    start, other = started(), started(**changed)
    assert (other.network.decoder is None) == ("decoder" in changed)
    assert max(abs(loss_of(other, **changed) - loss_of(start))) > 1e-4


def test_training_lowers_the_loss(trained):
    assert loss_of(trained).sum() < 0.8 * loss_of(started()).sum()


def test_training_finds_planted_actions_and_shares_them_among_videos(trained):
    labels = [trained.segment(video.frames) for video in VIDEOS]
    scores = evaluate_together([video.labels for video in VIDEOS], labels, n_clusters=4)
    assert np.mean([each.mof for each in scores]) > 0.75


def test_a_restored_model_segments_alike(trained):
    again = ClotModel.restore(trained.arrays())
    assert again.settings == trained.settings
    for video in VIDEOS[:2]:
        np.testing.assert_array_equal(again.assignment(video.frames), trained.assignment(video.frames))
        np.testing.assert_array_equal(again.embed(video.frames), trained.embed(video.frames))
    with pytest.raises(ValueError, match="array 'queries' is missing"):
        ClotModel.restore({name: array for name, array in trained.arrays().items() if name != "queries"})


class Kept:
    """A checkpoint in memory, whose state is that of its fourth save."""

    def __init__(self):
        self.states = []

    def load(self):
        return self.states[3] if self.states else None

    def save(self, arrays):
        self.states.append(dict(arrays))


def test_a_training_that_goes_on_gives_the_same_model(monkeypatch):
    kept = Kept()
    with for_epochs(3, TRAINING):
        want = train_clot(VIDEOS, n_segments=4, **SMALL).arrays()
        monkeypatch.setattr(training, "_KEEP_EVERY", 0)
        for _ in range(2):  # from the start, and from the middle of it
            again = train_clot(VIDEOS, n_segments=4, checkpoint=kept, **SMALL).arrays()
            for name, array in want.items():
                np.testing.assert_array_equal(again[name], array)
    assert len(kept.states) == 2 * 6 - 4


def test_the_seed_decides_the_model():
    first, again, other = (started(seed=seed).arrays() for seed in (1, 1, 2))
    assert all((first[name] == again[name]).all() for name in first)
    assert (first["slices"] != other["slices"]).any()
    assert (first["queries"] != other["queries"]).any()


def test_labels_without_refinement_are_those_of_frames(trained):
    model = with_settings(trained, refinement=False)
    seen = model.seen(VIDEOS[0].frames)
    want = decoded(seen.costs[0], trained.settings.applied)
    np.testing.assert_allclose(model.assignment(VIDEOS[0].frames), want, atol=1e-6)


def test_refuses_features_of_another_width(trained):
    with pytest.raises(ValueError, match="trained on 8 features a frame, and these have 3"):
        trained.segment(np.ones((9, 3), np.float32))


def test_refuses_settings_before_videos_are_read():
    with pytest.raises(ValueError, match="slices is 0"):
        train_clot([], n_segments=2, slices=0)
