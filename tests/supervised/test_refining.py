"""Convolutions by loops over the candidates, targets by a loop over true points, gradients by differences."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.flatten_util import ravel_pytree
from unoptimised import unoptimised_modules

from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates
from dkva.supervised.refining import Refiner, refined_targets, refinement_loss
from dkva.supervised.source_graph import target_points

KINDS = np.array([BOUNDARY, ACTION, ACTION, BOUNDARY, ACTION, BOUNDARY, ACTION], np.int32)


def _called(refiner, points, graph, there, kinds=KINDS, key=None):
    graph = None if graph is None else jnp.asarray(graph)
    return refiner(jnp.asarray(points), graph, jnp.asarray(there), jnp.asarray(kinds), key)


called, cheaply_called = eqx.filter_jit(_called), unoptimised_modules(_called)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def made(graph_width=2, dropout=0.0, **sizes):
    return filled(Refiner, 3, graph_width, 4, **{"width": 5, "layers": 2, **sizes}, dropout=dropout)


def in_numpy(refiner, points, graph, kinds):
    """Logits of candidates that are all there."""
    kind = np.stack([kinds == ACTION, kinds == BOUNDARY], axis=1).astype(float)
    values = np.concatenate([points, kind] if graph is None else [graph, points, kind], axis=1)
    for convolution in refiner.convolutions:
        weight, bias = np.asarray(convolution.weight), np.asarray(convolution.bias)[:, 0]
        reach = weight.shape[2] // 2
        found = np.tile(bias, (len(values), 1))
        for place in range(len(values)):
            for offset in range(-reach, reach + 1):
                if 0 <= place + offset < len(values):
                    found[place] += weight[:, :, offset + reach] @ values[place + offset]
        values = np.maximum(found, 0)
    logits = values @ np.asarray(refiner.head.weight).T + np.asarray(refiner.head.bias)
    logits[kinds == BOUNDARY, :-2] = -1e9
    logits[kinds == ACTION, -2] = -1e9
    return logits


@pytest.mark.numerics
@pytest.mark.parametrize(("graph_width", "kernel", "layers"), [(2, 3, 2), (0, 5, 1)])
def test_logits_are_those_of_plain_loops(graph_width, kernel, layers, x64, rng):
    refiner = made(graph_width, kernel=kernel, layers=layers)
    points, graph = rng.normal(size=(7, 3)), rng.normal(size=(7, 2)) if graph_width else None
    found = cheaply_called(refiner, points, graph, np.ones(7, bool))
    assert found.shape == (7, 6)
    np.testing.assert_allclose(found, in_numpy(refiner, points, graph, KINDS), atol=1e-13)


@pytest.mark.numerics
def test_padding_changes_nothing(rng):
    refiner, there = made(), np.arange(7) < 5
    points, graph = (rng.normal(size=(7, width)).astype(np.float32) for width in (3, 2))
    points[5:], graph[5:] = np.nan, np.nan
    targets = np.array([4, 0, 5, 5, 3, -1, -1])

    @jax.jit
    @partial(jax.grad, has_aux=True)
    def gradient_of(points):
        found = _called(refiner, points, graph, there)
        return refinement_loss(found, jnp.asarray(targets)), found

    found = np.asarray(gradient_of(points)[1])
    assert np.isfinite(found).all()
    short = cheaply_called(refiner, points[:5], graph[:5], there[:5], KINDS[:5])
    # Sums of 21 terms of about 1, twice.
    np.testing.assert_allclose(found[:5], short, atol=1e-5)
    gradient = np.asarray(gradient_of(np.nan_to_num(points))[0])
    assert gradient[:5].any(axis=1).all()
    assert not gradient[5:].any()


def test_dropout_acts_in_training_alone(rng):
    points, graph, there = rng.normal(size=(7, 3)), rng.normal(size=(7, 2)), np.ones(7, bool)
    points, graph = points.astype(np.float32), graph.astype(np.float32)
    some, none = made(dropout=0.5), made()
    first, again, other = (called(some, points, graph, there, key=jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    plain = called(some, points, graph, there)
    np.testing.assert_allclose(plain, called(none, points, graph, there), atol=1e-5)
    assert not np.allclose(first, plain)


@pytest.mark.fast
def test_what_cannot_be_refined():
    for name, size in (("width", 0), ("layers", 0)):
        with pytest.raises(ValueError, match=f"{name} is 0: give a whole number of at least 1"):
            made(**{name: size})
    with pytest.raises(ValueError, match="kernel is 2: give an odd number"):
        made(kernel=2)
    with pytest.raises(ValueError, match=r"dropout is 1\.0: give a number below 1"):
        made(dropout=1.0)
    with pytest.raises(ValueError, match="graph_width is -1: give a whole number of at least 0"):
        made(graph_width=-1)
    with pytest.raises(ValueError, match="the graph has 0 values a candidate: give 2"):
        made()(jnp.ones((7, 3)), None, jnp.ones(7, bool), jnp.asarray(KINDS))


def targets_in_numpy(candidates, true, n_classes):
    for place, kind, _, _, there in zip(*map(np.asarray, candidates), strict=True):
        best, target = np.inf, n_classes + 1
        for _, true_kind, centre, region, action, true_there in zip(*true, strict=True):
            offset = abs(place - centre)
            if true_there and true_kind == kind and offset <= region and offset < best:
                best, target = offset, n_classes if kind == BOUNDARY else action
        yield target if there else -1


targets_of = jax.jit(refined_targets, static_argnums=2)


@pytest.mark.numerics
@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1))
def test_targets_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat(rng.integers(-1, 4, 6), rng.integers(1, 40, 6))
    true = target_points(labels, 13, boundary_region=9)
    place = np.sort(rng.integers(0, len(labels), 20))
    candidates = Candidates(
        place.astype(np.int32),
        rng.integers(0, 2, 20, np.int32),
        np.ones(20, np.float32),
        np.zeros(20, np.int32),
        np.arange(20) < 15,
    )
    found = np.asarray(targets_of(candidates, true, 4))
    assert found.tolist() == [*targets_in_numpy(candidates, true, 4)]
    of_actions = (candidates.kind == ACTION) & (found >= 0) & (found < 4)
    assert (labels[place[of_actions]] == found[of_actions]).all()


@pytest.mark.numerics
def test_targets_by_hand():
    true = target_points(np.repeat([2, 0], [20, 30]), 8)
    places, kinds = [3, 9, 17, 18, 21, 36, 42], [BOUNDARY, ACTION, ACTION, ACTION, BOUNDARY, BOUNDARY, ACTION]
    candidates = Candidates(
        *(np.array(each, np.int32) for each in (places, kinds)),
        np.ones(7, np.float32),
        np.zeros(7, np.int32),
        np.array([True] * 6 + [False]),
    )
    # Regions of actions are 9.5 ± 8 and 34.5 ± 12, of boundaries 0, 20 and 50 ± 16.5.
    assert targets_of(candidates, true, 3).tolist() == [3, 2, 2, 4, 3, 3, -1]
    later = targets_of(candidates._replace(place=candidates.place + 50), true, 3)
    assert later.tolist() == [3, 4, 4, 4, 4, 4, -1]


@pytest.mark.numerics
def test_the_loss_is_a_mean_of_logarithms(x64, rng):
    logits = rng.normal(size=(6, 5))
    targets = np.array([0, 4, -1, 2, 2, -1])
    total = 0.0
    for row, target in zip(logits, targets, strict=True):
        if target >= 0:
            total -= np.log(np.exp(row[target]) / np.exp(row).sum())
    with_gradient = jax.jit(jax.value_and_grad(refinement_loss))
    np.testing.assert_allclose(with_gradient(logits, targets)[0], total / 4, rtol=1e-13)
    value, gradient = with_gradient(logits, np.full(6, -1))
    assert value == 0
    assert not np.any(gradient)


@pytest.mark.numerics
def test_gradients_are_differences(x64, rng):
    start = made(), jnp.asarray(rng.normal(size=(7, 3))), jnp.asarray(rng.normal(size=(7, 2)))
    targets = np.array([4, 1, 5, 5, 3, 4, -1])
    arrays, rest = eqx.partition(start, eqx.is_inexact_array)
    flat, unflatten = ravel_pytree(arrays)

    @jax.jit
    @jax.value_and_grad
    def loss(flat):
        refiner, points, graph = eqx.combine(unflatten(flat), rest)
        return refinement_loss(_called(refiner, points, graph, np.arange(7) < 6), jnp.asarray(targets))

    flat = np.asarray(flat)
    gradient = np.asarray(loss(flat)[1])
    assert gradient.any()
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=flat.shape)
        up, down = (float(loss(flat + step * direction)[0]) for step in (1e-6, -1e-6))
        np.testing.assert_allclose((up - down) / 2e-6, gradient @ direction, rtol=1e-6, atol=1e-8)


def test_no_gradient_passes_what_is_detached(rng):
    refiner, there = made(), np.ones(7, bool)
    points, graph = (jnp.asarray(rng.normal(size=(7, width)), jnp.float32) for width in (3, 2))
    targets = jnp.array([4, 1, 5, 5, 3, 4, 2])

    @jax.jit
    def gradients(points, graph):
        def loss(points, graph):
            return refinement_loss(called(refiner, jax.lax.stop_gradient(points), graph, there), targets)

        return jax.grad(loss, argnums=(0, 1))(points, graph)

    of_points, of_graph = gradients(points, graph)
    assert not of_points.any()
    assert of_graph.any()
