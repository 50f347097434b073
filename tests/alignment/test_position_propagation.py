"""LRProp's losses by loops and by paths found in NumPy, their gradients, and what must not change them."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.alignment.position_propagation import (
    frame_distances,
    other_video,
    propagated_times,
    same_video,
    soft_warping,
)
from dkva.alignment.sequence_contrast import scl_loss
from dkva.base.dtw import dtw

pytestmark = pytest.mark.fast

HOW = {"temperature": 0.2, "variance": 10.0}

#: The worked example: sequences of numbers, the path of least distance between them, and soft-DTW by gamma.
X, Y = [0.0, 1, 2, 2, 5, 6], [0.0, 2, 2.5, 5, 7]
PATH = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]
SOFT = {0.1: 2.360860, 1.0: -0.234807, 0.001: 2.498614}


def pairs(seed=0, b=3, n=7, m=9, e=4):
    """Frames of unit norm, times and masks, the last frames of some clips missing."""
    rng = np.random.default_rng(seed)
    x, y = (rng.normal(size=(b, size, e)) for size in (n, m))
    x, y = (each / np.linalg.norm(each, axis=-1, keepdims=True) for each in (x, y))
    times = (np.sort(rng.choice(40, (b, size)), axis=1) for size in (n, m))
    masks = (np.arange(size) < rng.integers(3, size + 1, (b, 1)) for size in (n, m))
    return tuple(map(jnp.asarray, (x, y, *times, *masks)))


def divergence(mine, others, centre, times):
    """Of one frame, in NumPy."""
    prior = np.exp(-((times - centre) ** 2) / (2 * HOW["variance"]))
    prior /= prior.sum()
    p = np.exp(others @ mine / HOW["temperature"])
    p /= p.sum()
    return sum(w * (np.log(w) - np.log(q + 1e-6)) for w, q in zip(prior, p, strict=True) if w > 0)


def looped(x, y, times_x, times_y, mask_x, mask_y, centres):
    """Both directions of one pair summed; `centres` gives where each frame of x and of y is to lie."""
    x, times_x, y, times_y = x[mask_x], times_x[mask_x], y[mask_y], times_y[mask_y]
    of_x, of_y = centres(x, y, times_x, times_y)
    total = sum(divergence(frame, y, centre, times_y) for frame, centre in zip(x, of_x, strict=True))
    return total + sum(divergence(frame, x, centre, times_x) for frame, centre in zip(y, of_y, strict=True))


def own_times(x, y, times_x, times_y):
    return times_x, times_y


def matched_times(x, y, times_x, times_y):
    """By the path that NumPy finds: of each frame the first partner."""
    path = dtw(np.linalg.norm(x[:, None] - y[None], axis=-1)).path
    first = [min(j for i, j in path if i == frame) for frame in range(len(x))]
    back = [min(i for i, j in path if j == frame) for frame in range(len(y))]
    return times_y[first], times_x[back]


@pytest.mark.numerics
@pytest.mark.parametrize(("loss", "centres"), [(same_video, own_times), (other_video, matched_times)])
def test_divergences_are_those_of_loops(loss, centres, x64):
    given = pairs()
    wanted = np.array([looped(*(np.asarray(each[pair]) for each in given), centres) for pair in range(3)])
    found, mean = jax.jit(lambda *given: (loss(*given, **HOW, reduction="sum"), loss(*given, **HOW)))(*given)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    frames = np.asarray(given[4]).sum(1) + np.asarray(given[5]).sum(1)
    np.testing.assert_allclose(mean, wanted / frames, rtol=1e-10)


@pytest.mark.numerics
def test_divergences_of_one_video_are_carls(x64):
    given = [np.asarray(each)[:1] for each in pairs()]
    both = unoptimised(lambda *given: (scl_loss(*given, **HOW), same_video(*given, **HOW)[0]))
    np.testing.assert_allclose(*both(*given), rtol=1e-12)


@pytest.mark.numerics
def test_the_worked_example(x64):
    x, y = (jnp.asarray(np.array(each)[None, :, None]) for each in (X, Y))
    every = [jnp.asarray(np.ones(each.shape[:2], bool)) for each in (x, y)]
    distances = np.asarray(jax.jit(frame_distances)(x, y))
    np.testing.assert_allclose(distances[0], np.abs(np.subtract.outer(X, Y)), atol=1e-12)
    path = np.zeros((1, 6, 5), bool)
    path[0][tuple(zip(*PATH, strict=True))] = True
    assert dtw(distances[0]).path.tolist() == [list(each) for each in PATH]
    times = jnp.asarray(np.arange(10, 15)[None])
    np.testing.assert_array_equal(propagated_times(jnp.asarray(path), times), [[10, 10, 11, 12, 13, 14]])
    for gamma, value in SOFT.items():
        warping = unoptimised(partial(soft_warping, gamma=gamma))
        np.testing.assert_allclose(warping(x, y, *every), [value], atol=1e-6)


@pytest.mark.numerics
def test_a_frame_of_several_partners_is_drawn_to_the_first():
    path = jnp.array([[[True, True, True], [False, False, True]]])
    np.testing.assert_array_equal(propagated_times(path, jnp.array([[3, 5, 9]])), [[3, 9]])


def soft(x, y, times_x, times_y, mask_x, mask_y):
    return soft_warping(x, y, mask_x, mask_y, gamma=0.3)


LOSSES = {"same": partial(same_video, **HOW), "other": partial(other_video, **HOW), "soft": soft}


@cache
def with_slopes(name):
    """Of the sum over pairs, by x and y, and each pair's own."""

    def loss(x, y, *rest):
        each = LOSSES[name](x, y, *rest)
        return jnp.sum(each), each

    return jax.jit(jax.value_and_grad(loss, (0, 1), has_aux=True))


