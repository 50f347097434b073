"""The loss of n pairs against CARL's public code, and by loops; what must not change it."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.alignment.n_pairs import tcn_loss

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def test_loss_and_gradients_are_those_of_the_public_code(x64, reference_root):
    stored = np.load(reference_root / "scl_loss_cases.npz")
    weight = float(stored["tcn_reg_lambda"])

    def loss(frames):  # anchors and positives in turn
        pairs = frames[None, 0::2], frames[None, 1::2]
        return tcn_loss(*pairs, jnp.ones((1, len(frames) // 2), bool), weight=weight)

    value, slope = jax.jit(jax.value_and_grad(loss))(jnp.asarray(stored["tcn_emb"], float))
    np.testing.assert_allclose(value, stored["tcn_loss"], rtol=1e-13)
    np.testing.assert_allclose(slope, stored["tcn_grad_emb"], atol=1e-13)


def looped(anchors, positives, weight):
    """The loss of one video without masks."""
    found = 0.0
    for own, anchor in enumerate(anchors):
        similar = np.array([anchor @ positive for positive in positives])
        found += np.log(np.exp(similar).sum()) - similar[own]
        found += 0.25 * weight * (anchor @ anchor + positives[own] @ positives[own])
    return found / len(anchors)


def pairs(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3, 6, 4))


def test_masked_pairs_do_not_count(x64):
    anchors, positives = pairs()
    mask = np.array([[1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 1], [1, 1, 1, 1, 1, 1]], bool)
    want = np.mean([looped(a[m], p[m], 0.3) for a, p, m in zip(anchors, positives, mask, strict=True)])
    call = jax.jit(jax.value_and_grad(partial(tcn_loss, weight=0.3), (0, 1)))
    for filling in (0.0, 50.0):
        given = [np.where(mask[..., None], each, filling) for each in (anchors, positives)]
        value, slopes = call(*given, mask)
        np.testing.assert_allclose(value, want, rtol=1e-13)
        assert not any(slope[~mask].any() for slope in slopes)


def test_a_video_without_pairs_does_not_count(x64):
    anchors, positives = pairs(1)
    mask, kept = np.array([[True] * 6, [False] * 6, [True] * 6]), [0, 2]
    call = jax.jit(jax.value_and_grad(tcn_loss))
    want = jax.jit(tcn_loss)(anchors[kept], positives[kept], mask[kept])
    value, slope = call(anchors, positives, mask)
    np.testing.assert_allclose(value, want, rtol=1e-14)
    assert np.isfinite(slope).all()
    value, slope = call(anchors, positives, np.zeros_like(mask))
    assert value == 0
    assert not slope.any()
