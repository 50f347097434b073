"""Graphs by their edges, assignments by loops over rows and columns, gradients by differences."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from filled_networks import filled
from jax.flatten_util import ravel_pytree
from scipy.optimize import linear_sum_assignment
from tolerances import eps
from unoptimised import unoptimised, unoptimised_modules

from dkva.supervised.graph_matching import (
    Affinity,
    GraphLayer,
    GraphNetwork,
    log_sinkhorn,
    matching_loss,
    permutation_loss,
    sinkhorn,
)


def called(network, points, there):
    return network(jnp.asarray(points), jnp.asarray(there))


embedded, cheaply_embedded = eqx.filter_jit(called), unoptimised_modules(called)
_GIVEN = ("temperature", "sweeps")
assigned = jax.jit(sinkhorn, static_argnames=_GIVEN)
loss_and_gradient = jax.jit(jax.value_and_grad(matching_loss))


@jax.jit
@jax.value_and_grad
def loss_and_gradient_of_shares(scores, truth, there):
    return permutation_loss(sinkhorn(scores, there), truth, there)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def layer_in_numpy(layer, points, there):
    """By the adjacency itself, its columns divided by their sums."""
    edges = np.outer(there, there).astype(float)
    np.fill_diagonal(edges, 0)
    edges /= np.maximum(np.abs(edges).sum(0, keepdims=True), 1e-12)
    said, own = (
        np.maximum(points @ np.asarray(each.weight).T + np.asarray(each.bias), 0)
        for each in (layer.heard, layer.own)
    )
    return (edges @ said + own) * there[:, None]


def sinkhorn_in_numpy(scores, temperature, sweeps):
    shares = np.exp((scores - scores.max()) / temperature)
    for _ in range(sweeps):
        for row in range(len(shares)):
            shares[row] = shares[row] / shares[row].sum()
        for column in range(len(shares)):
            shares[:, column] = shares[:, column] / shares[:, column].sum()
    return shares


def normed(points):
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    return points / np.where(norms > 0, norms, 1)


@pytest.mark.numerics
@pytest.mark.parametrize("n_points", [1, 2, 5, 7])
def test_a_layer_is_that_of_an_adjacency_matrix(n_points, x64, rng):
    layer, points, there = filled(GraphLayer, 3, 8), rng.normal(size=(7, 3)), np.arange(7) < n_points
    found = embedded(layer, points, there)
    np.testing.assert_allclose(found, layer_in_numpy(layer, points, there), atol=1e-14)


@pytest.mark.numerics
def test_a_network_is_its_layers(x64, rng):
    points, there = 3 * rng.normal(size=(6, 3)), np.arange(6) != 2
    for normalised in (True, False):
        network = filled(GraphNetwork, 3, 8, 2, normalised=normalised)
        expected = normed(points) if normalised else points
        for layer in network.layers:
            expected = layer_in_numpy(layer, expected, there)
        found = embedded(network, points, there)
        np.testing.assert_allclose(found, expected, atol=1e-13)
    assert [layer.own.weight.shape for layer in network.layers] == [(8, 3), (8, 8)]


@pytest.mark.numerics
def test_graphs_hear_each_other_before_the_last_layer(x64, rng):
    network = filled(GraphNetwork, 3, 8, 3, crossed=True)
    source, target, there = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), np.arange(5) < 4
    found = eqx.filter_jit(network.matched)(
        *map(jnp.asarray, (source, target, there)), temperature=0.1, sweeps=6
    )
    one, two = normed(source)[:4], normed(target)[:4]
    everywhere = np.ones(4, bool)
    for place, layer in enumerate(network.layers):
        one, two = (layer_in_numpy(layer, each, everywhere) for each in (one, two))
        if place == 1:
            shares = sinkhorn_in_numpy(one @ np.asarray(network.affinity.weight) @ two.T, 0.1, 6)
            weight, bias = np.asarray(network.cross.weight), np.asarray(network.cross.bias)
            one, two = (
                np.concatenate(pair, axis=1) @ weight.T + bias
                for pair in ((one, shares @ two), (two, shares.T @ one))
            )
    for each, expected in zip(found, (one, two), strict=True):
        np.testing.assert_allclose(each[:4], expected, atol=1e-12)
        assert not each[4:].any()
    alone = cheaply_embedded(network, source, there)
    assert not np.allclose(alone, found[0])


@pytest.mark.numerics
def test_graphs_that_are_not_crossed_are_embedded_one_by_one(rng):
    network = filled(GraphNetwork, 3, 8, 2)
    source, target = (jnp.asarray(rng.normal(size=(5, 3)), jnp.float32) for _ in range(2))
    there = jnp.asarray(np.arange(5) < 4)
    found = eqx.filter_jit(network.matched)(source, target, there)
    for each, points in zip(found, (source, target), strict=True):
        np.testing.assert_allclose(each, cheaply_embedded(network, points, there), atol=1e-6)


@pytest.mark.numerics
def test_points_that_are_not_there_change_nothing(rng):
    network = filled(GraphNetwork, 3, 8, 2)
    points = rng.normal(size=(9, 3)).astype(np.float32)
    padded = points.copy()
    padded[6:] = np.nan
    there = np.arange(9) < 6

    @jax.jit
    @partial(jax.grad, has_aux=True)
    def squared(points):
        found = called(network, points, there)
        return jnp.sum(found**2), found

    found = np.asarray(squared(padded)[1])
    assert not found[6:].any()
    # A mean of at most 6 values about 1, by two layers.
    np.testing.assert_allclose(found[:6], cheaply_embedded(network, points[:6], there[:6]), atol=1e-5)
    gradient = np.asarray(squared(points)[0])
    assert gradient[:6].any(axis=1).all()
    assert not gradient[6:].any()


@pytest.mark.numerics
def test_the_order_of_points_is_that_of_their_embeddings(rng):
    network, points = filled(GraphNetwork, 3, 8, 2), rng.normal(size=(6, 3)).astype(np.float32)
    order, there = rng.permutation(6), np.ones(6, bool)
    found, moved = (embedded(network, each, there) for each in (points, points[order]))
    np.testing.assert_allclose(moved, found[order], atol=1e-5)


def test_affinity_starts_near_the_identity(x64, key, rng):
    affinity = Affinity(400, key=key)
    moved = np.abs(np.asarray(affinity.weight) - np.eye(400))
    assert 0.99 / 20 < moved.max() <= 1 / 20
    assert np.mean(moved) == pytest.approx(1 / 40, rel=0.02)
    source, target = rng.normal(size=(2, 400)), rng.normal(size=(3, 400))
    expected = [[one @ np.asarray(affinity.weight) @ two for two in target] for one in source]
    np.testing.assert_allclose(affinity(jnp.asarray(source), jnp.asarray(target)), expected, atol=1e-10)


@pytest.mark.numerics
@pytest.mark.parametrize(("temperature", "sweeps"), [(1.0, 20), (0.05, 3)])
def test_sinkhorn_is_that_of_a_plain_loop(temperature, sweeps, x64, rng):
    scores = rng.normal(size=(8, 8))
    present = np.array([0, 1, 3, 4, 6])
    there, pairs = np.isin(np.arange(8), present), np.ix_(present, present)
    found = assigned(jnp.asarray(scores), jnp.asarray(there), temperature=temperature, sweeps=sweeps)
    expected = np.zeros((8, 8))
    expected[pairs] = sinkhorn_in_numpy(scores[pairs], temperature, sweeps)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(found.sum(0), there, atol=1e-13)
    if temperature == 1.0:  # it has converged
        np.testing.assert_allclose(found.sum(1), there, atol=1e-12)


@pytest.mark.numerics
def test_at_the_default_temperature_it_is_the_best_permutation(rng):
    """Scores of a row that are all larger decide nothing; without them permutations are 1.2 apart."""
    order = rng.permutation(6)
    scores = np.eye(6)[order] + rng.uniform(0, 0.4, (6, 6)) + 3 * rng.normal(size=(6, 1))
    columns = linear_sum_assignment(-scores)[1]
    found = assigned(jnp.asarray(scores, jnp.float32), jnp.ones(6, bool))
    assert (np.argmax(scores, axis=0) != np.argsort(order)).any()
    np.testing.assert_array_equal(columns, order)
    # Of a logit of up to 6 / 0.005, rounding is 1e-4 a sweep, and others have exp(-240).
    np.testing.assert_allclose(found, np.eye(6)[order], atol=20 * 2 * 1200 * eps(np.float32))


def test_nothing_there_is_nothing_and_no_nan():
    for loss in (loss_and_gradient, loss_and_gradient_of_shares):
        value, gradient = loss(jnp.ones((3, 3)), jnp.zeros((3, 3)), jnp.zeros(3, bool))
        assert value == 0
        assert not gradient.any()


def loss_in_numpy(shares, truth):
    total = 0.0
    for share, right in zip(shares.ravel(), truth.ravel(), strict=True):
        total -= np.log(share) if right else np.log(1 - share)
    return total / len(shares)


@pytest.mark.numerics
def test_losses_are_the_formula(x64, rng):
    scores, there = rng.normal(size=(7, 7)), np.arange(7) < 5
    truth = np.zeros((7, 7))
    truth[np.arange(5), rng.permutation(5)] = 1
    shares = sinkhorn_in_numpy(scores[:5, :5], 0.5, 20)
    expected = loss_in_numpy(shares, truth[:5, :5])
    padded = np.zeros((7, 7))
    padded[:5, :5] = shares

    @jax.jit
    def losses(padded, scores, truth, there):
        of_shares, of_flags = (permutation_loss(padded, each, there) for each in (truth, truth.astype(bool)))
        return of_shares, of_flags, matching_loss(scores, truth, there, temperature=0.5)

    np.testing.assert_allclose(losses(padded, scores, truth, there), [expected] * 3, rtol=1e-12)


@pytest.mark.numerics
def test_the_loss_of_the_right_permutation_is_zero():
    truth, there = np.eye(3, dtype=np.float32)[[2, 0, 1]], np.ones(3, bool)
    assert jax.jit(permutation_loss)(truth, truth, there) == 0
    assert loss_and_gradient(truth, truth, there)[0] == pytest.approx(0, abs=1e-30)
    assert loss_and_gradient(-truth, truth, there)[0] > 100
    value, gradient = loss_and_gradient(truth, np.eye(3, dtype=np.float32), np.arange(3) == 0)
    assert value == 0
    assert not np.any(gradient)


@pytest.mark.numerics
def test_a_pair_that_is_missed_by_far_still_has_a_gradient():
    """In single precision, where its share is 0: 1e-38 is exp(-87), and one score less costs 200."""
    truth, there = np.eye(3, dtype=np.float32), np.ones(3, bool)
    scores = 2 * np.roll(truth, 1, axis=0)
    assert not np.any(loss_and_gradient_of_shares(scores, truth, there)[1])
    gradient = loss_and_gradient(scores, truth, there)[1]
    assert (np.diag(gradient) < -1).all()
    # As in double precision: logits of up to 400, of which each sweep rounds.
    exactly = unoptimised(jax.grad(matching_loss))
    with enable_x64():
        exact = np.asarray(exactly(*(each.astype(float) for each in (scores, truth)), there))
    np.testing.assert_allclose(gradient, exact, atol=200 * 400 * 40 * eps(np.float32))


@pytest.mark.numerics
def test_gradients_are_differences(x64, rng):
    network, affinity = filled(GraphNetwork, 3, 8, 2, crossed=True), filled(Affinity, 8, seed=1)
    source, target = (jnp.asarray(rng.normal(size=(5, 3))) for _ in range(2))
    there, truth = np.arange(5) < 4, np.eye(5)[[2, 0, 3, 1, 4]]
    arrays, rest = eqx.partition((network, affinity, source, target), eqx.is_inexact_array)
    flat, unflatten = ravel_pytree(arrays)
    flat = np.asarray(flat)

    @jax.jit
    @jax.value_and_grad
    def loss(flat):
        network, affinity, *points = eqx.combine(unflatten(flat), rest)
        given = jnp.asarray(there)
        few = {"temperature": 0.5, "sweeps": 2}  # each of them is compiled by itself
        one, two = network.matched(*points, given, **few)
        return matching_loss(affinity(one, two), jnp.asarray(truth), given, **few)

    gradient = loss(flat)[1]
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=flat.shape)
        up, down = (float(loss(flat + step * direction)[0]) for step in (1e-6, -1e-6))
        np.testing.assert_allclose((up - down) / 2e-6, gradient @ direction, rtol=1e-6, atol=1e-7)


def test_no_gradient_passes_what_is_detached(key, rng):
    network, affinity = filled(GraphNetwork, 3, 8, 2), Affinity(8, key=key)
    points, there = jnp.asarray(rng.normal(size=(4, 3)), jnp.float32), np.ones(4, bool)
    order = np.array([1, 2, 3, 0])

    def loss(trained, seen):
        (network, affinity), points = trained, jax.lax.stop_gradient(seen)
        one, two = network.matched(points[order], points, jnp.asarray(there))
        return matching_loss(affinity(one, two), jnp.asarray(np.eye(4)[order]), jnp.asarray(there))

    of_trained, of_points = eqx.filter_jit(eqx.filter_grad(lambda given: loss(*given)))(
        ((network, affinity), points)
    )
    assert not of_points.any()
    assert all(np.any(leaf) for leaf in jax.tree.leaves(of_trained))


def test_matching_can_be_learned(key, rng):
    """From points that are near those they belong to, the loss falls and all are found."""
    points, there = rng.normal(size=(8, 3)).astype(np.float32), np.ones(8, bool)
    order = rng.permutation(8)
    source = points[order] + 0.05 * rng.normal(size=(8, 3)).astype(np.float32)
    trained = GraphNetwork(3, 8, 2, key=key), Affinity(8, key=key)
    truth = np.eye(8)[order]

    @eqx.filter_value_and_grad
    def loss(trained):
        one, two = trained[0].matched(*map(jnp.asarray, (source, points, there)))
        return matching_loss(trained[1](one, two), jnp.asarray(truth), jnp.asarray(there))

    @eqx.filter_jit
    def step(trained):
        value, gradient = loss(trained)
        return value, jax.tree.map(
            lambda value, slope: value - 3e-3 * jnp.sign(slope) if eqx.is_inexact_array(value) else value,
            trained,
            gradient,
        )

    @eqx.filter_jit
    def matches(trained):
        one, two = (trained[0](jnp.asarray(each), jnp.asarray(there)) for each in (source, points))
        return jnp.argmax(log_sinkhorn(trained[1](one, two), jnp.asarray(there)), axis=1)

    before, moved = step(trained)
    for _ in range(60):
        trained = moved
        after, moved = step(trained)
    assert after < before / 5
    np.testing.assert_array_equal(matches(trained), order)


@pytest.mark.fast
def test_sizes_that_no_network_has(key):
    for sizes in ((0, 4, 2), (3, 0, 2), (3, 4, 0)):
        with pytest.raises(
            ValueError, match=r"(inputs|width|layers) is 0: give a whole number of at least 1"
        ):
            GraphNetwork(*sizes, key=key)
    with pytest.raises(ValueError, match=r"layers is 1: give a whole number of at least 2"):
        GraphNetwork(3, 4, 1, crossed=True, key=key)
    with pytest.raises(ValueError, match=r"width is 0: give"):
        Affinity(0, key=key)
