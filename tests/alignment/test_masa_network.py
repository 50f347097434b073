"""The network of MASA against one in NumPy, and what must not change what comes out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised_modules

from dkva.alignment.masa_network import MasaNetwork
from dkva.alignment.masa_settings import MasaSettings
from dkva.nn.batch_norm import BatchNorm

pytestmark = pytest.mark.fast

SMALL = {"hidden": 5, "outputs": 4, "layers": 2, "heads": 2}
N = 6


def made(inputs=7, **settings):
    """A network whose norms and biases do something; its shapes alone are the library's."""
    sizes = MasaSettings(**SMALL | settings).sizes
    shapes = eqx.filter_eval_shape(MasaNetwork, inputs, sizes, key=jax.random.key(0))
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda each: jnp.asarray(0.5 * rng.normal(size=each.shape)), shapes)


def drawn(inputs=7, width=4, seed=0):
    """Two views of two videos: frames, positions, masks."""
    rng = np.random.default_rng(seed)
    frames, positions = rng.normal(size=(2, 2, N, inputs)), rng.normal(size=(2, 2, N, width))
    masks = np.arange(N) < np.array([[[4], [N]], [[5], [3]]])
    return frames, positions, masks


def as_arrays(call):
    """The same function, what it gives in NumPy: JAX compiles a program of each place that is taken of it."""
    return lambda *given: jax.tree.map(np.asarray, call(*given))


def weight(module, *place):
    return np.asarray(module.weight)[place]


def read(layers, frames):
    for layer in layers:
        frames = frames @ weight(layer).T + np.asarray(layer.bias)
        frames = frames if layer is layers[-1] else np.maximum(frames, 0)
    return frames


def phi(values):
    return np.where(values > 0, values + 1, np.exp(values))


