"""VASOT: its loss as published, with the released fault and without, and models of planted actions."""

from dataclasses import replace
from unittest import mock

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from killed_training import kill_training, resumed_and_through
from made_videos import made_videos
from short_training import for_epochs

from dkva.metrics.activities import evaluate_together
from dkva.nn.encoder import Encoder
from dkva.transport.asot import AsotNetwork
from dkva.transport.training_pairs import PairBatch
from dkva.transport.vaot import matching_of
from dkva.transport.vasot import VasotLoss, VasotModel, train_vasot
from dkva.transport.vasot_settings import VasotSettings

SMALL = {
    "n_segments": 4,
    "initial_actions": "kmeans",
    "hidden": 16,
    "outputs": 8,
    "frames": 32,
    "radius": 0.1,
    "rho": 0.05,
    "epochs": 12,
    "learning_rate": 1e-2,
}
#: Where they are trained.
TRAINING = "dkva.transport.asot"


def given():
    """An encoder of one layer that puts its inputs to unit norm, and no more."""
    blank = Encoder((12, 12), key=jax.random.key(0))
    (layer,) = blank.layers
    identity = eqx.tree_at(lambda each: (each.weight, each.bias), layer, (jnp.eye(12), jnp.zeros(12)))
    return eqx.tree_at(lambda each: each.layers, blank, (identity,))


@pytest.fixture(scope="module")
def case(reference_root):
    stored = np.load(reference_root / "vaot_alignment_cases.npz")
    prefix = "vasot_released_fault_"
    return {name.removeprefix(prefix): stored[name] for name in stored.files if name.startswith(prefix)} | {
        "corrected": stored["vasot_corrected_T"]
    }


def settings_of(case, **changed):
    weights = {
        name: float(case[name]) for name in ("alpha", "eps", "radius", "rho", "lambda_actions", "zeta")
    }
    return VasotSettings(**weights, beta=float(case["beta"]), temperature=float(case["temp"]), **changed)


def batch_of(case):
    """One pair, of unequal lengths, which the loss does not mind."""
    frames = (jnp.asarray(case[f"emb_{name}"].astype(float))[None] for name in "xy")
    return PairBatch(*frames, *(case[f"mask_{name}"][None] for name in "xy"))


def network_of(case):
    return AsotNetwork(given(), jnp.asarray(case["actions"]))


@eqx.filter_jit
def matched(encoder, batch, aligning):
    masks = jnp.asarray(batch.mask_x), jnp.asarray(batch.mask_y)
    return matching_of(encoder(batch.x), encoder(batch.y), *masks, aligning)


def test_matches_are_the_published_ones_with_their_fault_and_without(x64, case):
    batch = batch_of(case)
    right = matched(given(), batch, settings_of(case).aligning)
    np.testing.assert_allclose(right[0], case["corrected"], atol=1e-9)
    shifted = matched(given(), batch, settings_of(case, released_shift=True).aligning)
    np.testing.assert_allclose(shifted[0], case["T_shifted"], atol=1e-9)


@pytest.fixture(scope="module")
def of_case(case):
    """The loss of the case by its settings: its parts, and it with its gradients."""
    with enable_x64():
        loss, batch = VasotLoss.of(settings_of(case, released_shift=True)), batch_of(case)
        network = network_of(case)

        def of(x, y, actions):
            network_and_batch = AsotNetwork(network.encoder, actions), batch._replace(x=x, y=y)
            parts = loss.parts(*network_and_batch)
            with mock.patch.object(VasotLoss, "parts", return_value=parts):  # they are computed once
                return loss(*network_and_batch), parts

        together = jax.jit(jax.value_and_grad(of, (0, 1, 2), has_aux=True))
        (value, parts), slopes = together(batch.x, batch.y, network.actions)
        return parts, value, slopes


def test_the_loss_and_its_gradients_are_the_published_ones_with_their_fault(x64, case, of_case):
    parts, value, slopes = of_case
    names = ("segmentation_X", "segmentation_Y", "alignment")
    for name, part in zip(names, parts, strict=True):
        np.testing.assert_allclose(part, case[f"train_loss_{name}"], atol=1e-9)
    np.testing.assert_allclose(value, case["train_loss"], atol=1e-9)
    stored = (case["grad_emb_x"][None], case["grad_emb_y"][None], case["grad_actions"])
    for slope, want in zip(slopes, stored, strict=True):
        np.testing.assert_allclose(slope, want, atol=1e-8)


