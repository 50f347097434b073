"""Maps by hand and by loops, and the focal loss as it is printed, with its gradient and its extremes."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tolerances import eps, sum_error
from unoptimised import unoptimised

from dkva.supervised.heat_maps import focal_loss, heat_maps

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def looped(targets, region, neighbourhood, positive, share, cut):
    """Frame by frame and point by point."""
    n, maps = len(targets), ([], [])
    segments, start = [], 0
    for end in range(1, n + 1):
        if end == n or targets[end] != targets[start]:
            if targets[start] >= 0:
                segments.append((start, end))
            start = end
    edges = {edge for segment in segments for edge in segment}
    for t in range(n):
        at = [0.0]
        for edge in edges:
            gauss = np.exp(-((t - edge) ** 2) / (2 * (0.5 * region) ** 2))
            at.append(0.0 if cut and abs(t - edge) > region / 2 else gauss)
            at.append(1.0 if abs(t - edge) <= neighbourhood / 2 else 0.0)
        maps[0].append(max(at))
        at = [0.0]
        for first, end in segments:
            length, middle = end - first, (first + end - 1) / 2
            gauss = np.exp(-((t - middle) ** 2) / (2 * (0.25 * share * length) ** 2))
            at.append(0.0 if cut and abs(t - middle) > share * length / 2 else gauss)
            at.append(1.0 if abs(t - middle) <= max(positive * length / 2, 0.5) else 0.0)
        maps[1].append(max(at))
    return maps


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 14)), min_size=1, max_size=6), st.booleans())
def test_maps_are_those_of_loops(runs, cut):
    targets = np.repeat([run[0] for run in runs], [run[1] for run in runs])
    found = heat_maps(targets, boundary_region=7.5, boundary_neighbourhood=3, cut=cut)
    want = looped(targets, 7.5, 3, 0.32, 0.8, cut)
    for each, other in zip(found, want, strict=True):
        assert each.dtype == np.float32
        # A frame has half an eps from being stored, and as much from exp; 1 and 0 are exact.
        np.testing.assert_allclose(each, other, rtol=eps(np.float32), atol=1e-37)
        np.testing.assert_array_equal(each == 1, np.array(other) == 1)
        assert ((each >= 0) & (each <= 1)).all()


def test_each_segment_has_its_points():
    targets = np.repeat([0, 1, 0, 2], [25, 2, 50, 1])
    boundary, action = heat_maps(targets)
    # Two frames on each side, and of the end, frame 78, the last two.
    ones = {edge + k for edge in (0, 25, 27, 77, 78) for k in range(-2, 3)} & set(range(78))
    assert set(np.flatnonzero(boundary == 1).tolist()) == ones
    # .32 of 25 frames around 12, both of 25 and 26, .32 of 50 around 51.5, frame 77.
    ones = {*range(8, 17), 25, 26, *range(44, 60), 77}
    assert set(np.flatnonzero(action == 1).tolist()) == ones
    # The regions: 16.5 frames on each side of a boundary, .4 of a segment on each side of its middle.
    assert np.flatnonzero(boundary[:25] == 0).tolist() == []
    assert boundary[27 + 16] == pytest.approx(np.exp(-0.5 * (16 / 16.5) ** 2))
    assert boundary[27 + 17] == 0
    assert action[12 + 10] == pytest.approx(np.exp(-2))
    assert action[12 + 11] == 0


def test_maps_that_are_not_cut_are_never_zero():
    maps = heat_maps(np.repeat([0, 1], 60), cut=False)
    assert (maps.boundary > 0).all()
    assert (maps.action > 0).all()


def test_frames_without_labels():
    maps = heat_maps([-1] * 9)
    assert not maps.boundary.any()
    assert not maps.action.any()
    # Both ends of the gap are boundaries.
    maps = heat_maps(np.repeat([0, -1, 0], 10), boundary_region=2, boundary_neighbourhood=1)
    assert np.flatnonzero(maps.boundary == 1).tolist() == [0, 10, 20]
    assert not maps.action[10:20].any()


@pytest.mark.parametrize(
    ("targets", "options", "problem"),
    [
        ([], {}, r"targets are float64 of shape \(0,\): give the class of each frame"),
        ([0.0, 1.0], {}, "targets are float64"),
        ([0, -2], {}, "targets are int64"),
        ([0, 1], {"boundary_region": 0.0}, "boundary_region is 0.0: give a positive number"),
        ([0, 1], {"action_positive": 1.5}, "action_positive is 1.5: give a positive number, at most 1"),
    ],
)
def test_wrong_calls_are_refused(targets, options, problem):
    with pytest.raises(ValueError, match=problem):
        heat_maps(targets, **options)


TARGETS = np.repeat([0, 1, 0], [9, 6, 5])


def case(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    target = heat_maps(TARGETS, boundary_region=8, boundary_neighbourhood=3).boundary
    mask = np.arange(len(TARGETS)) < 17
    return rng.normal(scale=3, size=len(TARGETS)).astype(dtype), target, mask


def printed(logits, target, mask, gamma, alpha, beta, count):
    """Equation (1), a frame at a time."""
    total, terms, positives, before = 0.0, 0.0, 0, False
    for logit, wanted, there in zip(logits, target.astype(np.float64), mask, strict=True):
        if not there:
            continue
        p = 1 / (1 + np.exp(-logit))
        if wanted == 1:
            term = -(1 - gamma) * (1 - p) ** alpha * np.log(p)
        else:
            term = -gamma * (1 - wanted) ** beta * p**alpha * np.log(1 - p)
        total, terms = total + term, terms + abs(term)
        positives += wanted == 1 and not (count == "points" and before)
        before = wanted == 1
    return total / positives, terms / positives


@pytest.mark.parametrize("count", ["frames", "points"])
@pytest.mark.parametrize(("gamma", "alpha", "beta"), [(0.8, 2.0, 4.0), (0.3, 1.5, 1.0)])
def test_the_loss_is_as_it_is_printed(x64, count, gamma, alpha, beta):
    logits, target, mask = case()
    loss = jax.jit(partial(focal_loss, gamma=gamma, alpha=alpha, beta=beta, count=count))
    found = float(loss(logits, target, mask))
    want, terms = printed(logits, target, mask, gamma, alpha, beta, count)
    # 1 - p of the printed formula has lost up to exp(9) of its digits at logits of 9.
    assert np.abs(logits).max() < 9
    assert found == pytest.approx(want, abs=np.exp(9) * sum_error(len(logits), np.float64) * terms)


def test_points_are_fewer_than_frames(x64):
    given = case()
    positives = given[2] & (given[1] == 1)

    @unoptimised
    def ratio_of(*given):
        return focal_loss(*given, gamma=0.8, count="points") / focal_loss(*given, gamma=0.8)

    ratio = float(ratio_of(*given))
    # Frames 0 and 1, 8 to 10, 14 to 16.
    assert ratio == pytest.approx(int(positives.sum()) / 3)
    assert int(positives.sum()) == 8


def test_gradient_is_that_of_finite_differences(x64):
    logits, target, mask = case(1)

    @jax.jit
    @jax.value_and_grad
    def loss(logits):
        return focal_loss(logits, jnp.asarray(target), jnp.asarray(mask), gamma=0.75)

    value, slope = map(np.asarray, loss(logits))
    assert not slope[17:].any()
    step = 1e-6
    for frame in range(len(TARGETS)):
        way = step * (np.arange(len(TARGETS)) == frame)
        moved = [float(loss(logits + sign * way)[0]) for sign in (1, -1)]
        # Central differences err by step²/6 of the third derivative, and by rounding over the step.
        error = step**2 + sum_error(len(TARGETS), np.float64) * float(value) / step
        assert abs(slope[frame] - (moved[0] - moved[1]) / (2 * step)) <= error


sure = jax.jit(jax.value_and_grad(partial(focal_loss, gamma=0.5)))


@pytest.mark.parametrize("size", [30.0, 200.0, 1e4, 1e30])
def test_sure_logits_neither_overflow_nor_vanish(size):
    """A frame that is wrong costs its logit; one that is right nothing."""
    target, there = np.array([1.0, 0.0], np.float32), np.ones(2, bool)
    right, slope = sure(np.array([size, -size], np.float32), target, there)
    assert right == pytest.approx(0, abs=1e-12)
    assert np.isfinite(slope).all()
    wrong, slope = sure(np.array([-size, size], np.float32), target, there)
    assert wrong == pytest.approx(size, rel=1e-6)
    np.testing.assert_allclose(slope, [-0.5, 0.5], rtol=1e-6)


def test_padding_does_not_count_whatever_it_holds():
    logits, target, mask = case(dtype=np.float32)
    loss = jax.jit(jax.value_and_grad(lambda *given: focal_loss(*given, gamma=0.8)))
    clean = loss(*map(jnp.asarray, (logits, target, mask)))
    logits[17:], target[17:] = np.nan, 1
    spoiled = loss(*map(jnp.asarray, (logits, target, mask)))
    for one, other in zip(clean, spoiled, strict=True):
        np.testing.assert_array_equal(one, other)


def test_without_a_positive_the_sum_is_the_loss():
    zeros, ones = np.zeros(4, np.float32), np.ones(4, np.float32)
    loss = jax.jit(partial(focal_loss, gamma=0.8))
    found = float(loss(zeros, zeros, ones > 0))
    assert found == pytest.approx(4 * 0.8 * 0.25 * np.log(2), rel=4 * sum_error(4, np.float32))
    assert loss(zeros, ones, ones < 0) == 0


def test_an_unknown_count_is_refused():
    zeros = jnp.zeros(2)
    with pytest.raises(ValueError, match="unknown count 'maps': choose one of frames, points"):
        focal_loss(zeros, zeros, jnp.ones(2, bool), gamma=0.8, count="maps")
