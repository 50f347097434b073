"""The sequence contrastive loss against CARL's public code, and by loops; what must not change it."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.alignment.sequence_contrast import gaussian_prior, prior_divergence, scl_loss

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


@pytest.fixture(scope="module")
def cases(reference_root):
    return np.load(reference_root / "scl_loss_cases.npz")


def with_slopes(loss):
    """By the frames of both views."""
    return jax.jit(jax.value_and_grad(loss, (0, 1)))


scl_with_slopes = with_slopes(scl_loss)


def views_of(cases, name):
    """The two views of each video: frames, times, masks."""
    frames = np.moveaxis(cases[f"{name}_emb"].astype(float), 1, 0)
    times, masks = (np.moveaxis(cases[f"{name}_{each}"], 1, 0) for each in ("steps", "mask"))
    return (*frames, *times, *masks.astype(bool))


def looped(x, y, times_x, times_y, mask_x, mask_y, temperature, variance, masked_weight):
    """The loss frame by frame, in float64."""
    everything = [(frame, there) for view in ((x, mask_x), (y, mask_y)) for frame, there in paired(*view)]
    total = count = 0
    for mine, other in (
        ((x, times_x, mask_x), (y, times_y, mask_y)),
        ((y, times_y, mask_y), (x, times_x, mask_x)),
    ):
        for video in range(len(x)):
            for frame, time, there in zip(*(each[video] for each in mine), strict=True):
                if not there:
                    continue
                count += 1
                others = [each for each in zip(*(each[video] for each in other), strict=True) if each[2]]
                prior = [math.exp(-((time - at) ** 2) / (2 * variance)) for _, at, _ in others]
                similar = [math.exp(frame @ each / temperature) for each, _, _ in others]
                below = sum(similar) + masked_weight * sum(
                    math.exp(frame @ each / temperature) for each, there in everything if not there
                )
                for weight, near in zip(prior, similar, strict=True):
                    w = weight / sum(prior)
                    if w > 0:
                        total += w * (math.log(w) - math.log(near / below + 1e-6))
    return total / count


def paired(view, mask):
    return zip(view.reshape(-1, view.shape[-1]), mask.reshape(-1), strict=True)


def settings_of(cases, name):
    return {each: float(cases[f"{name}_{each}"]) for each in ("temperature", "variance")}


@pytest.mark.parametrize("name", ["case0", "case1"])
@pytest.mark.parametrize("masked_weight", [0.0, 1e-6, 0.3])
def test_the_loss_is_that_of_loops(x64, cases, name, masked_weight):
    views, settings = views_of(cases, name), settings_of(cases, name)
    # With optimisation it is compared with the public code below.
    found = unoptimised(partial(scl_loss, **settings, masked_weight=masked_weight))(*map(jnp.asarray, views))
    want = looped(*views, **settings, masked_weight=masked_weight)
    np.testing.assert_allclose(found, want, rtol=1e-13)


@pytest.mark.parametrize("name", ["case0", "case1"])
def test_loss_and_gradients_are_those_of_the_public_code(x64, cases, name):
    x, y, *rest = map(jnp.asarray, views_of(cases, name))

    def loss(x, y):
        return scl_loss(x, y, *rest, **settings_of(cases, name), masked_weight=1e-6)

    value, slopes = with_slopes(loss)(x, y)
    # There the prior is computed in float32, whose numbers are 6e-8 off, and some of them a few times that.
    np.testing.assert_allclose(value, cases[f"{name}_loss"], rtol=1e-7)
    np.testing.assert_allclose(np.stack(slopes, 1), cases[f"{name}_grad_emb"], atol=1e-7)
    without = unoptimised(scl_loss)(x, y, *rest)
    assert float(value - without) > 1e-6  # so the weight of masked frames shows


def random_views(seed, n=9, m=7, e=4, videos=2):
    rng = np.random.default_rng(seed)
    frames = [rng.normal(size=(videos, length, e)).astype(np.float32) for length in (n, m)]
    frames = [each / np.linalg.norm(each, axis=-1, keepdims=True) for each in frames]
    times = [np.sort(rng.integers(0, 20, (videos, length), np.int32), axis=1) for length in (n, m)]
    return [*frames, *times]


def padded(views, masks, seed):
    """Views with two more frames, not of unit norm, that are masked."""
    rng = np.random.default_rng(seed)
    longer = [
        np.concatenate([each, rng.integers(-3, 4, (2, 2, *each.shape[2:])).astype(each.dtype)], axis=1)
        for each in views
    ]
    return *longer, *(np.pad(mask, ((0, 0), (0, 2))) for mask in masks)


def test_masked_frames_change_nothing_unless_they_are_given_a_weight():
    views = random_views(0)
    masks = [np.ones(view.shape[:2], bool) for view in views[:2]]
    bare, (slope, _) = scl_with_slopes(*views, *masks)
    again = unoptimised(jax.value_and_grad(scl_loss))
    for seed in (1, 2):
        value, padded_slope = jax.tree.map(np.asarray, again(*padded(views, masks, seed)))
        np.testing.assert_allclose(value, bare, rtol=1e-6)
        np.testing.assert_allclose(padded_slope[:, :-2], slope, atol=1e-6)
        assert not padded_slope[:, -2:].any()
    weighted = unoptimised(partial(scl_loss, masked_weight=1e-6))
    first, other = (weighted(*padded(views, masks, seed)) for seed in (1, 2))
    assert abs(float(first - other)) > 1e-3


def test_a_video_without_frames_to_compare_with_counts_and_adds_nothing():
    views = random_views(1)
    masks = [np.ones(view.shape[:2], bool) for view in views[:2]]
    masks[1][1] = False
    value, slopes = jax.tree.map(np.asarray, scl_with_slopes(*views, *masks))
    alone = unoptimised(scl_loss)(*(each[:1] for each in (*views, *masks)))
    np.testing.assert_allclose(value, alone * (9 + 7) / (9 + 9 + 7), rtol=1e-6)
    assert all(np.isfinite(slope).all() and not slope[1].any() for slope in slopes)
    nothing = [np.zeros_like(mask) for mask in masks]
    value, slopes = scl_with_slopes(*views, *nothing)
    assert value == 0
    assert not any(slope.any() for slope in slopes)


def test_large_inner_products_stay_finite():
    x, y, *times = random_views(2)
    masks = [np.ones(view.shape[:2], bool) for view in (x, y)]
    weighted = unoptimised(jax.value_and_grad(partial(scl_loss, masked_weight=1e-6)))
    for run in (scl_with_slopes, weighted):
        value, slopes = run(30 * x, 30 * y, *times, *masks)
        assert np.isfinite(value)
        for slope in jax.tree.leaves(slopes):
            assert np.isfinite(slope).all()


def test_the_prior_is_a_gaussian_and_on_the_nearest_frame_when_all_are_far(x64):
    centres, times = np.array([[3.0, 1e4]]), np.array([[0.0, 2.0, 5.0, 900.0]])
    mask = np.array([[True, True, True, False]])
    prior = jax.jit(gaussian_prior, static_argnums=3)
    found = np.asarray(prior(centres, times, mask, 10.0))
    want = np.exp(-np.array([9.0, 1.0, 4.0]) / 20)
    np.testing.assert_allclose(found[0, 0], [*want / want.sum(), 0], rtol=1e-14)
    np.testing.assert_array_equal(found[0, 1], [0, 0, 1, 0])
    assert not np.any(prior(centres, times, np.zeros(mask.shape, bool), 10.0))


def test_the_divergence_is_that_of_definition(x64):
    prior, given = np.array([[[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]]), np.array([[[0.2, 0.3, 0.5]] * 2])
    divergence = jax.jit(prior_divergence)
    found = np.asarray(divergence(prior, given, np.array([[True, True]])))
    want = [0.5 * math.log(0.5 / 0.2) + 0.5 * math.log(0.5 / 0.3), math.log(1 / 0.2)]
    np.testing.assert_allclose(found[0], want, atol=1e-5)  # 1e-6 is added to probabilities
    assert np.asarray(divergence(prior, given, np.array([[False, True]])))[0, 0] == 0
