"""What each part changes, and what must not change anything."""

from dataclasses import replace
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from unoptimised import unoptimised, unoptimised_modules

from dkva.transport.clot_modules import draw_slices
from dkva.transport.clot_network import ClotNetwork, frame_positions, look
from dkva.transport.clot_settings import ClotSettings

pytestmark = pytest.mark.fast

SETTINGS = ClotSettings(
    hidden=6, outputs=8, queries=2, slices=12, decoder_layers=1, decoder_heads=2, decoder_hidden=8
)
FEATURES = np.random.default_rng(0).standard_normal((2, 20, 5)).astype("f")
ACTIONS = np.random.default_rng(1).standard_normal((3, 8)).astype("f")
ACTIONS /= np.linalg.norm(ACTIONS, axis=1, keepdims=True)
OFF = {"dispatching": False, "slice_weight": 0.0, "decoder": False, "refinement": False}


def network_of(settings):
    network = filled(lambda *given, key: ClotNetwork(*given, ACTIONS, key=key), 5, settings, seed=3)
    return eqx.tree_at(lambda each: each.actions, network, jnp.asarray(ACTIONS))


looked, cheaply_looked = eqx.filter_jit(look), unoptimised_modules(look)
drawn_slices = cache(lambda: unoptimised(draw_slices, static_argnums=(1, 2))(jax.random.key(4), 12, 8))


def seen(settings, features=FEATURES, rows=None, key=None, call=looked):
    n = features.shape[1]
    padded = np.pad(features, ((0, 0), (0, (rows or n) - n), (0, 0)))
    network = network_of(settings)
    return network, call(
        network,
        jnp.asarray(padded),
        jnp.asarray(np.broadcast_to(np.arange(rows or n) < n, padded.shape[:2])),
        frame_positions(n, rows or n, settings, seen=n),
        drawn_slices(),
        settings,
        key=key,
    )


@pytest.mark.numerics
def test_without_its_parts_it_is_asot():
    @unoptimised_modules
    def with_encoder(network, features, *rest, key):
        found = look(network, features, *rest, key=key)
        assert found.refined is found.frames
        return found, network.encoder(features)

    network, (found, encoded) = seen(replace(SETTINGS, **OFF), call=with_encoder)
    np.testing.assert_array_equal(found.frames, encoded)
    np.testing.assert_allclose(found.costs, 1 - np.asarray(found.frames) @ ACTIONS.T, atol=1e-6)
    queries = np.asarray(network.queries)
    queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    np.testing.assert_allclose(found.segments, np.stack([queries] * 2), atol=1e-6)


@pytest.mark.numerics
def test_everything_has_unit_norm_and_its_shape():
    _, found = seen(SETTINGS)
    assert [each.shape for each in found] == [(2, 20, 8), (2, 20, 3), (2, 2, 8), (2, 20, 8)]
    for vectors in (found.frames, found.segments, found.refined):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), 1, atol=1e-5)
    assert len(network_of(replace(SETTINGS, queries=0)).queries) == 3


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"dispatching": False}, set()),
        ({"slice_weight": 0.0}, {"frames", "segments", "refined"}),
        ({"decoder": False}, {"frames", "costs"}),
        ({"refinement": False}, {"frames", "costs", "segments"}),
        ({"released_faults": True}, {"frames"}),
    ],
)
def test_a_part_changes_what_it_is_for_and_what_follows(changed, same):
    _, whole = seen(SETTINGS)
    _, found = seen(replace(SETTINGS, **changed))
    for name, one, other in zip(whole._fields, whole, found, strict=True):
        assert np.allclose(one, other, atol=1e-6) == (name in same), name


@pytest.mark.numerics
def test_padding_changes_nothing():
    _, found = seen(SETTINGS)
    _, padded = seen(SETTINGS, rows=33, call=cheaply_looked)
    for one, other in zip(found, padded, strict=True):
        np.testing.assert_allclose(other[:, : one.shape[1]], one, atol=1e-5)


def test_dropout_acts_in_training_alone():
    with_dropout = replace(SETTINGS, dropout=0.5)
    _, found = seen(with_dropout)
    for one, other in zip(found, seen(SETTINGS)[1], strict=True):  # of another share
        np.testing.assert_array_equal(one, other)
    _, trained = seen(with_dropout, key=jax.random.key(5))
    assert not np.allclose(trained.segments, found.segments, atol=1e-3)
    np.testing.assert_array_equal(trained.frames, found.frames)


@pytest.mark.numerics
def test_positions_are_counted_as_in_training():
    def places(n, rows=None, **options):
        table = frame_positions(n, rows or n, replace(SETTINGS, **options), seen=10)
        return np.unwrap(np.arctan2(table[:, 0], table[:, 1]))

    np.testing.assert_allclose(places(7), np.arange(7), atol=1e-5)
    np.testing.assert_allclose(places(40), np.arange(40) / 4, atol=1e-5)
    np.testing.assert_allclose(places(40, 64)[:40], places(40), atol=1e-5)
    np.testing.assert_array_equal(places(40, released_faults=True), 0)


def test_every_part_is_learned():
    network, _ = seen(SETTINGS)

    def total(network):
        found = look(
            network,
            jnp.asarray(FEATURES),
            jnp.ones((2, 20), bool),
            frame_positions(20, 20, SETTINGS, seen=20),
            draw_slices(jax.random.key(4), 12, 8),
            SETTINGS,
        )
        return jnp.sum(found.refined[..., 0]) + jnp.sum(found.costs[..., 0])

    gradient = eqx.filter_jit(eqx.filter_grad(total))(network)
    for leaf in jax.tree.leaves(gradient):
        assert np.isfinite(leaf).all()
    for part in (gradient.encoder.layers[0].weight, gradient.actions, gradient.scale, gradient.shift):
        assert np.abs(part).max() > 0
    for part in (gradient.queries, gradient.decoder.layers.among.value_proj.weight):
        assert np.abs(part).max() > 0
