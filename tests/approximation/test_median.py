"""Medians by bisection against NumPy's."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from unoptimised import unoptimised

from dkva.approximation.median import masked_median

pytestmark = pytest.mark.numerics

LENGTH = 23  # one shape, so one compiled program serves all examples
median = jax.jit(masked_median)


def arrays(width):
    """Values with many ties, both signs, both zeros, very small and very large ones.

    Below half of the largest: the mean of two larger ones overflows in NumPy's median as well.
    """
    limits = np.finfo(f"float{width}")
    tiny, large = limits.tiny.item(), limits.max.item() / 4
    plain = st.floats(-large, large, width=width, allow_subnormal=False)
    few = st.sampled_from([-1.0, -0.0, 0.0, 1.0, 2.0, large, -large, tiny])
    return hnp.arrays(np.dtype(f"float{width}"), LENGTH, elements=plain | few)


def padded(values, mask=None):
    """A few values of a mask, among as many others as the one program takes."""
    values = np.asarray(values, np.float32)
    there = np.zeros(LENGTH, bool)
    there[: len(values)] = True if mask is None else mask
    filled = np.full(LENGTH, -3.0, np.float32)
    filled[: len(values)] = values
    return jnp.asarray(filled), jnp.asarray(there)


def check(values, mask):
    expected = np.median(values[mask]) if mask.any() else values.dtype.type(np.nan)
    result = np.asarray(median(jnp.asarray(values), jnp.asarray(mask)))
    assert result.dtype == values.dtype
    # A median is selected, not computed, but for the mean of the middle two, whose one rounding is alike in
    # any processor. XLA flushes numbers below the smallest normal one to zero, such as half of it.
    np.testing.assert_allclose(result, expected, rtol=0, atol=np.finfo(values.dtype).tiny)


@pytest.mark.fast
def test_largest_value_of_an_odd_count_is_itself():
    largest = np.finfo(np.float32).max
    assert median(*padded(np.full(3, largest))) == largest


masks = hnp.arrays(bool, LENGTH)


@pytest.mark.fast
@settings(max_examples=300)
@given(arrays(32), masks)
def test_equals_numpy_in_float32(values, mask):
    check(values, mask)


@pytest.mark.fast
@settings(max_examples=300)
@given(values=arrays(64), mask=masks)
def test_equals_numpy_in_float64(values, mask):
    with enable_x64():
        check(values, mask)


@pytest.mark.parametrize("shape", [(1,), (7, 73), (2, 256)])
def test_is_exact_on_ordinary_values(shape):
    values = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    # With optimisation the program above, and one of a row of lanes.
    chosen = median if shape == (2, 256) else unoptimised(masked_median)
    result = chosen(jnp.asarray(values), jnp.asarray(np.ones(shape, bool)))
    assert result == np.median(values)


@pytest.mark.fast
def test_counts_only_what_the_mask_holds():
    values = [9.0, 1.0, -5.0, 2.0, 7.0]
    assert median(*padded(values, [False, True, False, True, False])) == 1.5
    assert median(*padded(values, [False, False, True, False, False])) == -5


@pytest.mark.fast
def test_masked_out_values_may_be_anything():
    values = [np.nan, 1.0, -np.inf, 2.0, np.inf, 4.0, -np.nan]
    assert median(*padded(values, np.isfinite(values))) == 2


@pytest.mark.fast
@pytest.mark.parametrize("n", [1, LENGTH])
def test_empty_mask_is_nan(n):
    assert np.isnan(median(jnp.asarray(np.ones(n, np.float32)), jnp.asarray(np.zeros(n, bool))))


@pytest.mark.fast
def test_equal_values_need_no_halving():
    assert median(*padded(np.full(9, -0.25))) == -0.25


@pytest.mark.fast
def test_subnormals_lie_between_the_smallest_normals():
    """XLA may flush subnormals to zero on a CPU; order and size stay right to the smallest normal number."""
    tiny = np.finfo(np.float32).tiny
    values = np.asarray([-tiny / 2, tiny / 4, tiny / 2, -tiny, tiny], np.float32)
    result = float(median(*padded(values)))
    assert abs(result - np.median(values)) <= tiny


@pytest.mark.fast
def test_does_not_sort():
    def sorts(function):
        lowered = jax.jit(function).lower(jnp.ones((8, 8)), jnp.ones((8, 8), bool))
        texts = str(lowered.compiler_ir()), lowered.compile().as_text()
        return any(re.search(r"stablehlo\.(sort|top_k)|[ .](sort|topk)\(|TopK", text) for text in texts)

    assert sorts(
        lambda values, mask: jnp.median(jnp.where(mask, values, jnp.nan))
    )  # the pattern finds a sort
    assert not sorts(masked_median)
