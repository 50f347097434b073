"""Losses of MASA by loops, their gradients by finite differences, and what must not change them."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.alignment import masa_losses
from dkva.alignment.masa_losses import masa_loss

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

agreement = jax.jit(masa_losses.agreement, static_argnames="stop_gradient")
matching_error, cheap_matching_error = (
    compiled(masa_losses.matching_error, static_argnames=("temperature", "squared"))
    for compiled in (jax.jit, unoptimised)
)


def cosine(one, other):
    return one @ other / np.sqrt((one @ one) * (other @ other))


def one_way(x, y, times_x, times_y, temperature, squared):
    errors = []
    for frame, time in zip(x, times_x, strict=True):
        weights = np.array([np.exp(cosine(frame, other) / temperature) for other in y])
        apart = time - weights @ times_y / weights.sum()
        errors.append(apart**2 if squared else abs(apart))
    return np.mean(errors)


def shared(one, other, indices_x, indices_y):
    """Mean cosine over the frames that are in both."""
    found = [
        cosine(one[j], other[k])
        for j, mine in enumerate(indices_x)
        for k, theirs in enumerate(indices_y)
        if mine == theirs
    ]
    return np.mean(found) if found else None


N, M = 6, 5


def views(seed=0):
    """Two pairs of views: frames, what is predicted, indices, masks; the first ones padded."""
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(2, 2, N, 4))
    x, y = frames[0], frames[1, :, :M]
    predicted = rng.normal(size=(2, 2, N, 4))
    indices = [np.sort(rng.choice(9, (size,), replace=False)) for size in (N, M, N, M)]
    masks = np.arange(N)[None] < np.array([[4], [N]]), np.arange(M)[None] < np.array([[3], [M]])
    predictions = predicted[0], predicted[1, :, :M]
    return (x, y), predictions, (np.stack(indices[::2]), np.stack(indices[1::2])), masks


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_errors_of_matching(x64, squared, temperature):
    (x, y), _, indices, masks = views()
    times = [each.astype(float) for each in indices]
    chosen = matching_error if (temperature, squared) == (0.1, False) else cheap_matching_error
    given = partial(chosen, temperature=temperature, squared=squared)
    found = given(*map(jnp.asarray, (x, y, *times, *masks)))
    for one, (mine, others) in enumerate(zip(*masks, strict=True)):
        forth = x[one][mine], y[one][others], times[0][one][mine], times[1][one][others]
        back = forth[1], forth[0], forth[3], forth[2]
        want = (one_way(*forth, temperature, squared) + one_way(*back, temperature, squared)) / 2
        np.testing.assert_allclose(found[one], want, rtol=1e-12)


@pytest.mark.parametrize("stop_gradient", [False, True])
def test_agreement_over_shared_frames(x64, stop_gradient):
    (x, y), (p, q), indices, masks = views(1)
    found = agreement(*map(jnp.asarray, (x, y, p, q, *indices, *masks)), stop_gradient=stop_gradient)
    for one, (mine, others) in enumerate(zip(*masks, strict=True)):
        ours = indices[0][one][mine], indices[1][one][others]
        forth = shared(x[one][mine], q[one][others], *ours)
        want = (forth + shared(p[one][mine], y[one][others], *ours)) / 2
        np.testing.assert_allclose(found[one], want, rtol=1e-12)


def test_the_loss_is_the_error_if_views_agree_and_grows_as_they_do_not(x64):
    errors = jnp.array([3.0, 5.0])
    assert masa_loss(errors) == 4
    for agreed, factor in ((1.0, 1), (0.0, 2), (-0.5, 4)):
        found = masa_loss(errors, jnp.full(2, agreed))
        np.testing.assert_allclose(found, factor * 4, rtol=3e-7)
    uneven = masa_loss(errors, jnp.array([1.0, 0.0]))
    np.testing.assert_allclose(uneven, (3 + 10) / 2, rtol=2e-7)
    assert np.isfinite(masa_loss(jnp.ones(1, jnp.float32), -jnp.ones(1, jnp.float32)))


def test_views_without_a_common_frame_count_as_if_they_agreed():
    (x, y), (p, q), (ours, theirs), masks = views(2)
    given = map(jnp.asarray, (x, y, p, q, ours, theirs + 100, *masks))
    np.testing.assert_array_equal(agreement(*given), 1)


def test_equal_views_are_led_to_themselves(x64):
    frames = np.eye(5)[None] * 3
    times, there = np.arange(5.0)[None], np.ones((1, 5), bool)
    found = cheap_matching_error(frames, frames, times, times, there, there, temperature=0.02)
    np.testing.assert_allclose(found, 0, atol=1e-15)
    # Without a temperature a frame is led nearly to the middle: to the mean with weights e, 1, 1, 1, 1.
    found = cheap_matching_error(frames, frames, times, times, there, there, temperature=1.0)
    led = [(10 + (np.e - 1) * time) / (np.e + 4) for time in range(5)]
    np.testing.assert_allclose(found, np.mean(np.abs(np.arange(5) - led)), rtol=1e-12)


def test_padding_does_not_count(x64):
    (x, y), (p, q), indices, masks = views(3)
    times = [each.astype(float) for each in indices]

    @jax.jit
    @partial(jax.value_and_grad, argnums=(0, 1))
    def total(x, y):
        return jnp.sum(masa_losses.matching_error(x, y, *map(jnp.asarray, (*times, *masks))))

    def values(filling):
        mine, others = masks
        filled = [
            np.where(mask[..., None], each, filling)
            for each, mask in ((x, mine), (y, others), (p, mine), (q, others))
        ]
        errors, slopes = jax.tree.map(np.asarray, total(*filled[:2]))
        assert not slopes[0][~mine].any()
        assert not slopes[1][~others].any()
        return errors, agreement(*map(jnp.asarray, (*filled, *indices, *masks)))

    for one, other in zip(values(0.0), values(7.0), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_order_within_a_view_does_not_count(x64):
    (x, y), (p, q), (ours, theirs), masks = views(4)
    order = np.random.default_rng(0).permutation(N)
    mine, others = masks
    shuffled = x[:, order], p[:, order], ours[:, order], mine[:, order]
    times, moved = ours.astype(float), shuffled[2].astype(float)
    for one, other in (
        (
            matching_error(*map(jnp.asarray, (x, y, times, theirs.astype(float), *masks))),
            matching_error(*map(jnp.asarray, (shuffled[0], y, moved, theirs * 1.0, shuffled[3], others))),
        ),
        (
            agreement(*map(jnp.asarray, (x, y, p, q, ours, theirs, *masks))),
            agreement(
                *map(jnp.asarray, (shuffled[0], y, shuffled[1], q, shuffled[2], theirs, shuffled[3], others))
            ),
        ),
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_gradients_are_those_of_finite_differences(x64):
    (x, y), (p, q), indices, masks = views(5)
    times = [jnp.asarray(each.astype(float)) for each in indices]
    rest = [jnp.asarray(each) for each in (*indices, *masks)]

    @jax.jit
    @partial(jax.value_and_grad, argnums=(0, 1, 2, 3))
    def loss(x, y, p, q):
        errors = masa_losses.matching_error(x, y, *times, *rest[2:])
        return masa_loss(errors, masa_losses.agreement(x, y, p, q, *rest, stop_gradient=False))

    given = x, y, p, q
    slopes = loss(*given)[1]
    rng = np.random.default_rng(0)
    for place in range(4):
        direction = rng.normal(size=given[place].shape)
        moved = [
            loss(*(each + sign * 1e-6 * direction if at == place else each for at, each in enumerate(given)))
            for sign in (1, -1)
        ]
        # Of second order in the step, and rounding divided by it.
        np.testing.assert_allclose(
            np.sum(slopes[place] * direction), float(moved[0][0] - moved[1][0]) / 2e-6, rtol=1e-6
        )


def test_the_gradient_stops_at_projected_frames(x64):
    (x, y), (p, q), indices, masks = views(6)
    rest = [jnp.asarray(each) for each in (*indices, *masks)]

    def slopes(stop_gradient):
        def total(*frames):
            return jnp.sum(masa_losses.agreement(*frames, *rest, stop_gradient=stop_gradient))

        found = unoptimised(jax.grad(total, (0, 1, 2, 3)))(x, y, p, q)
        return jax.tree.map(np.asarray, found)

    stopped, through = slopes(stop_gradient=True), slopes(stop_gradient=False)
    assert not stopped[0].any()
    assert not stopped[1].any()
    assert through[0].any()
    assert through[1].any()
    for place in (2, 3):
        assert stopped[place].any()
        np.testing.assert_allclose(stopped[place], through[place], rtol=1e-12)