def test_a_perfect_match_is_one_frame_off_with_the_fault(reference_root):
    stored = np.load(reference_root / "vaot_alignment_cases.npz")
    assert stored["diagonal6_correct_T"].argmax(1).tolist() == list(range(6))
    frames = jnp.eye(6)[None]
    every, jitted = jnp.ones((1, 6), bool), eqx.filter_jit(matching_of)
    for shift, want in ((False, [0, 1, 2, 3, 4, 5]), (True, [5, 0, 1, 2, 3, 4])):
        aligning = VasotSettings(released_shift=shift, radius=0.2).aligning
        assert np.asarray(jitted(frames, frames, every, every, aligning))[0].argmax(1).tolist() == want


def test_weights_of_0_leave_a_task_out(x64, case, of_case):
    parts, whole, _ = of_case
    network, batch, settings = network_of(case), batch_of(case), settings_of(case, released_shift=True)
    loss = {"beta": 0.0}, {"segmentation_weight": 0.0}
    found = [float(eqx.filter_jit(VasotLoss.of(replace(settings, **each)))(network, batch)) for each in loss]
    np.testing.assert_allclose(
        [*found, whole], [parts[0] + parts[1], parts[2], sum(map(float, parts))], rtol=1e-5
    )
    standard = VasotSettings()
    assert (standard.beta, standard.temperature) == (float(case["beta"]), float(case["temp"]))


@pytest.fixture(scope="module")
def trained():
    videos = made_videos(3, frames=60, noise=0.6, near=5)
    return videos, train_vasot(videos, seed=4, **SMALL)


def test_training_finds_planted_actions_and_aligns_them(trained):
    videos, model = trained
    with for_epochs(0, TRAINING):
        untrained = train_vasot(videos, seed=4, **SMALL)
    found, before = [], []
    for each, values in ((model, found), (untrained, before)):
        labels = [each.segment(video.frames) for video in videos]
        scores = evaluate_together([video.labels for video in videos], labels, n_clusters=4)
        values.append(min(score.mof for score in scores))
        partner = each.align(videos[0].frames, videos[1].frames).assignment.argmax(1)
        values.append(np.mean(videos[1].labels[partner] == videos[0].labels))
    assert min(found) > 0.85 > max(before)


def test_a_restored_model_segments_and_aligns_alike(trained):
    videos, model = trained
    again = VasotModel.restore(model.arrays())
    assert again.settings == model.settings
    features = videos[0].frames, videos[1].frames
    np.testing.assert_array_equal(again.assignment(features[0]), model.assignment(features[0]))
    np.testing.assert_array_equal(again.align(*features).assignment, model.align(*features).assignment)


@pytest.mark.parametrize("initial", ["random", "kmeans"])
def test_actions_start_with_unit_norm_or_as_centres_and_the_seed_decides_them(initial):
    videos, few = made_videos(3), SMALL | {"epochs": 0, "initial_actions": initial}
    first, again, other = (train_vasot(videos, seed=seed, **few).network for seed in (1, 1, 2))
    assert (first.actions == again.actions).all()
    assert (first.actions != other.actions).any()
    if initial == "random":
        np.testing.assert_allclose(np.linalg.norm(first.actions, axis=1), 1, atol=1e-6)


def test_an_encoder_has_the_sizes_of_the_settings(trained):
    assert isinstance(trained[1].network.encoder, Encoder)
    assert trained[1].embed(trained[0][0].frames).shape == (60, 8)


def test_refuses_one_video():
    with pytest.raises(ValueError, match="is the only video"):
        train_vasot(made_videos(1), n_segments=4)


def test_a_training_goes_on_after_a_kill_and_gives_the_same_model(trained, tmp_path):
    videos, path, few = trained[0], tmp_path / "state.npz", SMALL | {"initial_actions": "random"}
    kill_training(train_vasot, videos, path, batches="dkva.transport.vasot.PairBatches", **few)
    with for_epochs(3, TRAINING):
        resumed, through = resumed_and_through(train_vasot, videos, path, **few)
    for name, array in through.items():
        np.testing.assert_array_equal(resumed[name], array)
