"""Attention in blocks against a loop over frames, as the released code lays its blocks out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.supervised import block_attention as module
from dkva.supervised.block_attention import block_attention

pytestmark = pytest.mark.numerics

attend = jax.jit(block_attention, static_argnums=4)


def by_frames(queries, keys, values, mask, dilation):
    half, n = dilation // 2, len(values)
    found = np.zeros_like(values)
    for place, query in enumerate(queries):
        first, total = place // dilation * dilation - half, 0.0
        for column in range(dilation + 2 * half):
            other = first + column
            inside = 0 <= other < n
            read = inside and column < 2 * dilation - 1 and bool(mask[other])
            score = query @ keys[other] / np.sqrt(len(query)) if inside else 0.0
            weight = np.exp(score) * (read + 1e-6)
            total += weight
            found[place] += weight * values[other] if read else 0
        found[place] /= total
    return found


def drawn(n, seed=0, e=3, v=2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, e)), rng.normal(size=(n, e)), rng.normal(size=(n, v)), rng.random(n) < 0.8


CASES = [(5, 1, 256), (5, 2, 256), (16, 4, 256), (15, 4, 1), (20, 5, 256), (5, 8, 256), (8, 8, 1)]


@pytest.mark.parametrize(("n", "dilation", "large"), CASES)
def test_all_frames_of_a_block_read_the_same_ones(x64, monkeypatch, n, dilation, large):
    monkeypatch.setattr(module, "_LARGE", large)
    given = drawn(n)
    # With optimisation one of each way of reading; the others differ in sizes.
    compiled = jax.jit if dilation == 4 else unoptimised
    attend = compiled(lambda *arrays: block_attention(*arrays, dilation))
    for mask in (given[3], np.ones(n, bool), np.arange(n) < n - 3):
        want = by_frames(*given[:3], mask, dilation)
        found = attend(*map(jnp.asarray, (*given[:3], mask)))
        np.testing.assert_allclose(found, want, rtol=1e-11, atol=1e-13)


def test_gradients_are_those_of_differences(x64, monkeypatch):
    *given, mask = drawn(11)
    weights = np.random.default_rng(1).normal(size=given[2].shape)

    def summed(*given):
        return jnp.sum(block_attention(*given, jnp.asarray(mask), 4) * weights)

    found = jax.jit(jax.grad(summed, argnums=(0, 1, 2)))(*map(jnp.asarray, given))
    monkeypatch.setattr(module, "_LARGE", 1)
    in_turn = unoptimised(jax.grad(summed, argnums=(0, 1, 2)))(*map(jnp.asarray, given))
    rng, step = np.random.default_rng(2), 1e-6
    for place in range(3):
        np.testing.assert_allclose(found[place], in_turn[place], rtol=1e-10, atol=1e-13)
        way = rng.normal(size=given[place].shape)
        ends = []
        for sign in (1, -1):
            moved = list(given)
            moved[place] = given[place] + sign * step * way
            ends.append((by_frames(*moved, mask, 4) * weights).sum())
        # Central differences err by step² and by eps / step, both below 1e-9 here.
        assert np.sum(found[place] * way) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


def test_padding_beyond_a_block_changes_nothing_if_its_keys_are_0(x64):
    queries, keys, values, _ = drawn(10)
    short = by_frames(queries, keys, values, np.ones(10), 4)
    longer = (np.pad(each, ((0, 13), (0, 0))) for each in (queries, keys, values))
    found = attend(*longer, np.arange(23) < 10, 4)
    np.testing.assert_allclose(found[:10], short, rtol=1e-12)


@pytest.mark.fast
def test_a_frame_of_a_large_score_does_not_overflow():
    large, there = np.full((4, 2), 100, np.float32), np.array([True, False, True, True])
    found = attend(large, large, np.ones((4, 1), np.float32), there, 2)
    assert np.isfinite(found).all()
    # Alone in its block's window, the third frame weighs as much as the rest does not.
    assert found[2, 0] == pytest.approx(1, abs=1e-5)


@pytest.mark.fast
@pytest.mark.parametrize("dilation", [1, 8, 64, 512])
def test_no_array_grows_with_the_square_of_the_length(dilation):
    def largest(n):
        row = jax.ShapeDtypeStruct((n, 4), jnp.float32)
        mask = jax.ShapeDtypeStruct((n,), jnp.float32)

        def value_and_grad(q, k, v, m):
            return jax.value_and_grad(lambda q, k, v: jnp.sum(block_attention(q, k, v, m, dilation)), (0, 1))(
                q, k, v
            )

        return max(sizes(jax.make_jaxpr(value_and_grad)(row, row, row, mask).jaxpr))

    assert largest(16384) <= 2.1 * largest(8192)
    assert largest(16384) <= 16384 * max(4 * 4, 2 * dilation)


def sizes(jaxpr):
    """Of all arrays that a program makes, also within its loops."""
    for equation in jaxpr.eqns:
        yield from (each.aval.size for each in equation.outvars)
        for inner in equation.params.values():
            if hasattr(inner, "jaxpr"):
                yield from sizes(inner.jaxpr)
