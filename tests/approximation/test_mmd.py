"""MMD against NumPy loops, its properties, and the constants against a Monte-Carlo expectation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tolerances import eps, gram_bound, mmd_error, sum_error
from unoptimised import unoptimised

from dkva import Kernel
from dkva.approximation.kernels import Factors
from dkva.approximation.mmd import (
    mean_embedding_product,
    mmd,
    mmd_squared,
    root,
    rounding_floor,
    video_constants,
)

constants_of = jax.jit(video_constants)


def kernel(x, y):
    """A Gaussian kernel by NumPy alone, so that this file needs no kernel of the package."""
    return np.exp(-((x[:, None, :] - y[None, :, :]) ** 2).sum(axis=2) / 4)


def grams(n=7, m=3, seed=0):
    rng = np.random.default_rng(seed)
    x, v = rng.standard_normal((n, 4)), rng.standard_normal((m, 4)) + 0.5
    return kernel(x, x), kernel(x, v), kernel(v, v)


def rounding(k_ff, k_fs, k_ss):
    """Error of MMD² in float64: of three weighted means, each a sum of rows of sums, that partly cancel."""
    terms = 2 * sum(sum(k.shape) for k in (k_ff, k_fs, k_ss))
    return sum_error(terms, np.float64) * float(sum(np.abs(k).max() for k in (k_ff, k_fs, k_fs, k_ss)))


def by_loops(k_ff, k_fs, k_ss, a, b):
    n, m = k_fs.shape
    total = sum(a[i] * a[j] * k_ff[i, j] for i in range(n) for j in range(n))
    total += sum(b[i] * b[j] * k_ss[i, j] for i in range(m) for j in range(m))
    return total - 2 * sum(a[i] * b[j] * k_fs[i, j] for i in range(n) for j in range(m))


@pytest.mark.numerics
@pytest.mark.fast
@pytest.mark.parametrize(("n", "m"), [(7, 3), (1, 1), (5, 5)])
def test_mmd_squared_equals_double_loops(n, m, x64):
    matrices = grams(n, m)
    expected = by_loops(*matrices, np.full(n, 1 / n), np.full(m, 1 / m))
    error = n * m * rounding(*matrices)  # the loops add up one by one
    squared, distance = jax.jit(lambda *grams: (mmd_squared(*grams), mmd(*grams)))(*matrices)
    np.testing.assert_allclose(squared, expected, rtol=0, atol=error)
    np.testing.assert_allclose(distance, np.sqrt(expected), rtol=0, atol=mmd_error(distance, error))


@pytest.mark.fast
def test_weighted_mmd_squared_equals_double_loops(x64):
    matrices = grams()
    a, b = np.random.default_rng(1).dirichlet(np.ones(7)), np.random.default_rng(2).dirichlet(np.ones(3))
    value = mmd_squared(*map(jnp.asarray, (*matrices, a, b)))
    expected = by_loops(*matrices, a, b)
    np.testing.assert_allclose(value, expected, rtol=0, atol=7 * 3 * rounding(*matrices))


@pytest.mark.fast
def test_weight_0_leaves_a_frame_out(x64):
    k_ff, k_fs, k_ss = map(jnp.asarray, grams())
    a, b = np.r_[np.full(5, 1 / 5), 0, 0], np.r_[1 / 2, 1 / 2, 0]
    expected = mmd_squared(k_ff[:5, :5], k_fs[:5, :2], k_ss[:2, :2])
    np.testing.assert_allclose(
        mmd_squared(k_ff, k_fs, k_ss, jnp.asarray(a), jnp.asarray(b)),
        expected,
        rtol=0,
        atol=rounding(k_ff, k_fs, k_ss),
    )


@pytest.mark.fast
def test_mean_of_frames_may_be_given_as_a_number(x64):
    k_ff, k_fs, k_ss = map(jnp.asarray, grams())
    np.testing.assert_allclose(
        mmd_squared(jnp.mean(k_ff), k_fs, k_ss),
        mmd_squared(k_ff, k_fs, k_ss),
        rtol=0,
        atol=rounding(k_ff, k_fs, k_ss),
    )


@pytest.mark.fast
def test_mean_embedding_product_is_the_weighted_mean(x64):
    _, k_fs, _ = grams()
    a, b = np.random.default_rng(1).random(7), np.random.default_rng(2).random(3)
    rtol = sum_error(2 * k_fs.size, np.float64)  # all terms are positive
    np.testing.assert_allclose(mean_embedding_product(jnp.asarray(k_fs)), k_fs.mean(), rtol=rtol)
    weighted = mean_embedding_product(*map(jnp.asarray, (k_fs, a, b)))
    np.testing.assert_allclose(weighted, a @ k_fs @ b, rtol=rtol)


@pytest.mark.numerics
@pytest.mark.fast
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mmd_of_a_set_with_itself_is_zero(dtype, x64):
    @jax.jit
    def found(k):
        return mmd_squared(k, k, k), mmd(k, k, k), rounding_floor(jnp.mean(k))

    squared, distance, floor = found(grams(50)[0].astype(dtype))
    assert squared.dtype == dtype
    assert abs(squared) <= floor
    assert distance**2 <= floor


@pytest.mark.fast
@pytest.mark.parametrize("seed", range(20))
def test_mmd_squared_is_not_negative(seed):
    matrices = grams(9, 4, seed)
    # The sets are drawn apart: MMD² is 0.15 and more, rounding a millionth.
    assert mmd_squared(*(jnp.asarray(k, np.float32) for k in matrices)) > 0


@pytest.mark.fast
def test_mmd_is_symmetric(x64):
    k_ff, k_fs, k_ss = map(jnp.asarray, grams())
    swapped = mmd_squared(k_ss, k_fs.T, k_ff)
    np.testing.assert_allclose(
        mmd_squared(k_ff, k_fs, k_ss), swapped, rtol=0, atol=rounding(k_ff, k_fs, k_ss)
    )


@pytest.mark.numerics
@pytest.mark.parametrize("name", ["ntk", "gauss_ntk"])
def test_gradient_is_finite_where_sets_coincide(name):
    x = jnp.asarray(np.random.default_rng(0).standard_normal((6, 4)), np.float32)
    k = Kernel(name)

    def loss(v):
        return mmd(*(k(a, b, length_scale=2.0, rescale=1.0) for a, b in ((x, None), (x, v), (v, None))))

    slope_of = jax.jit(jax.value_and_grad(loss))
    value, gradient = slope_of(x)
    # MMD² is what rounding leaves of four means, the angles of whose equal frames keep half of the digits.
    error = gram_bound(k, x, x, length_scale=2.0, rescale=1.0).error.mean()
    assert value < np.sqrt(4 * error)
    assert np.isfinite(gradient).all()
    value, gradient = slope_of(np.zeros_like(x))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


@pytest.mark.numerics
@pytest.mark.parametrize("name", ["gaussian", "gauss_ntk"])
def test_gradient_equals_finite_differences(name, x64):
    rng = np.random.default_rng(0)
    x, v = jnp.asarray(rng.standard_normal((6, 4))), rng.standard_normal((3, 4))
    k = Kernel(name)

    def loss(v):
        return mmd(*(k(a, b, length_scale=2.0, rescale=1.0) for a, b in ((x, None), (x, v), (v, None))))

    steps = 1e-5 * np.eye(12).reshape(12, 3, 4)
    many = unoptimised(jax.vmap(loss))
    ahead, behind = (np.asarray(many(jnp.asarray(v[None] + sign * steps))) for sign in (1, -1))
    numeric = ((ahead - behind) / 2e-5).reshape(3, 4)
    # Values near 1 round to eps times some terms and are divided by the step; the formula's error is h².
    error = 1000 * eps(np.float64) / 1e-5 + 10 * 1e-5**2 * np.abs(numeric).max()
    assert error < 1e-5 * np.abs(numeric).max()
    np.testing.assert_allclose(jax.jit(jax.grad(loss))(jnp.asarray(v)), numeric, rtol=0, atol=error)


@pytest.mark.fast
def test_root_takes_its_slope_where_told():
    value, slope = jax.value_and_grad(root)(jnp.float32(9), jnp.float32(4))
    assert (value, slope) == (3, 0.25)
    value, slope = jax.value_and_grad(root)(jnp.float32(-1e-7), jnp.float32(1e-2))
    assert value == 0
    np.testing.assert_allclose(slope, 5, rtol=4 * eps(np.float32))  # a root, a product and 1e-2 round


@pytest.mark.fast
def test_rounding_floor_is_positive_even_at_zero():
    assert rounding_floor(jnp.float32(0)) > 0
    assert rounding_floor(jnp.float32(-1)) == rounding_floor(jnp.float32(1)) > 0


def batch_means(k_ff, b, draws, seed):
    """Mean Gram matrix of each of many batches of b frames drawn with replacement."""
    chosen = np.random.default_rng(seed).integers(len(k_ff), size=(draws, b))
    return k_ff[chosen[:, :, None], chosen[:, None, :]].mean(axis=(1, 2))


@pytest.mark.parametrize("b", [1, 3, 20])
def test_constant_is_the_expectation_over_batches_drawn_with_replacement(b, x64):
    rng = np.random.default_rng(0)
    n = 400
    x = rng.standard_normal((n, 4))
    k_ff = kernel(x, x) * np.add.outer(*(np.linalg.norm(x, axis=1) ** 2,) * 2)  # a diagonal of many values
    constants = constants_of(Factors(jnp.asarray(k_ff), None), jnp.ones(n, bool), jnp.asarray(float(b)))
    means = batch_means(k_ff, b, 20000, seed=b)
    # Two draws of one batch meet in the same frame once in n pairs; the constant leaves that out.
    off = (k_ff.sum() - np.trace(k_ff)) / (n * (n - 1))
    meetings = (1 - 1 / b) * (np.diagonal(k_ff).mean() - off) / n
    np.testing.assert_allclose(
        constants.mean_ff + meetings,
        k_ff.mean() * (1 - 1 / b) + np.diagonal(k_ff).mean() / b,
        rtol=sum_error(4 * n, np.float64),  # sums of rows of n, all positive
    )
    assert abs(constants.mean_ff + meetings - means.mean()) < 4 * means.std() / np.sqrt(len(means))


@pytest.mark.fast
def test_floor_is_what_sampling_alone_leaves(x64):
    """The expected MMD² of a batch and its own video: V at the video's whole distribution gets no lower."""
    x = np.random.default_rng(0).standard_normal((400, 4))
    k_ff, b = kernel(x, x), 8
    constants = constants_of(Factors(jnp.asarray(k_ff), None), jnp.ones(400, bool), jnp.asarray(float(b)))
    chosen = np.random.default_rng(1).integers(400, size=(20000, b))
    within = k_ff[chosen[:, :, None], chosen[:, None, :]].mean(axis=(1, 2))
    squared = within + k_ff.mean() - 2 * k_ff.mean(axis=1)[chosen].mean(axis=1)
    error = squared.std() / np.sqrt(len(squared))
    assert abs(constants.floor - squared.mean()) < 4 * error + constants.floor / 100


