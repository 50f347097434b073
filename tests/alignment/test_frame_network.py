"""The network: padding, clips beside others, statistics of what there is, and positions."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled

from dkva.alignment.frame_network import FrameNetwork, ProjectionHead
from dkva.alignment.frame_settings import FrameSettings
from dkva.nn.positions import stretched_sinusoids
from dkva.nn.trees import arrays_of

pytestmark = pytest.mark.fast

SETTINGS = FrameSettings(
    hidden=6, width=8, heads=2, layers=2, feed_forward=10, outputs=5, frames=7, dropout=0.2
)


def made(settings):
    return filled(FrameNetwork, 3, settings)


@pytest.fixture(scope="module")
def network():
    return made(SETTINGS)


def clips(b=2, n=7):
    rng = np.random.default_rng(0)
    mask = np.arange(n) < np.array([[n], [4]])[:b]
    return jnp.asarray(rng.normal(size=(b, n, 3)), jnp.float32), jnp.asarray(mask)


@eqx.filter_jit
def called(network, frames, mask, key=None):
    return network(frames, jnp.asarray(network.places(frames.shape[1])), mask, key=key)


def test_sizes_are_those_of_the_settings(network):
    shapes = {name: array.shape for name, array in arrays_of(network).items()}
    assert shapes["blocks.0.weight"] == (6, 3)
    assert shapes["blocks.1.weight"] == (6, 6)
    assert shapes["narrow.weight"] == (8, 6)
    assert shapes["last.weight"] == (5, 8)
    assert shapes["transformer.layers.widen.weight"] == (2, 10, 8)
    found, _ = called(network, *clips())
    assert found.shape == (2, 7, 5)


@pytest.mark.parametrize("training", [False, True])
def test_padding_changes_nothing(network, training):
    frames, mask = clips()
    key = jax.random.key(1) if training else None
    found, seen = called(network, frames, mask, key)
    other, again = called(network, jnp.where(mask[..., None], frames, 9.0), mask, key)
    np.testing.assert_array_equal(found[mask], other[mask])
    for mine, its in zip(arrays_of(seen).values(), arrays_of(again).values(), strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.numerics
def test_a_clip_alone_is_as_among_others_after_training(network):
    frames, mask = clips()
    frames, mask = map(np.asarray, (frames, mask))
    found, seen = called(network, frames, mask)
    alone, _ = called(network, frames[1:], mask[1:])
    found, alone = map(np.asarray, (found, alone))
    np.testing.assert_allclose(found[1][mask[1]], alone[0][mask[1]], atol=1e-5)
    for mine, its in zip(arrays_of(seen).values(), arrays_of(network).values(), strict=True):
        np.testing.assert_array_equal(mine, its)  # statistics stay


@pytest.mark.numerics
def test_statistics_are_those_of_the_frames_that_there_are(network):
    frames, mask = clips()
    no_dropout = made(replace(SETTINGS, dropout=0.0))
    _, seen = called(no_dropout, frames, mask, jax.random.key(1))
    block = no_dropout.blocks[0]
    first = (np.asarray(frames) @ np.asarray(block.weight).T + np.asarray(block.bias))[mask]
    before, after = no_dropout.norms[0], seen.norms[0]
    means = 0.9 * np.asarray(before.running_mean) + 0.1 * first.mean(0)
    np.testing.assert_allclose(after.running_mean, means, rtol=1e-4, atol=1e-6)
    variances = 0.9 * np.asarray(before.running_var) + 0.1 * first.var(0, ddof=1)
    np.testing.assert_allclose(after.running_var, variances, rtol=1e-5)


@pytest.mark.numerics
def test_places_are_stretched_over_those_of_the_training(network):
    np.testing.assert_allclose(network.places(4), stretched_sinusoids(4, 7, 8), atol=1e-6)
    without = made(replace(SETTINGS, positions=False))
    assert not without.places(4).any()


@pytest.mark.numerics
def test_a_head_projects_to_unit_norm_by_what_there_is():
    head = ProjectionHead(4, key=jax.random.key(0))
    rng = np.random.default_rng(0)
    mask = np.arange(6)[None] < 5
    frames = rng.normal(size=(1, 6, 4)).astype(np.float32)
    found, seen = eqx.filter_jit(ProjectionHead.__call__)(head, frames, mask)
    read = frames[0, :5] @ np.asarray(head.first.weight).T + np.asarray(head.first.bias)
    wide = np.maximum((read - read.mean(0)) / np.sqrt(read.var(0) + 1e-5), 0)
    wanted = wide @ np.asarray(head.last.weight).T + np.asarray(head.last.bias)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(np.asarray(found)[0, :5], wanted, atol=1e-5)
    np.testing.assert_allclose(seen.norm.running_mean, 0.1 * read.mean(0), atol=1e-6)
