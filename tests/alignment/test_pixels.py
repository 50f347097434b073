"""CARL and LRProp on pixels: what their steps see and move, and what is refused."""

import functools
from unittest import mock

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from made_spots import made_spots
from short_training import for_epochs
from stopped_training import Kept, StoppedError

from dkva.alignment.carl import CarlLoss
from dkva.alignment.frame_training import Learned, ViewBatch, ViewBatches
from dkva.alignment.pixels import (
    Backbone,
    CarlPixelsModel,
    LrpropPixelsModel,
    PixelBatches,
    PixelsLearned,
    PixelsLoss,
    train_carl_on_pixels,
    train_lrprop_on_pixels,
)
from dkva.alignment.pixels_settings import CarlPixelsSettings, LrpropPixelsSettings
from dkva.nn import training
from dkva.nn.image_views import plain_view, view
from dkva.nn.resnet import ResNet, parted
from dkva.nn.trees import arrays_of

SMALL = {
    "blocks": (1, 1),
    "channels": 4,
    "image_size": 16,
    "at_once": 8,
    "hidden": 16,
    "width": 16,
    "heads": 2,
    "layers": 1,
    "feed_forward": 16,
    "outputs": 8,
    "frames": 12,
    "learning_rate": 1e-2,
    "epochs": 2,
}

#: Method by name: how it is trained, the class of its model, and videos of a batch, as few as it takes.
METHODS = {
    "carl": (train_carl_on_pixels, CarlPixelsModel, 1),
    "lrprop": (train_lrprop_on_pixels, LrpropPixelsModel, 2),
}

VIDEOS, _ = made_spots(3)
VIDEOS[1] = VIDEOS[1][:10]  # it is filled up


@functools.cache
def drawn_by_numpy(inputs, settings, projected):
    return filled(Learned, inputs, settings, projected=projected)


def started(inputs, settings, projected, key=None):
    """In place of what JAX draws behind the backbone."""
    return drawn_by_numpy(inputs, settings, projected)


@pytest.fixture(scope="module", autouse=True)
def quickly_started():
    with mock.patch("dkva.alignment.pixels.start", started):
        yield


@pytest.fixture(scope="module", params=METHODS)
def trained(request):
    train, kind, batch = METHODS[request.param]
    train = functools.partial(train, VIDEOS, **SMALL, batch=batch)
    model = train()
    with for_epochs(0, "dkva.alignment.pixels"):
        untrained = train()
    assert isinstance(model, kind)
    return train, untrained, model


def test_all_is_learned_but_the_frozen_stages(trained):
    _, untrained, model = trained
    before = untrained.arrays()
    for name, array in model.arrays().items():
        stays = name.startswith(("backbone.frozen", "settings"))
        assert np.array_equal(array, before[name]) == stays, name


@eqx.filter_jit
def embedded_by(backbone, network, video, places):
    maps, _ = backbone.frozen(plain_view(video, 16), training=False)
    maps, _ = backbone.stage(maps, training=False)
    mask = jnp.ones((1, len(video)), bool)
    return network(jnp.max(maps, (2, 3))[None], places, mask, key=None)[0]


def test_embedded_frames_are_those_of_the_networks(trained):
    _, _, model = trained
    video = VIDEOS[2][:19]  # three parts, the last of them filled up
    found = model.embed(video)
    places = jnp.asarray(model.network.places(19))
    want = embedded_by(model.backbone, model.network, jnp.asarray(video), places)
    want = np.asarray(want[0])
    np.testing.assert_allclose(found, want / np.linalg.norm(want, axis=1, keepdims=True), atol=1e-4)
    assert model.align(VIDEOS[0], video).assignment.shape == (40, 19)


def test_a_restored_model_embeds_alike(trained):
    _, _, model = trained
    again = type(model).restore(model.arrays())
    assert again.settings == model.settings
    np.testing.assert_array_equal(again.embed(VIDEOS[0]), model.embed(VIDEOS[0]))
    arrays = model.arrays()
    del arrays["backbone.frozen.bn1.running_var"]
    with pytest.raises(ValueError, match=r"'backbone.frozen.bn1.running_var' is missing"):
        type(model).restore(arrays)


