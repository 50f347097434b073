"""VAOT on pixels: what its steps see, videos of a wandering spot that it aligns, and what it refuses."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_spots import made_spots
from stopped_training import Kept, StoppedError

from dkva.nn import training
from dkva.nn.clips import images
from dkva.nn.resnet import ResNet
from dkva.nn.trees import arrays_of
from dkva.transport.vaot import alignment_loss
from dkva.transport.vaot_pixels import (
    ClipBatches,
    PixelsLoss,
    VaotPixelsModel,
    _network,
    train_vaot_on_pixels,
)
from dkva.transport.vaot_pixels_settings import VaotPixelsSettings

SMALL = {
    "blocks": (1, 1),
    "width": 4,
    "hidden": 16,
    "outputs": 8,
    "image_size": 8,
    "context": 3,
    "frames": 20,
    "flip": 0.0,
    "learning_rate": 2e-2,
}


def error(model, videos, progress):
    """How far the progress of each frame's nearest frame is from its own, over all pairs of videos."""
    embedded = [model.embed(video) for video in videos]
    return np.mean(
        [
            np.abs(progress[j][(embedded[i] @ embedded[j].T).argmax(1)] - progress[i]).mean()
            for i, j in itertools.permutations(range(len(videos)), 2)
        ]
    )


@pytest.fixture(scope="module")
def trained():
    videos, progress = made_spots(6)
    return videos, progress, train_vaot_on_pixels(videos, seed=3, epochs=6, **SMALL)


def test_training_aligns_videos(trained):
    videos, progress, model = trained
    untrained = train_vaot_on_pixels(videos, seed=3, epochs=0, **SMALL)
    # Frames matched at random are off by a third of the way.
    assert error(untrained, videos, progress) > 0.2
    assert error(model, videos, progress) < 0.12
    found = model.align(videos[0], videos[1])
    best = found.assignment.argmax(1)
    assert found.assignment.shape == (40, 40)
    assert np.abs(progress[1][best] - progress[0]).mean() < 0.12


def test_embedded_frames_are_of_a_frame_and_its_context_alone(trained):
    videos, _, model = trained
    video = videos[2][:33]  # two parts, the second of them filled up
    found = model.embed(video)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    network, size = eqx.filter_jit(model.network), model.settings.image_size
    for frame in (0, 2, 19, 20, 22, 32):
        pair = images(jnp.asarray(video[[max(0, frame - 3), frame]]), size)
        np.testing.assert_allclose(found[[frame]], network(pair[None], key=None)[0], atol=1e-5)


def test_a_restored_model_embeds_alike(trained):
    videos, _, model = trained
    again = VaotPixelsModel.restore(model.arrays())
    assert again.settings == model.settings
    np.testing.assert_array_equal(again.embed(videos[0]), model.embed(videos[0]))
    arrays = model.arrays()
    del arrays["backbone.bn1.running_var"]
    with pytest.raises(ValueError, match=r"'backbone.bn1.running_var' is missing"):
        VaotPixelsModel.restore(arrays)


