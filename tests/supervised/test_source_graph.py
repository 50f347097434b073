"""True points counted by hand and by their heat maps; what stands for them by a loop over all candidates."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates
from dkva.supervised.source_graph import in_regions, source_points, target_points

A, B = ACTION, BOUNDARY

drawn = jax.jit(source_points)
regions_of = jax.jit(in_regions)


def candidates(places, kinds, there=None):
    number = len(places)
    return Candidates(
        jnp.asarray(np.array(places, np.int32)),
        jnp.asarray(np.array(kinds, np.int32)),
        jnp.asarray(np.full(number, 0.5, np.float32)),
        jnp.asarray(np.zeros(number, np.int32)),
        jnp.asarray(np.ones(number, bool) if there is None else np.array(there)),
    )


@pytest.mark.fast
def test_points_by_hand():
    true = target_points(np.repeat([3, 1, 3], [10, 4, 1]), 9)
    assert true.place.tolist() == [0, 4, 10, 11, 14, 14, 14, 0, 0]
    assert true.kind.tolist() == [B, A, B, A, B, A, B, A, A]
    assert true.centre.tolist() == [0, 4.5, 10, 11.5, 14, 14, 15, 0, 0]
    np.testing.assert_allclose(true.region, [16.5, 4, 16.5, 1.6, 16.5, 0.4, 16.5, 0, 0], rtol=1e-7)
    assert true.action.tolist() == [-1, 3, -1, 1, -1, 3, -1, -1, -1]
    assert true.there.tolist() == [True] * 7 + [False] * 2
    exact = target_points(np.repeat([3, 1, 3], [10, 4, 1]))
    assert [each.tolist() for each in exact] == [each[:7].tolist() for each in true]


@pytest.mark.fast
def test_runs_without_a_label_are_no_segments():
    true = target_points(np.repeat([-1, 0, -1, 2, -1], [2, 5, 3, 4, 6]), boundary_region=4, action_region=1)
    assert true.place.tolist() == [2, 4, 7, 10, 11, 14]
    assert true.kind.tolist() == [B, A, B, B, A, B]
    assert true.region.tolist() == [2, 2.5, 2, 2, 2, 2]
    assert true.action.tolist() == [-1, 0, -1, -1, 2, -1]
    nothing = target_points(np.full(4, -1))
    assert nothing.there.tolist() == [False]
    found = drawn(candidates([1, 2], [A, B]), nothing, jax.random.key(0))
    assert (found.place.tolist(), found.truth.tolist()) == ([0], [[False]])


@pytest.mark.fast
def test_what_true_points_cannot_be_made_of():
    with pytest.raises(ValueError, match="most is 4, and the labels have 5 keypoints: give at least 5"):
        target_points(np.array([0, 1]), 4)
    with pytest.raises(ValueError, match="action_region is 2: give a positive number, at most 1"):
        target_points(np.array([0, 1]), action_region=2)
    with pytest.raises(ValueError, match="boundary_region is 0: give a positive number"):
        target_points(np.array([0, 1]), boundary_region=0)


@pytest.mark.fast
@given(st.lists(st.integers(-1, 2), min_size=1, max_size=40), st.integers(0, 100))
def test_points_have_regions_that_are_those_of_heat_maps(runs, seed):
    from dkva.supervised.heat_maps import heat_maps

    labels = np.repeat(runs, np.random.default_rng(seed).integers(1, 30, len(runs)))
    true, maps = target_points(labels), heat_maps(labels, boundary_neighbourhood=1)
    frames = np.arange(len(labels))
    for kind, heat in ((B, maps.boundary), (A, maps.action)):
        inside = np.zeros(len(labels), bool)
        for place, _, centre, region, _, _ in zip(
            *(each[(true.kind == kind) & true.there] for each in true), strict=True
        ):
            assert heat[place] == 1 or place == len(labels) - 1
            inside |= (np.abs(frames - centre) <= region) | (frames == place)
        np.testing.assert_array_equal(inside, heat > 0)


@pytest.mark.fast
def test_candidates_in_regions():
    true = target_points(np.repeat([0, 1], [20, 31]), 6, boundary_region=10)
    # Regions: boundaries 0-5, 15-25, 46-56; actions 9.5 ± 8 and 35 ± 12.4.
    found = candidates([5, 6, 2, 1, 25, 48, 48, 15], [B, B, A, A, B, A, B, B], [True] * 7 + [False])
    offset, inside = regions_of(found, true)
    expected = np.zeros((6, 8), bool)
    for point, candidate in ((0, 0), (1, 2), (2, 4), (4, 6)):
        expected[point, candidate] = True
    np.testing.assert_array_equal(inside, expected)
    assert offset[1, 2] == 7.5
    assert offset[4, 6] == 3


def permitted(true, given, n_frames):
    """Frames that may stand for each true point, and whether candidates are what they are taken from."""
    for place, kind, centre, region in zip(*(each[true.there] for each in true[:4]), strict=True):
        fits = {
            p
            for p, k, there in zip(*(given[each].tolist() for each in (0, 1, 4)), strict=True)
            if there and k == kind and abs(p - centre) <= region
        }
        frames = {t for t in range(n_frames) if abs(t - centre) <= region or t == place}
        yield (fits, True) if fits else (frames, False)


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1))
def test_each_true_point_has_one_that_may_stand_for_it(seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat(rng.permutation(4), rng.integers(1, 60, 4))
    true = target_points(labels, 12)
    given = candidates(rng.integers(0, len(labels), 10), rng.integers(0, 2, 10), rng.uniform(size=10) < 0.7)
    found = drawn(given, true, jax.random.key(seed))
    number = int(true.there.sum())
    assert sorted(found.order[:number].tolist()) == list(range(number))
    assert found.order[number:].tolist() == list(range(number, 12))
    truth = np.zeros((12, 12), bool)
    truth[np.arange(number), found.order[:number]] = True
    np.testing.assert_array_equal(found.truth, truth)
    allowed = [*permitted(true, given, len(labels))]
    for place, stands_for in zip(found.place[:number].tolist(), found.order[:number].tolist(), strict=True):
        assert place in allowed[stands_for][0]
    assert not found.place[number:].any()


def test_all_that_may_stand_for_a_point_do_alike():
    """Candidates of the first boundary, frames of the others; and all orders of points."""
    true = target_points(np.zeros(60, int), boundary_region=21)
    given = candidates([3, 8, 30, 4], [B, B, B, A])
    keys = jax.random.split(jax.random.key(0), 2000)
    found = jax.jit(jax.vmap(lambda key: source_points(given, true, key)))(keys)
    by_point = np.take_along_axis(np.asarray(found.place), np.argsort(found.order, axis=1), axis=1)
    allowed = [*permitted(true, given, 60)]
    assert [fits for _, fits in allowed] == [True, False, False]
    for places, (frames, _) in zip(by_point.T, allowed, strict=True):
        values, counts = np.unique(places, return_counts=True)
        assert set(values.tolist()) == frames
        # Five deviations of a count.
        share = 1 / len(frames)
        np.testing.assert_allclose(counts / 2000, share, atol=5 * np.sqrt(share * (1 - share) / 2000))
    orders, counts = np.unique(np.asarray(found.order), axis=0, return_counts=True)
    assert len(orders) == 6
    np.testing.assert_allclose(counts / 2000, 1 / 6, atol=5 * np.sqrt(5 / 36 / 2000))


def test_a_key_draws_the_same_again():
    true = target_points(np.repeat([0, 1], [50, 80]), 8)
    given = candidates([20, 30, 60, 90], [A, A, B, A])
    first, again, other = (drawn(given, true, jax.random.key(seed)) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first.place, other.place)


def test_in_double_precision_too(x64):
    true = target_points(np.repeat([0, 1], [50, 80]), 8)
    given = candidates([20, 30, 60, 90], [A, A, B, A])
    found = drawn(given._replace(kind=given.kind.astype(jnp.int64)), true, jax.random.key(0))
    assert found.truth.sum() == 5