def attended(layers, place, frames, others):
    """One layer on sequences without padding."""

    def normalised(norm, rows):
        centred = rows - rows.mean(1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
        return scaled * weight(norm, place) + np.asarray(norm.bias)[place]

    parts = []
    for columns in np.split(np.arange(frames.shape[1]), layers.heads):
        asked, keys, values = (
            rows @ weight(part, place)[columns].T
            for part, rows in ((layers.query, frames), (layers.key, others), (layers.value, others))
        )
        weights = phi(asked) @ phi(keys).T
        parts.append(weights @ values / (weights.sum(1, keepdims=True) + 1e-6))
    heard = normalised(layers.norms[0], np.concatenate(parts, 1) @ weight(layers.merge, place).T)
    wide = np.maximum(np.concatenate([frames, heard], 1) @ weight(layers.widen, place).T, 0)
    return frames + normalised(layers.norms[1], wide @ weight(layers.narrow, place).T)


def in_numpy(network, x, y, positions):
    """Both views of one video, without padding."""
    cut = x.shape[1] - 3 * network.joints
    views = []
    for view, places in zip((x, y), positions, strict=True):
        parts = []
        if network.features:
            parts.append(read(network.features, view[:, :cut]))
        if network.poses:
            parts.append(read(network.poses, view[:, cut:]))
        found = np.concatenate(parts, 1)
        views.append(found * (np.sqrt(found.shape[1]) if network.scaled else 1) + places)
    x, y = views
    for place in range(2):
        if network.own is not None:
            x, y = attended(network.own, place, x, x), attended(network.own, place, y, y)
        if network.cross is not None:
            x = attended(network.cross, place, x, y)
            y = attended(network.cross, place, y, x)
    return x, y


@pytest.mark.numerics
@pytest.mark.parametrize(
    ("settings", "width"),
    [
        ({}, 4),
        ({"joints": 2}, 10),
        ({"joints": 2, "inputs": 6, "cross_attention": False, "scaled": False}, 6),
        ({"self_attention": False}, 4),
        ({"self_attention": False, "cross_attention": False}, 4),
    ],
)
def test_embedded_frames_are_those_of_a_plain_program(x64, settings, width):
    inputs = settings.get("inputs", 7)
    network = made(inputs, **{name: value for name, value in settings.items() if name != "inputs"})
    assert (network.inputs, network.width) == (inputs, width)
    frames, positions, masks = drawn(inputs, width)
    # With optimisation it is compiled with what projects and predicts, below.
    found = as_arrays(unoptimised_modules(network))(*map(jnp.asarray, (*frames, *positions, *masks)))
    for video in range(2):
        kept = [mask[video] for mask in masks]
        views = [each[video][mask] for each, mask in zip(frames, kept, strict=True)]
        places = [each[video][mask] for each, mask in zip(positions, kept, strict=True)]
        for mine, want, mask in zip(found, in_numpy(network, *views, places), kept, strict=True):
            np.testing.assert_allclose(mine[video][mask], want, rtol=1e-9, atol=1e-10)


def called(network, frames, positions, masks):
    """Embedded, projected and predicted frames of both views."""
    embedded = network(*map(jnp.asarray, (*frames, *positions, *masks)))
    there = jnp.concatenate([jnp.asarray(mask) for mask in masks])
    projected = network.project(jnp.concatenate(embedded), there)
    return jnp.stack(embedded), jnp.stack(jnp.split(projected, 2)), network.predict(projected, there)


@pytest.mark.numerics
def test_padding_changes_nothing(x64):
    network = made()
    frames, positions, masks = drawn()
    call = as_arrays(eqx.filter_jit(called))
    found = call(network, frames, positions, masks)
    other = call(
        network, np.where(masks[..., None], frames, 9.0), np.where(masks[..., None], positions, -5.0), masks
    )
    longer = [
        np.pad(each, ((0, 0), (0, 0), (0, 3), (0, 0)), constant_values=2.0) for each in (frames, positions)
    ]
    padded = as_arrays(unoptimised_modules(called))(network, *longer, np.pad(masks, ((0, 0), (0, 0), (0, 3))))
    for one, second, third in zip(found, other, padded, strict=True):
        there = masks if one.ndim == 4 else masks.reshape(4, N)
        np.testing.assert_allclose(second[there], one[there], rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(third[..., :N, :][there], one[there], rtol=1e-9, atol=1e-10)
        assert np.isfinite(third).all()


@pytest.mark.numerics
def test_frames_that_are_shuffled_with_their_positions_come_out_shuffled(x64):
    network, order = made(), np.random.default_rng(0).permutation(N)
    frames, positions, masks = drawn()
    call = as_arrays(eqx.filter_jit(called))
    found = call(network, frames, positions, masks)
    shuffled = call(network, frames[:, :, order], positions[:, :, order], masks[:, :, order])
    for one, other in zip(found, shuffled, strict=True):
        there = masks[:, :, order].reshape(*one.shape[:-2], N)
        np.testing.assert_allclose(other[there], one[..., order, :][there], rtol=1e-9, atol=1e-10)


@pytest.mark.numerics
def test_projected_frames_are_normalised_over_all_views(x64):
    network = eqx.tree_at(lambda each: each.norms, made(), tuple(BatchNorm(4) for _ in range(4)))
    frames, positions, masks = drawn()
    _, projected, _ = eqx.filter_jit(called)(network, frames, positions, masks)
    there = np.asarray(projected)[masks]
    np.testing.assert_allclose(there.mean(0), 0, atol=1e-12)
    assert (there.std(0) < 1).all()  # for what is added to the variance
    np.testing.assert_allclose(there.std(0), 1, rtol=1e-3)
    assert len(network.head) == len(network.norms) == 4
    assert all(layer.bias is None for layer in network.head)


@pytest.mark.numerics
def test_without_a_predictor_projected_frames_are_predicted():
    network = made(cluster_predictor=False)
    frames = jnp.ones((1, 3, 4))
    assert network.predictor is None
    assert network.predict(frames, jnp.ones((1, 3), bool)) is frames
    assert len(made().predictor.query.weight) == 2


def test_published_sizes():
    def network(inputs, **settings):
        sizes = MasaSettings(**settings).sizes
        return eqx.filter_eval_shape(MasaNetwork, inputs, sizes, key=jax.random.key(0))

    found = network(1536)
    assert [layer.weight.shape for layer in found.features] == [(1536, 1536), (512, 1536), (128, 512)]
    assert found.own.query.weight.shape == found.cross.query.weight.shape == (4, 128, 128)
    assert (found.own.heads, found.poses) == (8, None)
    hands = network(126, joints=42, heads=21)
    assert [layer.weight.shape for layer in hands.poses] == [(126, 126)] * 3
    assert (hands.own.heads, hands.features) == (21, None)
    assert network(1536 + 75, joints=25).width == 203
    assert network(75, joints=25).own.heads == 5


def test_sizes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"joints is 3, and a frame has 7 features, .* give at most 2"):
        made(joints=3)
    with pytest.raises(ValueError, match=r"heads is 3, and an embedded frame has .* numbers, .*"):
        made(heads=3)


@pytest.mark.fast
def test_heads_that_do_not_divide_an_embedded_frame_are_told_with_what_it_is_made_of():
    sizes = MasaSettings(joints=9, hidden=16, outputs=8, heads=2, layers=1).sizes
    told = r"heads is 2, and an embedded frame has 35 numbers, .* or 0 to have"
    with pytest.raises(ValueError, match=told):
        MasaNetwork(76, sizes, key=jax.random.key(0))
