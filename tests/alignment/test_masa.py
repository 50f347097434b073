"""MASA: its loss on whole batches, models that tell planted phases apart, and what they refuse."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from killed_training import kill_training, resumed_and_through
from made_videos import Made, made_videos
from short_training import for_epochs

from dkva.alignment import masa
from dkva.alignment.masa import MasaLoss, MasaModel, train_masa
from dkva.alignment.masa_losses import agreement, matching_error
from dkva.alignment.masa_network import MasaNetwork
from dkva.alignment.masa_settings import MasaSettings
from dkva.alignment.masa_views import ViewBatches, scaled
from dkva.alignment.matching import matched
from dkva.experiments import registry
from dkva.experiments.models import Checkpoint
from dkva.nn.positions import sinusoids
from dkva.nn.training import Fitted

REAL = np.float32, np.float64
SMALL = {"hidden": 8, "outputs": 8, "layers": 1, "heads": 2, "predictor_layers": 1, "batch": 3}
#: Of a training of a few steps, three an epoch.
FEW = SMALL | {"epochs": 12, "learning_rate": 0.04, "halving": 1, "halvings": 2}
TRAINING = "dkva.alignment.masa"


def started(inputs, sizes, key=None):
    """In place of a network that is drawn."""
    return filled(MasaNetwork, inputs, sizes)


@pytest.fixture(scope="module")
def trained():
    videos = made_videos(4, frames=50) + made_videos(4, frames=40, actions=3, activity="milk")
    return videos, train_masa(videos, seed=1, **FEW)


def phases_near(model, videos):
    """Share of frames whose nearest frame in each other video of the activity is of their phase."""
    embedded = [model.embed(video.frames) for video in videos]
    return np.mean(
        [
            np.mean(y.labels[(f @ g.T).argmax(1)] == x.labels)
            for x, f in zip(videos, embedded, strict=True)
            for y, g in zip(videos, embedded, strict=True)
            if x is not y and x.activity == y.activity
        ]
    )


def test_one_model_of_two_activities_is_better_than_one_that_is_not_trained(trained):
    videos, model = trained
    with for_epochs(0, TRAINING):
        before = phases_near(train_masa(videos, seed=1, **FEW), videos)
    assert phases_near(model, videos) > 0.8 > before


def test_embedded_frames_have_unit_norm_whatever_the_length(trained):
    videos, model = trained
    frames = np.concatenate([video.frames for video in videos])
    for n in (1, 50, 130):
        found = model.embed(frames[:n])
        assert found.shape == (n, 8)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)


def test_videos_are_matched_by_their_embedded_frames(trained):
    (x, y, *_), model = trained
    found = model.align(x.frames, y.frames)
    want = matched(model.embed(x.frames), model.embed(y.frames))
    np.testing.assert_array_equal(found.assignment, want.assignment)


def test_a_restored_model_embeds_alike(trained):
    videos, model = trained
    again = MasaModel.restore(model.arrays())
    assert again.settings == model.settings
    np.testing.assert_array_equal(again.embed(videos[0].frames), model.embed(videos[0].frames))
    with pytest.raises(ValueError, match=r"'network\.head\.0\.weight' is missing"):
        MasaModel.restore({n: each for n, each in model.arrays().items() if n != "network.head.0.weight"})


def test_it_is_listed():
    listed = registry.find("masa")
    assert registry.load(listed.target) is train_masa
    assert registry.load(listed.restore) == MasaModel.restore


def batch_of(videos, **settings):
    chosen = MasaSettings(**SMALL | settings)
    frames = [scaled(video.frames, chosen.joints, standardise=True) for video in videos]
    batches = ViewBatches(frames, chosen, 0)
    return next(iter(batches(0))), MasaLoss.of(chosen, batches.longest)


def network_of(videos, **settings):
    return started(videos[0].frames.shape[1], MasaSettings(**SMALL | settings).sizes)


@eqx.filter_jit
def seen(network, batch, places):
    """Both views, one after the other, as they are projected and predicted."""
    masks = batch.mask_x, batch.mask_y
    views = jnp.concatenate(network(*map(jnp.asarray, (batch.x, batch.y, *places, *masks))))
    there = jnp.concatenate(masks)
    projected = network.project(views, there)
    return projected, network.predict(projected, there)


errors_of, agreement_of = eqx.filter_jit(matching_error), eqx.filter_jit(agreement)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"positions": "video", "normalised_times": True, "squared": True, "temperature": 0.5},
        {"clustering": False},
    ],
)
def test_the_loss_is_that_of_each_video_but_for_the_common_statistics(settings):
    videos = made_videos(2, frames=50)
    network = network_of(videos, **settings)
    batch, loss = batch_of(videos, **settings)
    found = eqx.filter_jit(loss)(network, batch)
    losses = []
    masks = batch.mask_x, batch.mask_y
    counted = (np.tile(np.arange(50), (2, 1)),) * 2
    if settings.get("positions") == "video":
        counted = batch.indices_x, batch.indices_y
    places = [sinusoids(each.ravel(), 8).reshape(2, 50, 8).astype("f") for each in counted]
    projected, predicted = seen(network, batch, places)
    scale = 50 if settings.get("normalised_times") else 1
    for one in range(2):
        rows = [jnp.asarray(each[one : one + 1]) for each in (batch.indices_x, batch.indices_y, *masks)]
        x, y, p, q = (each[one + 2 * view][None] for each in (projected, predicted) for view in (0, 1))
        times = [each.astype(jnp.float32) / scale for each in rows[:2]]
        errors = errors_of(
            x,
            y,
            *times,
            *rows[2:],
            temperature=settings.get("temperature", 0.1),
            squared=settings.get("squared", False),
        )
        agreed = agreement_of(x, y, p, q, *rows)
        factor = 1 if settings.get("clustering") is False else 2 / (1 + float(agreed[0]))
        losses.append(float(errors[0]) * factor)
    np.testing.assert_allclose(found, np.mean(losses), rtol=1e-4)


def test_gradients_are_those_of_finite_differences(x64):
    videos = made_videos(2, frames=12, features=4, actions=1)
    settings = {"stop_gradient": False, "hidden": 4, "outputs": 4}
    batch, loss = batch_of(videos, **settings)
    network, batch = (
        jax.tree.map(
            lambda each: np.asarray(each, float) if getattr(each, "dtype", None) in REAL else each, given
        )
        for given in (network_of(videos, **settings), batch)
    )
    call = eqx.filter_jit(eqx.filter_value_and_grad(loss))
    _, slopes = call(network, batch)
    for seed in range(2):
        rng = np.random.default_rng(seed)
        direction = jax.tree.map(lambda each: rng.normal(size=each.shape), slopes)  # noqa: B023

        def at(step):
            moved = jax.tree.map(
                lambda each, way: each if way is None else each + step * way,
                network,
                direction,  # noqa: B023
                is_leaf=lambda each: each is None,
            )
            return call(moved, batch)[0]

        want = (at(1e-6) - at(-1e-6)) / 2e-6
        parts = jax.tree.map(lambda slope, way: np.sum(np.asarray(slope) * way), slopes, direction)
        np.testing.assert_allclose(sum(jax.tree.leaves(parts)), want, rtol=1e-5)


@pytest.mark.parametrize("stop_gradient", [False, True])
def test_the_loss_stops_the_gradient_if_asked_to(stop_gradient, monkeypatch):
    """It is handed on to the agreement, of which tests/alignment/test_masa_losses.py shows what it does."""
    seen = []
    monkeypatch.setattr(masa, "agreement", lambda *_, **given: seen.append(given) or jnp.ones(2))
    videos = made_videos(2, frames=50)
    batch, loss = batch_of(videos, stop_gradient=stop_gradient)
    eqx.filter_eval_shape(loss, network_of(videos), batch)
    assert seen == [{"stop_gradient": stop_gradient}]


def test_poses_beside_features_and_alone(unchecked, monkeypatch):
    def traced(model, loss, batches, **_):  # a step sees the batch, and is not compiled
        assert eqx.filter_eval_shape(loss, model, next(iter(batches(0)))).shape == ()
        return Fitted(model, np.zeros(1))

    monkeypatch.setattr(masa, "_start", started)
    monkeypatch.setattr(masa, "fit", traced)
    rng = np.random.default_rng(0)
    videos = [Made(f"a/{i}", rng.normal(size=(20, 10)).astype("f")) for i in range(2)]
    both = train_masa(videos, joints=2, epochs=1, parents="-1,0", **SMALL)
    assert both.embed(videos[0].frames).shape == (20, 14)
    again = MasaModel.restore(both.arrays())
    np.testing.assert_array_equal(again.embed(videos[0].frames), both.embed(videos[0].frames))
    alone = [Made(video.name, video.frames[:, 4:]) for video in videos]
    assert train_masa(alone, joints=2, epochs=0, **SMALL).network.width == 6
    # Where the body stands and how large it is does not count.
    moved = np.concatenate([videos[0].frames[:, :4], 3 * videos[0].frames[:, 4:] + 5], 1)
    np.testing.assert_allclose(both.embed(moved), both.embed(videos[0].frames), atol=1e-3)
    with pytest.raises(ValueError, match="joints is 4, and a frame has 10 features"):
        train_masa(videos, joints=4, **SMALL)


def test_a_training_goes_on_after_a_kill_and_gives_the_same_model(trained, tmp_path):
    videos, path = trained[0], tmp_path / "state.npz"
    kill_training(train_masa, videos, path, batches=f"{TRAINING}.ViewBatches", **FEW)
    assert len(Checkpoint(path).load()["means"]) == 1
    with for_epochs(3, TRAINING):
        resumed, through = resumed_and_through(train_masa, videos, path, **FEW)
        other = train_masa(videos, seed=1, **FEW).arrays()
    for name, array in through.items():
        np.testing.assert_array_equal(resumed[name], array)
    assert (through["network.head.0.weight"] != other["network.head.0.weight"]).any()


def test_refuses_what_does_not_fit(trained):
    videos, model = trained
    with pytest.raises(ValueError, match="trained on 8 features a frame, and these have 3"):
        model.embed(np.ones((9, 3), np.float32))
    with pytest.raises(TypeError, match="unheard"):
        train_masa(videos, unheard=1)
    with pytest.raises(ValueError, match="the training set is empty"):
        train_masa([])
