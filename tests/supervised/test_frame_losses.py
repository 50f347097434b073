"""The loss against loops, the released code's values, and what must not change it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import log_softmax
from unoptimised import unoptimised

from dkva.supervised.frame_losses import frame_loss

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

loss, cheap_loss = (
    compiled(frame_loss, static_argnames=("smoothing", "truncation", "over_padding"))
    for compiled in (jax.jit, unoptimised)
)


def by_loops(logits, targets, mask, smoothing=0.15, truncation=16.0, over_padding=False, before=None):
    """`before` are the logits that stand for the frame before, which has no gradient."""
    total = 0.0
    told = log_softmax(logits, axis=-1)
    earlier = told if before is None else log_softmax(before, axis=-1)
    for stage in range(len(logits)):
        entropies = [-told[stage, t, c] for t, c in enumerate(targets) if c >= 0 and mask[t]]
        total += np.mean(entropies) if entropies else 0.0
        changes = [
            np.minimum((told[stage, t] - earlier[stage, t - 1]) ** 2, truncation).mean() * bool(mask[t])
            for t in range(1, len(targets))
            if mask[t] or over_padding
        ]
        total += smoothing * np.mean(changes) if changes else 0.0
    return total


def drawn(n=9, stages=2, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(stages, n, classes)), rng.integers(-1, classes, n), np.arange(n) < n - 2


@pytest.mark.parametrize("over_padding", [False, True])
@pytest.mark.parametrize("settings", [{}, {"smoothing": 1.0, "truncation": 2.0}, {"smoothing": 0.0}])
def test_loss_is_that_of_loops(x64, settings, over_padding):
    given = drawn()
    chosen = cheap_loss if settings else loss
    found = chosen(*map(jnp.asarray, given), over_padding=over_padding, **settings)
    want = by_loops(*given, over_padding=over_padding, **settings)
    assert float(found) == pytest.approx(want, rel=1e-12)


def test_the_frame_before_has_no_gradient(x64):
    logits, targets, mask = drawn()
    found = np.asarray(jax.jit(jax.grad(frame_loss))(*map(jnp.asarray, (logits, targets, mask))))
    for seed in range(3):
        way, step = np.random.default_rng(seed).normal(size=logits.shape), 1e-6
        high, low = (by_loops(logits + sign * step * way, targets, mask, before=logits) for sign in (1, -1))
        assert np.sum(found * way) == pytest.approx((high - low) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("case", ["T97", "T64"])
def test_parts_are_those_of_the_released_code(x64, reference_root, case):
    with np.load(reference_root / "asformer_case.npz") as file:
        stages, mask, targets = (file[f"{case}_{name}"] for name in ("stages", "mask", "target"))
        parts = [file[f"{case}_loss_{name}_per_stage"] for name in ("ce", "smooth")]
        total = float(file[f"{case}_loss"])
    targets = jnp.asarray(np.where(targets < 0, -1, targets))
    given = jnp.asarray(np.swapaxes(stages, 1, 2)), targets, jnp.asarray(mask[0], jnp.float64)
    assert float(loss(*given, over_padding=True)) == pytest.approx(total, rel=1e-9)
    entropy = cheap_loss(*given, smoothing=0.0, over_padding=True)
    assert float(entropy) == pytest.approx(parts[0].sum(), rel=1e-9)


def test_padding_changes_nothing_unless_it_is_asked_to(x64):
    logits, targets, _ = drawn()
    mask = np.ones(9, bool)
    longer = (
        np.pad(logits, ((0, 0), (0, 5), (0, 0)), constant_values=7.0),
        np.pad(targets, (0, 5), constant_values=2),
        np.pad(mask, (0, 5)),
    )
    # By the program of the first test, whose mask is data.
    short = float(loss(*map(jnp.asarray, (logits, targets, mask))))
    assert float(cheap_loss(*map(jnp.asarray, longer))) == pytest.approx(short, rel=1e-12)
    assert float(cheap_loss(*map(jnp.asarray, longer), over_padding=True)) < short


def test_a_video_without_labels_or_of_one_frame_has_a_loss():
    logits = jnp.asarray(drawn()[0], jnp.float32)
    unlabelled, everywhere = jnp.asarray(np.full(9, -1)), jnp.asarray(np.ones(9, bool))
    value, gradient = jax.jit(jax.value_and_grad(frame_loss))(logits, unlabelled, everywhere)
    want = by_loops(np.asarray(logits), np.full(9, -1), np.ones(9))
    assert float(value) == pytest.approx(want, rel=1e-5)
    assert np.isfinite(gradient).all()
    single = cheap_loss(np.asarray(logits)[:, :1], np.array([1]), np.array([True]))
    want = by_loops(np.asarray(logits[:, :1]), np.array([1]), np.ones(1))
    assert float(single) == pytest.approx(want, rel=1e-5)