def test_every_video_comes_first_once_with_another_one_second():
    """Videos tell themselves and their frames by their pixels."""
    videos = [
        np.stack([np.full((2, 2, 3), 40 * video + frame, np.uint8) for frame in range(30 if video else 6)])
        for video in range(5)
    ]
    settings = VaotPixelsSettings(frames=8, context=3, pairs=2)
    batches = ClipBatches(videos, settings, 4)
    epoch = list(batches(1))
    assert [len(batch.x) for batch in epoch] == [len(batch.y) for batch in epoch] == [2, 2, 1]
    first, second = ([clip for batch in epoch for clip in getattr(batch, side)] for side in "xy")
    assert sorted(clip.frames[0, 1, 0, 0, 0] // 40 for clip in first) == [0, 1, 2, 3, 4]
    for clip, other in zip(first, second, strict=True):
        assert clip.frames.shape == (8, 2, 2, 2, 3)
        video = clip.frames[0, 1, 0, 0, 0] // 40
        assert video != other.frames[0, 1, 0, 0, 0] // 40
        context, frame = np.moveaxis(clip.frames[..., 0, 0, 0].astype(int) - 40 * video, 1, 0)
        np.testing.assert_array_equal(context, np.maximum(0, frame - 3))
        assert clip.mask.tolist() == [i < len(videos[video]) for i in range(8)]
        assert clip.augmentation.brightness.shape == (16,)
    again, other = list(batches(1)), list(batches(2))
    assert eqx.tree_equal(epoch, again)
    assert not eqx.tree_equal(epoch, other)


def test_the_loss_is_of_one_batch_of_all_images():
    videos, _ = made_spots(4)
    videos[1] = videos[1][:, :12]  # of another height
    settings = VaotPixelsSettings(**SMALL, pairs=2, dropout=0.0)
    network = _network(settings, 1)
    batch = next(iter(ClipBatches(videos, settings, 0)(0)))

    @eqx.filter_jit
    def separately(network, batch):
        clips = (*batch.x, *batch.y)
        given = jnp.concatenate(
            [
                images(jnp.asarray(clip.frames.reshape(-1, *clip.frames.shape[2:])), 8, clip.augmentation)
                for clip in clips
            ]
        )
        embedded, seen = network(given.reshape(-1, 2, 3, 8, 8), key=jax.random.key(0))
        x, y = embedded.reshape(2, 2, 20, 8)
        every = jnp.ones((2, 20), bool)
        return alignment_loss(x, y, every, every, settings.aligning, settings.temperature), seen

    want, seen = separately(network, batch)
    loss = PixelsLoss(8, settings.aligning, settings.temperature)
    value, gradient = eqx.filter_jit(eqx.filter_value_and_grad(loss))(network, batch)
    np.testing.assert_allclose(value, want, rtol=1e-5)
    for name, array in arrays_of(gradient).items():
        if "running" in name:
            moved = arrays_of(network)[name] - arrays_of(seen)[name]
            np.testing.assert_allclose(array, moved, rtol=1e-4, atol=1e-6)
        elif "convolutions" not in name or "bias" not in name:  # a bias before a mean is taken off is nothing
            assert np.abs(array).max() > 0, name


def test_default_sizes_are_the_published_ones():
    network = eqx.filter_eval_shape(_network, VaotPixelsSettings(), 0)
    assert [len(stage) for stage in network.backbone.stages] == [3, 4, 3]
    assert [each.weight.shape[:2] for each in network.embedder.convolutions] == [(512, 1024), (512, 512)]
    assert [each.weight.shape for each in network.embedder.layers] == [(512, 512), (512, 512), (128, 512)]
    assert network.embedder.dropout == 0.1


def test_a_backbone_of_a_file(tmp_path):
    videos, _ = made_spots(2)
    given = eqx.filter_jit(ResNet)((1, 1), width=4, key=jax.random.key(9))
    names = {"stages.0": "layer1", "stages.1": "layer2"}
    arrays = arrays_of(given)
    for mine, theirs in names.items():
        arrays = {name.replace(mine, theirs): array for name, array in arrays.items()}
    np.savez(tmp_path / "weights.npz", **arrays)
    model = train_vaot_on_pixels(videos, backbone=tmp_path / "weights.npz", epochs=0, **SMALL)
    for name, array in arrays_of(given).items():
        np.testing.assert_array_equal(arrays_of(model.network.backbone)[name], array)


def test_a_training_that_was_stopped_goes_on_to_the_same_model(monkeypatch):
    monkeypatch.setattr(training, "_KEEP_EVERY", 0.0)
    videos, _ = made_spots(3)
    straight, other = (train_vaot_on_pixels(videos, seed=seed, epochs=2, **SMALL).arrays() for seed in (0, 1))
    kept = Kept(stop=4)
    with pytest.raises(StoppedError):
        train_vaot_on_pixels(videos, epochs=2, checkpoint=kept, **SMALL)
    resumed = train_vaot_on_pixels(videos, epochs=2, checkpoint=kept, **SMALL).arrays()
    assert straight.keys() == resumed.keys()
    for name, array in straight.items():
        np.testing.assert_array_equal(resumed[name], array)
    assert not np.array_equal(straight["backbone.bn1.running_mean"], other["backbone.bn1.running_mean"])


@pytest.mark.usefixtures("unchecked")
def test_what_is_refused(trained):
    videos, _, model = trained
    with pytest.raises(ValueError, match=r"^there are 1 videos: give two at least, as they are aligned"):
        train_vaot_on_pixels(videos[:1])
    with pytest.raises(ValueError, match=r"videos\[1\] are float64 of shape .*: give numbers of 8 bits"):
        train_vaot_on_pixels([videos[0], videos[1] / 255])
    with pytest.raises(TypeError, match="image_height"):
        train_vaot_on_pixels(videos, image_height=3)
    for frames in (videos[0][:0], videos[0][..., 0], videos[0][0]):
        with pytest.raises(ValueError, match=r"^frames are uint8 of shape .*, grey ones three times$"):
            model.embed(frames)
    with pytest.raises(ValueError, match=r"there is no such file; check the path"):
        train_vaot_on_pixels(videos, backbone="nowhere.npz", **SMALL)