@pytest.mark.numerics
@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_finite_differences(name, x64):
    x, y, *rest = pairs(1)
    loss, rng, step = with_slopes(name), np.random.default_rng(0), 1e-6
    x, y = map(np.asarray, (x, y))
    by_x, by_y = (rng.normal(size=each.shape) for each in (x, y))
    slope_x, slope_y = map(np.asarray, loss(x, y, *rest)[1])
    above, below = (loss(x + sign * by_x, y + sign * by_y, *rest)[0][0] for sign in (step, -step))
    found = np.sum(slope_x * by_x) + np.sum(slope_y * by_y)
    np.testing.assert_allclose(found, (above - below) / (2 * step), rtol=1e-5)


@pytest.mark.numerics
@pytest.mark.parametrize("name", LOSSES)
def test_masked_frames_count_nowhere(name, x64):
    x, y, _, _, mask_x, mask_y = given = tuple(map(np.asarray, pairs(2)))
    loss = with_slopes(name)
    (_, found), (by_x, by_y) = jax.tree.map(np.asarray, loss(*given))
    spoilt = np.where(mask_x[..., None], x, 5.0), np.where(mask_y[..., None], y, -3.0)
    np.testing.assert_allclose(found, loss(*spoilt, *given[2:])[0][1], rtol=1e-12)
    assert not by_x[~mask_x].any()
    assert not by_y[~mask_y].any()
    n, m = int(mask_x[0].sum()), int(mask_y[0].sum())
    assert (n, m) != (7, 9)
    cut = [each[:1, :size] for each, size in zip(given, (n, m) * 3, strict=True)]
    np.testing.assert_allclose(found[0], unoptimised(LOSSES[name])(*cut)[0], rtol=1e-10)


@pytest.mark.parametrize("name", LOSSES)
def test_clips_without_a_frame_have_no_loss_and_no_gradient(name):
    x, y, times_x, times_y, mask_x, mask_y = pairs(3)
    empty = mask_x & (jnp.arange(3) != 1)[:, None]
    frames = x.astype(jnp.float32), y.astype(jnp.float32)
    (_, each), slopes = with_slopes(name)(*frames, times_x, times_y, empty, mask_y)
    assert each[1] == 0
    assert each[0] != 0
    for slope in slopes:
        assert np.isfinite(slope).all()
        assert not slope[1].any()


@pytest.mark.numerics
def test_frames_that_are_alike_have_a_finite_gradient():
    x = np.ones((1, 3, 4), np.float32) / 2

    def total(x):
        found = frame_distances(x, x)
        return jnp.sum(found), found

    slope, found = jax.jit(jax.grad(total, has_aux=True))(x)
    np.testing.assert_array_equal(found, np.zeros((1, 3, 3)))
    assert not np.any(slope)


@pytest.mark.numerics
def test_soft_dtw_alone_is_least_if_all_frames_are_one_and_divergences_are_not(x64):
    n = 6
    paths = np.ones((n, n))  # how many lead to each pair of frames: Delannoy's numbers
    for i, j in np.ndindex(n - 1, n - 1):
        paths[i + 1, j + 1] = paths[i, j] + paths[i, j + 1] + paths[i + 1, j]
    x = np.asarray(pairs(4, b=20, n=n, m=n)[0])
    one = np.broadcast_to(x[:, :1], x.shape)
    times, every = np.broadcast_to(np.arange(n), (20, n)), np.ones((20, n), bool)
    softly = unoptimised(soft)
    collapsed, apart = (softly(*both, times, times, every, every) for both in ((one, one), (x, x)))
    np.testing.assert_allclose(collapsed, -0.3 * np.log(paths[-1, -1]), rtol=1e-9)
    assert (collapsed < apart).all()
    # Position propagation by a narrow Gaussian asks that each frame be told from all others.
    sharp = unoptimised(partial(other_video, temperature=0.2, variance=0.01))
    collapsed, apart = (sharp(*both, times, times, every, every) for both in ((one, one), (x, x)))
    np.testing.assert_allclose(collapsed, np.log(n), rtol=1e-4)
    assert (collapsed > apart).all()


def test_refuses_another_reduction():
    with pytest.raises(ValueError, match="unknown reduction 'median'"):
        same_video(*pairs(), **HOW, reduction="median")
