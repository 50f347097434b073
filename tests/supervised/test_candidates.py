"""Peaks of maps against scipy's, and what is chosen of them against loops."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import find_peaks

from dkva.supervised.candidates import ACTION, BOUNDARY, chosen, peaks, points_of_probabilities
from dkva.supervised.heat_maps import heat_maps
from dkva.supervised.reassembly import assembled_candidates

pytestmark = pytest.mark.fast

N = 24


def scipy_peaks(heat, threshold, mask):
    inside = mask & (heat > np.float32(threshold))
    values = np.pad(np.where(inside, heat, -1.0), 1, constant_values=-1)  # heat is never below 0
    found = np.zeros(len(heat), bool)
    found[find_peaks(values)[0] - 1] = True
    return found


#: Few values, so that many frames are equal; the last ones may be padding, and others masked.
steps = st.lists(st.sampled_from([0, 0.1, 0.25, 0.5, 0.5, 0.75, 1]), min_size=N, max_size=N)
masks = st.one_of(
    st.integers(0, N).map(lambda n: [True] * n + [False] * (N - n)),
    st.lists(st.booleans(), min_size=N, max_size=N),
)

jitted = jax.jit(peaks)
choose = jax.jit(chosen, static_argnames="most")
of_probabilities = jax.jit(points_of_probabilities, static_argnames="most")


@settings(max_examples=150)
@given(steps, masks, st.sampled_from([0.0, 0.1, 0.25, 0.4, 1.0]))
def test_peaks_are_those_of_scipy(heat, mask, threshold):
    heat, mask = np.array(heat, np.float32), np.array(mask)
    found = jitted(jnp.asarray(heat), threshold, jnp.asarray(mask))
    np.testing.assert_array_equal(found, scipy_peaks(heat, threshold, mask))


def test_each_region_has_one_peak_at_least_and_a_plateau_its_middle():
    heat = [0.3, 0.3, 0.1, 0.5, 0.9, 0.9, 0.9, 0.9, 0.4, 0.6, 0.2, 0.7]
    found = jitted(jnp.array(heat), 0.25, jnp.ones(12, bool))
    assert np.flatnonzero(found).tolist() == [0, 5, 9, 11]
    assert np.flatnonzero(jitted(jnp.ones(1), 0.5, jnp.ones(1, bool))).tolist() == [0]


def maps(seed, frames=N):
    rng = np.random.default_rng(seed)
    boundary, action = rng.random((2, frames)).astype(np.float32)
    classes = rng.dirichlet([0.2] * 3, frames).astype(np.float32)
    return boundary, action, classes, np.arange(frames) < frames - 3


def as_rows(candidates):
    """Points that are there, and a check of those that are not."""
    found = [np.asarray(each) for each in candidates]
    count = int(found[4].sum())
    assert found[4][:count].all()
    for each, empty in zip(found, (0, ACTION, 0, -1), strict=False):
        assert (each[count:] == empty).all()
    return [tuple(each[row].item() for each in found[:4]) for row in range(count)]


def sorted_rows(rows, most):
    """The surest, in order of time, boundaries first."""
    surest = sorted(rows, key=lambda row: (-row[2], row[1], row[0]))[:most]
    return sorted(surest, key=lambda row: (row[0], row[1] == ACTION))


@pytest.mark.parametrize("most", [1, 4, 9, 3 * N])
@pytest.mark.parametrize("seed", range(3))
def test_the_surest_peaks_of_both_maps_are_chosen(seed, most):
    boundary, action, classes, mask = maps(seed)
    heat = action * classes.max(axis=1)
    rows = [
        (frame, ACTION, heat[frame].item(), int(classes[frame].argmax()))
        for frame in np.flatnonzero(scipy_peaks(heat, 0.4, mask)).tolist()
    ]
    rows += [
        (frame, BOUNDARY, boundary[frame].item(), -1)
        for frame in np.flatnonzero(scipy_peaks(boundary, 0.2, mask)).tolist()
    ]
    found = choose(*map(jnp.asarray, (boundary, action, classes, mask)), most=most)
    assert all(each.shape == (most,) for each in found)
    assert as_rows(found) == sorted_rows(rows, most)


def test_a_boundary_comes_before_an_action_at_its_frame():
    there = jnp.ones(5, bool)
    peak = jnp.array([0, 0.1, 0.9, 0.1, 0])
    found = choose(peak, peak, jnp.ones((5, 1)), there, most=3)
    assert np.asarray(found.place).tolist() == [2, 2, 0]
    assert np.asarray(found.kind).tolist() == [BOUNDARY, ACTION, ACTION]
    assert np.asarray(found.action).tolist() == [-1, 0, -1]
    assert np.asarray(found.there).tolist() == [True, True, False]


def test_no_point_above_a_threshold():
    flat = jnp.full(6, 0.2)
    found = choose(flat, flat, jnp.ones((6, 1)), jnp.ones(6, bool), most=2)
    assert as_rows(found) == []


@pytest.mark.numerics
@pytest.mark.parametrize("most", [2, 5, 3 * N])
@pytest.mark.parametrize("seed", range(3))
def test_points_of_classes_of_frames(seed, most, x64):
    """Of runs by `itertools.groupby`; means in float64, so that sums in another order are equal to 1e-13."""
    rng = np.random.default_rng(seed)
    mask = np.arange(N) < N - 4
    probabilities = np.repeat(rng.dirichlet([0.5] * 3, N // 2), 2, axis=0)
    rows, start = [], 0
    for _, run in itertools.groupby(probabilities[mask].argmax(axis=1)):
        frames = np.arange(start, start + len(list(run)))
        best = int(probabilities[start].argmax())
        rows.append(((frames[0] + frames[-1]) // 2, ACTION, probabilities[frames, best].mean(), best))
        if start:
            apart = np.abs(probabilities[start] - probabilities[start - 1]).sum() / 2
            rows.append((start, BOUNDARY, apart, -1))
        start += len(frames)
    found = as_rows(of_probabilities(jnp.asarray(probabilities), jnp.asarray(mask), most=most))
    np.testing.assert_allclose(found, sorted_rows(rows, most), rtol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_maps_of_the_truth_give_the_truth_back(seed):
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.choice(np.arange(1, 10), 4, replace=False)) * 12
    classes = (np.cumsum(rng.integers(1, 3, 5)) % 3)[np.searchsorted(cuts, np.arange(120), side="right")]
    boundary, action = heat_maps(classes)
    one_hot = np.eye(3, dtype=np.float32)[classes]
    found = choose(*map(jnp.asarray, (boundary, action, one_hot, np.ones(120, bool))), most=16)
    assert int(found.there.sum()) == 5 + 6  # with both ends
    np.testing.assert_array_equal(assembled_candidates(found, 120, fallback=9).labels(), classes)


def test_padding_has_no_point():
    boundary, action, classes, mask = maps(5)
    kept = [each[:-3] for each in (boundary, action, classes, mask)]
    padded = [np.concatenate([each[:-3], np.full_like(each[-3:], np.nan)]) for each in (boundary, action)]
    spoiled = np.concatenate([classes[:-3], np.full_like(classes[-3:], np.nan)])
    assert as_rows(choose(*map(jnp.asarray, (*padded, spoiled, mask)), most=9)) == as_rows(
        choose(*map(jnp.asarray, kept), most=9)
    )
    assert as_rows(of_probabilities(jnp.asarray(spoiled), jnp.asarray(mask), most=40)) == as_rows(
        of_probabilities(jnp.asarray(kept[2]), jnp.asarray(kept[3]), most=40)
    )