@pytest.mark.numerics
def test_constants_by_formula_with_a_mask(x64):
    rng = np.random.default_rng(0)
    factors = rng.random((2, 9, 9))
    gauss, neural = (factors + factors.transpose(0, 2, 1)) / 2 + np.eye(9)
    used = np.asarray([True] * 6 + [False] * 3)
    got = constants_of(Factors(jnp.asarray(gauss), jnp.asarray(neural)), jnp.asarray(used), jnp.asarray(4.0))
    gauss, neural = gauss[:6, :6], neural[:6, :6]
    off = ~np.eye(6, dtype=bool)
    r = abs(np.median(gauss[off]) / np.median(neural[off]))
    gram = gauss * r * neural
    expected = (1 - 1 / 4) * gram[off].mean() + 1 / 4 * np.diagonal(gram).mean()
    # Medians are selected; the mean of two and a ratio round. The mean is one of 36 positive numbers.
    np.testing.assert_allclose(got.rescale, r, rtol=4 * eps(np.float64))
    np.testing.assert_allclose(got.mean_ff, expected, rtol=sum_error(2 * 36, np.float64))
    assert got.floor > 0


@pytest.mark.fast
@pytest.mark.parametrize("product", [False, True])
def test_constants_of_one_frame_are_finite(product):
    gram = jnp.full((4, 4), 2.0)
    used = jnp.asarray([True, False, False, False])
    got = constants_of(Factors(gram, gram if product else None), used, jnp.asarray(1.0))
    assert got.rescale == 1
    assert got.mean_ff == (4 if product else 2)
    assert got.floor > 0