def test_a_training_that_was_stopped_goes_on_to_the_same_model(trained, monkeypatch):
    train, _, model = trained
    monkeypatch.setattr(training, "_KEEP_EVERY", 0.0)
    kept = Kept(stop=-(-len(VIDEOS) // model.settings.batch) + 1)  # after a step of the second epoch
    with pytest.raises(StoppedError):
        train(checkpoint=kept)
    assert not any("frozen" in name for name in kept.state)
    assert kept.state["means"].shape == kept.state["values"].shape == (1,)
    resumed = train(checkpoint=kept).arrays()
    for name, array in model.arrays().items():
        np.testing.assert_array_equal(resumed[name], array)


@pytest.mark.parametrize("kind", [CarlPixelsSettings, LrpropPixelsSettings])
def test_batches_have_the_frames_of_a_training_on_features(kind):
    """Videos tell themselves and their frames by their pixels."""
    videos = [
        np.stack([np.full((4, 4 + video, 3), 40 * video + frame, np.uint8) for frame in range(length)])
        for video, length in enumerate((30, 6, 25, 30, 9))
    ]
    settings = kind(**SMALL, batch=2)
    batches = PixelBatches(videos, settings, 4)
    features = [video[:, 0, 0, :1].astype(float) for video in videos]
    for mine, other in zip(batches(1), ViewBatches(features, settings.drawn, 2, 4)(1), strict=True):
        assert len(mine.frames) == len(mine.drawn) == 4
        np.testing.assert_array_equal(
            np.stack([each[:, 0, 0, :1] for each in mine.frames]), np.concatenate(other.frames)
        )
        for name in ("times", "mask", "lengths", "draw"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(other, name))
        for frames, drawn in zip(mine.frames, mine.drawn, strict=True):
            top, left, rows, columns = drawn.crop
            assert top + rows <= frames.shape[1]
            assert left + columns <= frames.shape[2]
    assert eqx.tree_equal(list(batches(1)), list(batches(1)))
    assert not eqx.tree_equal(list(batches(1)), list(batches(2)))
    factors = np.stack([drawn.factors for batch in batches(1) for drawn in batch.drawn])
    assert len(np.unique(factors, axis=0)) == len(factors)  # each view has its own


def test_the_loss_is_that_of_features_of_one_batch_of_images():
    videos = [VIDEOS[0][:, :12], VIDEOS[2]]  # of unequal heights
    settings = CarlPixelsSettings(**SMALL, batch=2, dropout=0.0)
    backbone = Backbone(settings, key=jax.random.key(0))
    learned = PixelsLearned(backbone.stage, started(backbone.width, settings, True))
    batch = next(iter(PixelBatches(videos, settings, 0)(0)))
    loss = PixelsLoss(backbone.frozen, CarlLoss.of(settings), 16, False, 8)
    run = eqx.filter_jit(eqx.filter_value_and_grad(lambda both, batch: both[1](both[0], batch)))
    value, (of_learned, of_loss) = run((learned, loss), batch)

    @eqx.filter_jit
    def separately(backbone, after, batch):
        images = [
            view(jnp.asarray(each), 16, drawn) for each, drawn in zip(batch.frames, batch.drawn, strict=True)
        ]
        maps, _ = backbone.frozen(jnp.concatenate(images), training=False)
        maps, seen = backbone.stage(maps, training=True)
        features = jnp.max(maps, (2, 3)).reshape(2, 2, 12, 32)
        views = ViewBatch(features, batch.times, batch.mask, batch.lengths, batch.draw)
        moved = jax.tree.map(lambda mine, after: mine - after, backbone.stage, seen)
        return loss.of_features(after, views), moved

    want, moved = separately(backbone, learned.after, batch)
    np.testing.assert_allclose(value, want, rtol=1e-4)
    for name, array in arrays_of(of_loss.frozen).items():
        assert not array.any(), name  # no gradient reaches the frozen stages
    moved = arrays_of(moved)
    for name, array in arrays_of(of_learned.stage).items():
        if "running" in name:
            np.testing.assert_allclose(array, moved[name], rtol=1e-4, atol=1e-5)
        else:
            assert np.abs(array).max() > 0, name


def test_default_sizes_are_the_published_ones():
    settings = LrpropPixelsSettings()
    network = eqx.filter_eval_shape(ResNet, settings.blocks, width=settings.channels, key=jax.random.key(0))
    frozen, stage = parted(network)
    assert [len(blocks) for blocks in (*frozen.stages, stage.blocks)] == [3, 4, 6, 3]
    assert frozen.channels == 1024  # conv1 to conv4 are frozen
    assert stage.blocks[-1].conv3.out_channels == 2048


def test_a_backbone_of_a_file(tmp_path):
    given = eqx.filter_jit(ResNet)((1, 1), width=4, key=jax.random.key(9))
    arrays = arrays_of(given)
    for mine, theirs in {"stages.0": "layer1", "stages.1": "layer2"}.items():
        arrays = {name.replace(mine, theirs): array for name, array in arrays.items()}
    np.savez(tmp_path / "weights.npz", **arrays)
    model = train_carl_on_pixels(VIDEOS, backbone=tmp_path / "weights.npz", **SMALL | {"epochs": 0})
    frozen, stage = parted(given)
    assert eqx.tree_equal(model.backbone.frozen, frozen)
    assert eqx.tree_equal(model.backbone.stage, stage)


@pytest.mark.usefixtures("unchecked")
def test_what_is_refused(trained):
    _, _, model = trained
    train, *_ = METHODS["carl" if isinstance(model, CarlPixelsModel) else "lrprop"]
    with pytest.raises(ValueError, match=r"videos\[1\] are float64 of shape .*: give numbers of 8 bits"):
        train([VIDEOS[0], VIDEOS[1] / 255])
    with pytest.raises(ValueError, match=r"^frames are uint8 of shape .*, grey ones three times$"):
        model.embed(VIDEOS[0][..., 0])
    with pytest.raises(ValueError, match=r"there is no such file; check the path"):
        train(VIDEOS, backbone="nowhere.npz", **SMALL)
    with pytest.raises(TypeError, match="image_height"):
        train(VIDEOS, image_height=3)
    with pytest.raises(ValueError, match=r"^the training set is empty: give at least one video$"):
        train_carl_on_pixels([])
    with pytest.raises(ValueError, match=r"^there are 1 videos: give two at least, as each is compared with"):
        train_lrprop_on_pixels(VIDEOS[:1])
