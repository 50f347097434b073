"""RTK's network: its size, padding, its candidates and what is left of them."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from unoptimised import unoptimised_modules

from dkva.nn.trees import arrays_of
from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates
from dkva.supervised.rtk_network import (
    Maps,
    RtkNetwork,
    found_candidates,
    maps_of,
    part,
    reclassified,
    refined,
)
from dkva.supervised.rtk_settings import RtkSettings

SMALL = {
    "maps": 8,
    "layers": 3,
    "decoders": 2,
    "decoder_layers": 2,
    "graph_width": 6,
    "refiner_width": 5,
}


#: One of each that may be many.
SMALLEST = SMALL | {"layers": 1, "decoders": 1, "decoder_layers": 1, "graph_layers": 1, "refiner_layers": 1}


def network_of_any_numbers(settings=SMALL, **given):
    return filled(RtkNetwork, 4, 3, RtkSettings(**settings | given))


def video(n, width=4, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=(n, width)), jnp.float32)


def count(tree):
    return sum(leaf.size for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.ShapeDtypeStruct))


def test_the_published_size_is_near_that_of_table_5():
    made = eqx.filter_eval_shape(RtkNetwork, 2048, 19, RtkSettings(), key=jax.random.key(0))
    assert count((made.encoder, made.decoders, made.head)) == 758_325  # the paper has 0.779 million
    assert count(made) == 817_802


@pytest.mark.numerics
def test_padding_changes_nothing():
    made, features = network_of_any_numbers(), video(21)
    mask = jnp.arange(32) < 21
    both = unoptimised_modules(lambda *given: (made(*given), made.seen(*given)))
    called, want = both(features, mask[:21])
    np.testing.assert_array_equal(called, want.logits[..., :3])
    found = eqx.filter_jit(made.seen)(jnp.pad(features, ((0, 11), (0, 0)), constant_values=7), mask)
    for ours, theirs in zip(found, want, strict=True):
        np.testing.assert_allclose(ours[..., :21, :], theirs, atol=1e-5)
        assert not np.any(ours[..., 21:, :])


def test_decoders_read_the_maps_if_there_are_any():
    """One head is shared by all stages; without keypoints its two maps change nothing."""
    features, mask = video(16), np.ones(16, bool)
    seen = eqx.filter_jit(lambda network: network.seen(features, mask).logits)
    for keypoints in (True, False):
        made = network_of_any_numbers(SMALLEST, keypoints=keypoints)
        bias = np.array(made.head.bias)
        bias[-2:] += 3
        moved = eqx.tree_at(lambda each: each.head.bias, made, jnp.asarray(bias))
        before, after = (np.asarray(seen(each))[:, :, :3] for each in (made, moved))
        np.testing.assert_array_equal(before[0], after[0])
        assert np.array_equal(before[1], after[1]) != keypoints


def test_the_backbone_starts_alike_whatever_refines_it():
    def started(**given):
        return arrays_of(RtkNetwork(4, 3, RtkSettings(**SMALLEST | given), key=jax.random.key(0)))

    whole = started()
    for given in ({"refinement": False}, {"graph": False}, {"matching": False}):
        arrays = started(**given)
        assert not {name for name in arrays if name.startswith(("encoder", "decoders"))} - set(whole)
        for name, array in arrays.items():
            if not name.startswith("refiner"):
                np.testing.assert_array_equal(array, whole[name])


def test_parts_that_are_left_out():
    made = network_of_any_numbers(SMALLEST, refinement=False)
    assert (made.graph, made.affinity, made.refiner) == (None, None, None)
    with pytest.raises(ValueError, match="made without this part: make it with the same settings"):
        part(made.refiner)


def spiky(n=200):
    """Maps with a peak at every tenth frame, of actions and of boundaries, higher and higher."""
    heat = np.zeros((2, n), np.float32)
    heat[0, 5::10] = np.linspace(0.5, 0.9, n // 10)
    heat[1, ::10] = np.linspace(0.3, 0.99, n // 10)
    classes = np.zeros((n, 3), np.float32)
    classes[:, 1] = 1
    return Maps(*map(jnp.asarray, (classes, *heat)))


candidates_of = eqx.filter_jit(found_candidates)


@pytest.mark.parametrize(("share", "number"), [(0.1, 20), (0.05, 10), (0.001, 1), (1.0, 40)])
def test_candidates_are_a_share_of_the_frames_that_are_there(share, number):
    settings = RtkSettings(candidates=share)
    maps = spiky()
    alone = candidates_of(maps, np.ones(200, bool), settings)
    assert int(alone.there.sum()) == number
    least = np.sort(np.concatenate([np.asarray(maps.action)[5::10], np.asarray(maps.boundary)[::10]]))[
        -number
    ]
    np.testing.assert_array_equal(np.min(alone.confidence, where=alone.there, initial=2), least)

    longer = Maps(
        *(jnp.asarray(np.pad(each, [(0, 56)] + [(0, 0)] * (each.ndim - 1))) for each in map(np.asarray, maps))
    )
    padded = candidates_of(longer, np.arange(256) < 200, settings)
    for ours, theirs in zip(padded, alone, strict=True):
        both = [np.asarray(each)[np.asarray(of.there)] for each, of in ((ours, padded), (theirs, alone))]
        np.testing.assert_array_equal(*both)


def test_all_candidates_are_taken_if_none_is_refined():
    settings = RtkSettings(candidates=0.01, refinement=False)
    assert int(candidates_of(spiky(), np.ones(200, bool), settings).there.sum()) == 40


def test_without_keypoints_candidates_are_of_the_classes():
    classes = np.full((12, 3), 0.1, np.float32)
    classes[:6, 2] = classes[6:, 0] = 0.8
    nothing = jnp.asarray(np.zeros(12, np.float32))
    maps = Maps(jnp.asarray(classes), nothing, nothing)
    found = candidates_of(maps, np.ones(12, bool), RtkSettings(candidates=1.0, keypoints=False))
    there = np.asarray(found.there)
    assert np.asarray(found.place)[there].tolist() == [2, 6, 8]
    assert np.asarray(found.kind)[there].tolist() == [ACTION, BOUNDARY, ACTION]
    assert np.asarray(found.action)[there].tolist() == [2, -1, 0]


@pytest.mark.numerics
def test_candidates_that_are_rejected_are_gone():
    given = Candidates(
        np.array([1, 4, 7, 9, 0]),
        np.array([ACTION, BOUNDARY, ACTION, BOUNDARY, ACTION]),
        np.array([0.5, 0.5, 0.5, 0.5, 0.0]),
        np.array([0, -1, 1, -1, -1]),
        np.array([True, True, True, True, False]),
    )
    never = -1e9
    logits = np.array(
        [
            [0, 2, never, 1],  # another class
            [never, never, 3, 1],  # a boundary
            [0, 1, never, 2],  # rejected
            [never, never, 0, 1],  # rejected
            [9, 0, never, 0],  # not there
        ],
        np.float32,
    )
    left = eqx.filter_jit(refined)(*jax.tree.map(jnp.asarray, (given, logits)))
    assert left.there.tolist() == [True, True, False, False, False]
    assert left.place.tolist() == [1, 4, 0, 0, 0]
    assert left.action.tolist() == [1, -1, -1, -1, -1]
    first = np.exp([0, 2, 1])
    shares = [first.max() / first.sum(), 1 / (1 + np.exp(-2))]
    np.testing.assert_allclose(left.confidence, [*shares, 0, 0, 0], rtol=1e-6)


def test_what_refines_reads_the_graph_and_the_frames():
    nothing = np.zeros(3, np.float32)
    found = Candidates(
        *map(
            jnp.asarray,
            ([2, 8, 20], [ACTION, BOUNDARY, ACTION], nothing, nothing.astype(int), np.ones(3, bool)),
        )
    )

    def again(made, frames):
        return reclassified(made, frames, found, detached=True)

    @eqx.filter_jit
    def both(made, frames):
        graph = made.graph(frames[found.place], found.there)
        return again(made, frames), made.refiner(frames[found.place], graph, found.there, found.kind)

    frames = video(30, width=8)
    np.testing.assert_array_equal(*both(network_of_any_numbers(SMALLEST), frames))
    without = network_of_any_numbers(SMALLEST, graph=False)
    assert eqx.filter_eval_shape(again, without, frames).shape == (3, 5)


@pytest.mark.numerics
def test_maps_are_probabilities():
    found = maps_of(jnp.array([[1.0, 1.0, 0.0, np.log(3)], [0.0, 0.0, -100.0, 100.0]]))
    np.testing.assert_allclose(found.classes, 0.5)
    np.testing.assert_allclose(found.action, [0.5, 0], atol=1e-30)
    np.testing.assert_allclose(found.boundary, [0.75, 1], rtol=1e-6)
