"""Kernels against neural-tangents, finite networks, NumPy loops and finite differences."""

from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from scipy.special import erf
from tolerances import eps, gram_bound, projection_of, sum_error
from unoptimised import unoptimised

from dkva import ACTIVATIONS, KERNELS, Kernel
from dkva.approximation.kernels import Factors, rescaling

GOLDEN = Path(__file__).parents[1] / "golden" / "neural_tangents.npz"
CASES = [
    (name, activation, depth) for name in ("nngp", "ntk") for activation in ACTIVATIONS for depth in (1, 2, 3)
]
NAMES = sorted(KERNELS)
#: Every kernel with ReLU, and with erf those that see the frames themselves, on the sphere and in a product.
NETWORKS = [
    *((name, "relu") for name in NAMES),
    *((name, "erf") for name in ("nngp", "ntk", "ntk_sphere", "gauss_ntk")),
]


class Values(dict):
    """Arrays of a file, read once: one object, by which others are kept."""

    __hash__ = object.__hash__


@cache
def load(path):
    with np.load(path, allow_pickle=False) as file:
        return Values({key: file[key] for key in file.files})


def within(value, expected, error):
    """Whether no entry is farther from what is expected than rounding may bring it."""
    np.testing.assert_array_less(np.abs(np.asarray(value, np.float64) - expected), error)


def frames(n, d, seed=0, dtype=np.float32):
    return jnp.asarray(np.random.default_rng(seed).standard_normal((n, d)), dtype)


def _together(kernels, seconds, x, y, scales):
    """Gram matrices of several kernels by one program, each of x and one of y (by place) or of x alone."""
    return [
        [kernel(x, None if second is None else y[second], **scales) for second in seconds]
        for kernel in kernels
    ]


together = jax.jit(_together, static_argnums=(0, 1))

#: The same without optimisation, which takes most of the time.
cheaply_together = unoptimised(_together, static_argnums=(0, 1))


def corner_frames(dtype=np.float32):
    """Equal, opposite, nearly equal, scaled, tiny and all-zero frames, and one like no other [9, 6]."""
    a, b, c = np.random.default_rng(1).standard_normal((3, 6))
    rows = [a, a, -a, a * (1 + 1e-6), 3 * a, b, 1e-20 * b, np.zeros(6), c]
    return jnp.asarray(np.stack(rows), dtype)


# --- neural-tangents -------------------------------------------------------------------------------


@cache
def found_of(values, activation, depth, stds, dtype):
    """Frames and Gram matrices of both kernels of a network, by one program, as by its name."""
    x, y = (np.asarray(values[name], dtype) for name in "XY")
    # y=None and y=x are two routes in the code; x beside y saves a program.
    seconds = None, np.concatenate([y, x])
    kernels = tuple(Kernel(name, depth, activation, *stds) for name in ("nngp", "ntk"))
    # With optimisation each network once in each type: other deviations are other numbers alone.
    evaluate = together if stds == (2.0, 0.1) else cheaply_together
    grams = evaluate(kernels, (None, 0), jnp.asarray(x), [jnp.asarray(seconds[1])], {})
    return x, seconds, dict(zip(kernels, grams, strict=True))


def compare_with_oracle(values, prefix, name, stds, dtype):
    activation, depth = prefix.split("_")[0], int(prefix.split("_")[1].removeprefix("depth"))
    kernel = Kernel(name, depth, activation, *stds)
    own, between = (values[f"{prefix}_{name}_{pair}"] for pair in ("XX", "XY"))
    x, seconds, found = found_of(values, activation, depth, stds, dtype)
    expectations = own, np.concatenate([between, own], axis=1)
    for gram, second, expected in zip(found[kernel], seconds, expectations, strict=True):
        assert gram.dtype == dtype
        # neural-tangents rounds in float64 what we round in float64 or float32.
        errors = (gram_bound(kernel, x, second, dtype=each).error for each in (dtype, np.float64))
        within(gram, expected, sum(errors))


@pytest.mark.numerics
@pytest.mark.parametrize("stds", [pytest.param((2.0, 0.1), marks=pytest.mark.fast), (1.3, 0.5)])
@pytest.mark.parametrize(("name", "activation", "depth"), CASES)
def test_equals_golden_in_float64(name, activation, depth, stds, x64):
    prefix = f"{activation}_depth{depth}_w{stds[0]}_b{stds[1]}"
    compare_with_oracle(load(GOLDEN), prefix, name, stds, np.float64)


@pytest.mark.numerics
@pytest.mark.parametrize("stds", [(2.0, 0.1), (1.3, 0.5)])
@pytest.mark.parametrize(("name", "activation", "depth"), CASES)
def test_equals_golden_in_float32(name, activation, depth, stds):
    prefix = f"{activation}_depth{depth}_w{stds[0]}_b{stds[1]}"
    compare_with_oracle(load(GOLDEN), prefix, name, stds, np.float32)


@pytest.mark.data
@pytest.mark.parametrize(("name", "activation", "depth"), CASES)
def test_equals_reference_in_float64(name, activation, depth, x64, reference_root):
    values = load(reference_root / "neural_tangents_kernels.npz")
    compare_with_oracle(values, f"{activation}_depth{depth}", name, (2.0, 0.1), np.float64)


@pytest.mark.data
@pytest.mark.parametrize(("name", "activation", "depth"), CASES)
def test_equals_reference_in_float32(name, activation, depth, reference_root):
    values = load(reference_root / "neural_tangents_kernels.npz")
    compare_with_oracle(values, f"{activation}_depth{depth}", name, (2.0, 0.1), np.float32)


@pytest.mark.fast
def test_golden_has_every_case():
    stds = ("w2.0_b0.1", "w1.3_b0.5")
    expected = {
        f"{activation}_depth{depth}_{std}_{name}_{pair}"
        for name, activation, depth in CASES
        for std in stds
        for pair in ("XX", "XY")
    }
    assert set(load(GOLDEN)) == expected | {"X", "Y"}


# --- finite networks -------------------------------------------------------------------------------

DERIVATIVES = {
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
    "erf": (erf, lambda a: 2 / np.sqrt(np.pi) * np.exp(-(a**2))),
}


def finite_network(x, width, activation, weight_std, bias_std, rng):
    """Output covariance over the last layer's weights, and tangent kernel J Jᵀ, of one random network.

    f(x) = weight_std/sqrt(width) v·phi(h) + bias_std b2 with h = weight_std/sqrt(d) W x + bias_std b1.
    """
    phi, slope = DERIVATIVES[activation]
    d = x.shape[1]
    w, b, v = rng.standard_normal((width, d)), rng.standard_normal(width), rng.standard_normal(width)
    hidden = weight_std / np.sqrt(d) * x @ w.T + bias_std * b
    covariance = weight_std**2 / width * phi(hidden) @ phi(hidden).T + bias_std**2
    # df/dh, then the chain rule into W and b1; the gradient in v and b2 gives `covariance` itself.
    back = weight_std / np.sqrt(width) * v * slope(hidden)
    first_layer = weight_std**2 / d * x @ x.T + bias_std**2
    return covariance, covariance + (back @ back.T) * first_layer


def test_finite_network_tangent_is_the_jacobians(x64):
    """The hand-written chain rule above equals automatic differentiation of the network itself."""
    x = np.random.default_rng(3).standard_normal((4, 5))
    width, weight_std, bias_std = 16, 2.0, 0.1
    rng = np.random.default_rng(4)
    w, b, v = rng.standard_normal((width, 5)), rng.standard_normal(width), rng.standard_normal(width)

    def network(parameters):
        w, b, v, last = parameters
        hidden = weight_std / np.sqrt(5.0) * x @ w.T + (bias_std * b)[None, :]
        return weight_std / np.sqrt(float(width)) * jax.nn.relu(hidden) @ v + bias_std * last

    jacobian = jax.jit(jax.jacobian(network))(tuple(map(jnp.asarray, (w, b, v, np.zeros(1)))))
    flat = np.concatenate([np.asarray(j).reshape(4, -1) for j in jacobian], axis=1)
    _, tangent = finite_network(x, width, "relu", weight_std, bias_std, np.random.default_rng(4))
    # Sums of 16 units, each of a row of 5, that partly cancel: relative to their sizes.
    sizes = np.abs(flat) @ np.abs(flat).T
    within(flat @ flat.T, tangent, 2 * sum_error(flat.shape[1] + 5, np.float64) * sizes)


@pytest.mark.parametrize("stds", [(2.0, 0.1), (1.3, 0.5)])
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_finite_networks_approach_closed_form_at_rate_of_root_of_width(activation, stds, x64):
    x = np.random.default_rng(5).standard_normal((6, 8))
    exact = [np.asarray(Kernel(name, 1, activation, *stds)(jnp.asarray(x))) for name in ("nngp", "ntk")]
    widths = 2 ** np.arange(6, 13)
    rng = np.random.default_rng(6)
    errors = np.empty((2, len(widths)))
    for i, width in enumerate(widths):
        draws = [finite_network(x, width, activation, *stds, rng) for _ in range(60)]
        for j in range(2):
            errors[j, i] = np.mean([np.linalg.norm(draw[j] - exact[j]) for draw in draws])
    for j in range(2):
        slope = np.polyfit(np.log(widths), np.log(errors[j]), 1)[0]
        assert -0.65 < slope < -0.35
        # A wrong closed form would leave an error that no width removes.
        assert errors[j, -1] < 0.05 * np.linalg.norm(exact[j])


def test_deep_finite_networks_approach_closed_form(x64):
    """Two hidden layers, NNGP: the covariance of the second layer's inputs propagated once more."""
    x = np.random.default_rng(7).standard_normal((4, 8))
    rng = np.random.default_rng(8)
    exact = np.asarray(Kernel("nngp", depth=2)(jnp.asarray(x)))
    errors = []
    for width in (64, 2048):
        error = []
        for _ in range(10):
            h = 2.0 / np.sqrt(8) * x @ rng.standard_normal((8, width)) + 0.1 * rng.standard_normal(width)
            h = 2.0 / np.sqrt(width) * np.maximum(h, 0) @ rng.standard_normal((width, width))
            h = np.maximum(h + 0.1 * rng.standard_normal(width), 0)
            error.append(np.linalg.norm(4.0 / width * h @ h.T + 0.01 - exact))
        errors.append(np.mean(error))
    assert errors[1] < 0.4 * errors[0]
    assert errors[1] < 0.1 * np.linalg.norm(exact)


# --- properties of every kernel --------------------------------------------------------------------


def corners_and_others():
    return np.concatenate([corner_frames(), frames(30, 6)])


@cache
def own_grams(activation, order=None):
    """Gram matrices by the name of every kernel, of corners and other frames, in an order."""
    x = corners_and_others()
    x = jnp.asarray(x if order is None else x[list(order)])
    kernels = tuple(Kernel(name, activation=activation) for name in NAMES)
    grams = together(kernels, (None,), x, [], {"length_scale": 3.0})
    return {name: np.asarray(gram) for name, (gram,) in zip(NAMES, grams, strict=True)}


@pytest.mark.numerics
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("name", NAMES)
def test_gram_matrix_is_symmetric_and_positive_semidefinite(name, activation):
    x = corners_and_others()
    kernel = Kernel(name, activation=activation)
    gram = own_grams(activation)[name]
    assert gram.shape == (39, 39)
    assert gram.dtype == np.float32
    assert np.isfinite(gram).all()
    error = gram_bound(kernel, x, length_scale=3.0).error
    within(gram, gram.T, error + error.T)  # k(x, y) and k(y, x) err apart: the angle of near frames
    eigenvalues = np.linalg.eigvalsh(gram.astype(np.float64))
    assert eigenvalues[0] > -np.linalg.norm(error)  # Weyl: no eigenvalue moves farther


def near_frames(d):
    """Frames, the same once more or nearly, scaled, and others [36, d]: all that makes an angle hard."""
    rng = np.random.default_rng(9)
    a, b = rng.standard_normal((2, 6, d))
    moved = [a + size * rng.standard_normal((6, d)) for size in (1e-6, 1e-3, 1e-2)]
    return np.concatenate([a, *moved, -3 * a, b]).astype(np.float32)


HARD = [*((n, "relu", 1) for n in NAMES), ("ntk", "relu", 3), ("ntk", "erf", 2), ("nngp", "erf", 1)]


def as_networks_see(x, kernel):
    """Frames in float64 after the random features of float32, if it has them, and the kernel of those."""
    draws = projection_of(kernel, x.shape[1])
    if draws is None:
        return x.astype(np.float64), kernel
    w, u = (each.astype(np.float64) for each in draws)  # the draws of float64 are others
    return (0.1 / len(u)) ** 0.5 * np.cos(x @ w + u), Kernel("ntk", kernel.depth, kernel.activation)


@cache
def grams_of_near(d, order=None):
    """Near frames, scales, and Gram matrices by kernel, of the frames in an order and as they are."""
    x, scales = near_frames(d), {"length_scale": 2.0 * d, "rescale": 0.7}
    kernels = tuple(Kernel(name, depth, activation) for name, activation, depth in HARD)
    ordered = x if order is None else x[list(order)]
    grams = together(kernels, (0,), jnp.asarray(ordered), [jnp.asarray(x)], scales)
    return x, scales, {kernel: np.asarray(gram) for kernel, (gram,) in zip(kernels, grams, strict=True)}


@cache
def hard_grams(d):
    """Near frames, scales, and by kernel: its Gram matrices in float32 and float64, and those frames."""
    x, scales, found = grams_of_near(d)
    kernels = tuple(found)
    seen, inner = zip(*(as_networks_see(x, kernel) for kernel in kernels), strict=True)

    @unoptimised
    def evaluated(many):
        return [kernel(frames, frames, **scales) for kernel, frames in zip(inner, many, strict=True)]

    with enable_x64():
        exact = jax.tree.map(np.asarray, evaluated([jnp.asarray(frames) for frames in seen]))
    return x, scales, dict(zip(kernels, zip(found.values(), exact, seen, inner, strict=True), strict=True))


@pytest.mark.numerics
@pytest.mark.parametrize("d", [6, 64])
@pytest.mark.parametrize(("name", "activation", "depth"), HARD)
def test_float32_errs_as_far_as_the_tolerances_say(name, activation, depth, d):
    """The error of float32 is within its bound, and the bound is no more than its purpose needs."""
    kernel = Kernel(name, depth, activation)
    x, scales, grams = hard_grams(d)
    found, exact, wide, inner = grams[kernel]
    bound = gram_bound(kernel, x, x, **scales)
    rounding = gram_bound(inner, wide, wide, **scales).error
    within(bound.value, exact, 2 * rounding)
    within(found, exact, bound.error + rounding)
    # Worst cases do not come together: sums of d terms err by the root of d, digits are lost by luck, and
    # some processors round less often than others. Two orders of magnitude and d leave room for all of it.
    assert np.max(np.abs(found - exact) / bound.error) > 0.01 / d


@cache
def grams_in_float64():
    """Frames, and their Gram matrices by the name of every kernel."""
    x = frames(40, 6, dtype=np.float64)
    grams = together(tuple(map(Kernel, NAMES)), (None,), x, [], {"length_scale": 3.0})
    return np.asarray(x), {name: np.asarray(gram) for name, (gram,) in zip(NAMES, grams, strict=True)}


@pytest.mark.numerics
@pytest.mark.parametrize("name", NAMES)
def test_gram_matrix_is_positive_semidefinite_to_rounding_in_float64(name, x64):
    x, grams = grams_in_float64()
    gram = grams[name]
    error = gram_bound(Kernel(name), x, length_scale=3.0).error
    np.fill_diagonal(error, 40 * eps(np.float64) * gram.max())  # exact, but for what follows the angle
    assert np.linalg.norm(error) < 1e-9 * np.linalg.norm(gram)
    assert np.linalg.eigvalsh(gram)[0] > -np.linalg.norm(error)


@pytest.mark.numerics
@pytest.mark.parametrize("name", NAMES)
def test_permuting_frames_permutes_the_gram_matrix(name):
    """By the programs of the tests above: frames alone, r taken of their medians, and beside others."""
    kernel = Kernel(name)
    x = corners_and_others()
    order = np.random.default_rng(2).permutation(len(x))
    plain, permuted = own_grams("relu")[name], own_grams("relu", tuple(order.tolist()))[name]
    # A row's rounding may depend on its place.
    error = gram_bound(kernel, x[order], length_scale=3.0).error
    within(permuted, plain[order][:, order], 2 * error)
    x, scales, plain = grams_of_near(6)
    order = np.random.default_rng(2).permutation(len(x))
    _, _, permuted = grams_of_near(6, tuple(order.tolist()))
    error = gram_bound(kernel, x[order], x, **scales).error
    within(permuted[kernel], plain[kernel][order], 2 * error)


def total(kernel, scale, x, y=None):
    return jnp.sum(kernel(x, y, length_scale=scale))


#: Values and gradients in the frames, of one set of frames and of two: a program a kernel.
slopes_alone = jax.jit(jax.value_and_grad(total, argnums=2), static_argnums=0)
slopes_between = jax.jit(jax.value_and_grad(total, argnums=(2, 3)), static_argnums=0)


@pytest.mark.parametrize(("name", "activation"), NETWORKS)
def test_values_and_gradients_are_finite_at_corners(name, activation):
    x, scale = corner_frames(), np.float32(3)
    kernel = Kernel(name, activation=activation)
    others = (x, *(jnp.asarray(y) for y in (np.asarray(x)[::-1], 100 * np.asarray(x))))
    results = [slopes_alone(kernel, scale, x), *(slopes_between(kernel, scale, x, y) for y in others)]
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(results))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_deep_float64_values_and_gradients_are_finite_at_corners(activation, x64):
    x = corner_frames(np.float64)
    kernel = Kernel("gauss_ntk_sphere", depth=3, activation=activation)
    results = jax.jit(jax.value_and_grad(lambda x: jnp.sum(kernel(x, x, length_scale=3.0))))(x)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(results))


@pytest.mark.parametrize("name", NAMES)
def test_all_frames_equal_or_zero(name):
    for each in (0, 1, 1e-30):  # as many as the corners, for their program
        value, gradient = slopes_alone(Kernel(name), np.float32(1), jnp.full((9, 6), each, np.float32))
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(("name", "activation"), NETWORKS)
def test_gradient_equals_finite_differences(name, activation, x64):
    x, y = frames(5, 3, dtype=np.float64), frames(3, 3, seed=1, dtype=np.float64)
    weights = frames(8, 3, seed=2, dtype=np.float64)
    kernel = Kernel(name, depth=2, activation=activation)

    def total(y):
        # r is a constant of learning, so the gradient is taken at a fixed one.
        between = kernel(x, y, length_scale=3.0, rescale=0.7)
        own = kernel(y, length_scale=3.0, rescale=0.7)
        return jnp.sum(weights * jnp.concatenate([between, own])), jnp.sum(jnp.abs(between))

    both = jax.jit(jax.value_and_grad(total, has_aux=True))
    numeric = finite_differences(lambda y: both(y)[0][0], y)
    (value, size), found = both(y)
    # Values of some size round to eps and are divided by the step; the formula's own error is h².
    size = float(size) + abs(float(value))
    error = 100 * eps(np.float64) * size / STEP + 10 * STEP**2 * np.abs(numeric).max()
    assert error < 1e-5 * np.abs(numeric).max()
    np.testing.assert_allclose(found, numeric, rtol=0, atol=error)


#: Of finite differences: where the error of rounding, eps/h, and of the formula, h², are about equal.
STEP = 1e-5


def finite_differences(function, at, step=STEP):
    steps = step * np.eye(at.size).reshape(-1, *at.shape)
    places = np.asarray(at)[None] + np.concatenate([steps, -steps])
    values = np.asarray([*map(function, places)])
    return ((values[: at.size] - values[at.size :]) / (2 * step)).reshape(at.shape)


# --- each kernel by its definition -----------------------------------------------------------------


@pytest.mark.numerics
@pytest.mark.fast
def test_gaussian_equals_numpy_loop(x64):
    x, y = np.random.default_rng(0).standard_normal((2, 5, 3))
    gram = Kernel("gaussian")(jnp.asarray(x), jnp.asarray(y), length_scale=1.7)
    expected = [
        [np.exp(-sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) / 1.7**2) for q in y] for p in x
    ]
    within(gram, expected, gram_bound(Kernel("gaussian"), x, y, length_scale=1.7).error)


@pytest.mark.numerics
@pytest.mark.fast
def test_gaussian_diagonal_is_exactly_one():
    gram = Kernel("gaussian")(1e4 + frames(20, 6), length_scale=0.1)
    np.testing.assert_array_equal(np.diagonal(gram), 1)
    assert (np.asarray(gram) <= 1).all()


@pytest.mark.fast
@pytest.mark.parametrize("length_scale", [1e-30, 1e-10, 1e30])
def test_gaussian_of_extreme_length_scales(length_scale):
    x = frames(5, 3)
    gram = np.asarray(Kernel("gaussian")(x, length_scale=length_scale))
    # Exactly: exponents of 1e-59 and of 1e19 leave nothing to round.
    expected = np.ones((5, 5)) if length_scale > 1 else np.eye(5)
    np.testing.assert_array_equal(gram, expected)


@pytest.mark.numerics
@pytest.mark.parametrize(("product", "neural"), [("gauss_ntk", "ntk"), ("gauss_ntk_sphere", "ntk_sphere")])
@pytest.mark.parametrize("n", [6, 7])
def test_products_equal_gaussian_times_rescaled_neural_kernel(product, neural, n, x64):
    x, y = frames(n, 4, dtype=np.float64), frames(4, 4, seed=1, dtype=np.float64)
    gaussian, product, neural = Kernel("gaussian"), Kernel(product), Kernel(neural)

    @unoptimised
    def factors(x, y):
        return [(gaussian(x, second, length_scale=2.0), neural(x, second)) for second in (None, y)]

    # Medians take seconds to compile with optimisation.
    @jax.jit if n == 6 else unoptimised
    def products(x, y):
        return [
            [product(x, second, length_scale=2.0, rescale=r) for r in (None, 0.3)] for second in (None, y)
        ]

    own, between = jax.tree.map(np.asarray, factors(x, y))
    r = abs(np.median(own[0]) / np.median(own[1]))
    for second, (gauss, tangent), (found, given) in zip(
        (None, y), (own, between), products(x, y), strict=True
    ):
        expected = gauss * r * tangent
        # The same formulas in programs of their own: each errs.
        within(found, expected, 2 * gram_bound(product, x, second, length_scale=2.0).error)
        error = 2 * gram_bound(product, x, second, length_scale=2.0, rescale=0.3).error
        within(given, expected * 0.3 / r, error)


@pytest.mark.fast
def test_rescaling_counts_only_pairs_in_mask(x64):
    rng = np.random.default_rng(0)
    gauss, neural, mask = rng.random((5, 5)), rng.standard_normal((5, 5)), rng.random((5, 5)) < 0.5
    expected = abs(np.median(gauss[mask]) / np.median(neural[mask]))
    factors = Factors(jnp.asarray(gauss), jnp.asarray(neural))
    # Medians are selected; the mean of two and the ratio round.
    found = jax.jit(rescaling)(factors, jnp.asarray(mask))
    np.testing.assert_allclose(found, expected, rtol=4 * eps(np.float64))


@pytest.mark.fast
@pytest.mark.parametrize("neural", [0.0, 1.0])
def test_rescaling_without_pairs_or_with_zero_median_is_one(neural):
    gauss, mask = jnp.full((2, 2), 0.5), jnp.full((2, 2), neural == 0)
    assert jax.jit(rescaling)(Factors(gauss, jnp.full((2, 2), neural)), mask) == 1


@pytest.mark.numerics
@pytest.mark.fast
def test_ntk_sphere_ignores_the_norms_of_frames():
    x, y = frames(6, 5), frames(4, 5, seed=1)
    sizes = jnp.asarray([1e-3, 0.5, 1, 2, 7, 1e3], np.float32)[:, None]
    kernel = Kernel("ntk_sphere")
    for second in (None, y):
        within(kernel(sizes * x, second), kernel(x, second), 2 * gram_bound(kernel, x, second).error)


@pytest.mark.fast
def test_ntk_sphere_is_ntk_of_projected_frames(x64):
    x, y = frames(6, 5, dtype=np.float64), frames(4, 5, seed=1, dtype=np.float64)
    unit = [a / jnp.linalg.norm(a, axis=1, keepdims=True) for a in (x, y)]
    for settings, second in (((2, "erf"), y), ((), None)):
        sphere, plain = Kernel("ntk_sphere", *settings), Kernel("ntk", *settings)
        expected = plain(unit[0], None if second is None else unit[1])
        within(sphere(x, second), expected, 2 * gram_bound(sphere, x, second).error)


@pytest.mark.numerics
@pytest.mark.fast
def test_ntk_sphere_keeps_zero_frames_at_the_centre(x64):
    x = frames(4, 5, dtype=np.float64)
    unit = x / jnp.linalg.norm(x, axis=1, keepdims=True)
    x, unit = x.at[1].set(0), unit.at[1].set(0)
    sphere, plain = Kernel("ntk_sphere"), Kernel("ntk")
    for second in (False, True):
        expected = plain(unit, unit if second else None)
        within(sphere(x, x if second else None), expected, 2 * gram_bound(sphere, x).error)


@pytest.mark.numerics
@pytest.mark.fast
def test_sntk_is_ntk_of_cosine_features_drawn_from_the_seed(x64):
    x, y = frames(6, 5, dtype=np.float64), frames(4, 5, seed=1, dtype=np.float64)
    w, u = projection_of(Kernel("sntk"), 5, 3, np.float64)
    embedded = [jnp.asarray(np.sqrt(0.1 / 5) * np.cos(np.asarray(a) @ w + u)) for a in (x, y)]
    within(
        Kernel("sntk")(x, y, seed=3),
        Kernel("ntk")(*embedded),
        2 * gram_bound(Kernel("sntk"), x, y, seed=3).error,
    )


def test_sntk_draws_have_the_stated_distributions():
    w, u = projection_of(Kernel("sntk"), 300)
    np.testing.assert_allclose([w.mean(), w.std()], [0, 0.1], atol=2e-3)
    assert u.min() >= 0
    assert u.max() <= 2 * np.pi
    assert abs(u.mean() - np.pi) < 0.4


@pytest.mark.fast
def test_sntk_repeats_by_seed_alone():
    x, kernel = frames(6, 5), Kernel("sntk")
    np.testing.assert_array_equal(kernel(x, seed=3), kernel(x, seed=3))  # one program, the same numbers
    assert not np.allclose(kernel(x, seed=3), kernel(x, seed=4), rtol=0.01)


# --- the authors' program ---------------------------------------------------------------------------


@pytest.mark.numerics
@pytest.mark.fast
def test_authors_sphere_divides_the_features_of_the_batch_alone(x64):
    x, y = frames(6, 5, dtype=np.float64), frames(4, 5, seed=1, dtype=np.float64)
    x = np.array(x)
    x[:, 2] = 0  # a feature without a norm
    lengths = np.linalg.norm(x, axis=0)
    divided = jnp.asarray(x / np.where(lengths > 0, lengths, 1))
    x = jnp.asarray(x)
    ntk = Kernel("ntk")
    for second in (y, None):
        # The frames are divided by norms that are sums of 6, before the products are.
        error = 2 * gram_bound(ntk, divided, second, inputs=sum_error(6, np.float64)).error
        within(Kernel("ntk_sphere_authors")(x, second), ntk(divided, second), error)
    assert not np.allclose(Kernel("ntk_sphere_authors")(x, y), Kernel("ntk_sphere")(x, y), rtol=0.01)


@pytest.mark.fast
def test_authors_batch_counts_masked_frames_and_stands_for_its_size(x64):
    x = np.array(frames(6, 5, dtype=np.float64))
    mask = np.array([True] * 4 + [False] * 2)
    kernel = Kernel("ntk_sphere_authors")
    expected = x / np.linalg.norm(x[:4], axis=0)
    rtol = sum_error(6, np.float64)  # a norm is a sum of 6, and its root and the division round
    np.testing.assert_allclose(kernel.batch(jnp.asarray(x), jnp.asarray(mask)), expected, rtol=rtol)
    larger = kernel.batch(jnp.asarray(x), jnp.asarray(mask), 16.0)  # four times as many frames like these
    np.testing.assert_allclose(larger, expected / 2, rtol=rtol)


@pytest.mark.fast
def test_authors_sntk_draws_anew_for_assignment():
    draws = {
        (name, assigning): np.asarray(Kernel(name).projection(5, 3, assigning=assigning).frequencies)
        for name in ("sntk", "sntk_authors")
        for assigning in (False, True)
    }
    once = draws["sntk", False]
    np.testing.assert_array_equal(draws["sntk", True], once)
    np.testing.assert_array_equal(draws["sntk_authors", False], once)
    assert np.abs(draws["sntk_authors", True] - once).min() > 1e-4


@pytest.mark.fast
def test_authors_sntk_is_the_papers_where_it_is_evaluated_by_itself():
    for pair in ((frames(6, 5),), (frames(6, 5), frames(4, 5, seed=1))):
        # The same operations in the same order, so the same numbers.
        mine, papers = (unoptimised(lambda *x, k=k: Kernel(k)(*x))(*pair) for k in ("sntk_authors", "sntk"))
        np.testing.assert_array_equal(mine, papers)


# --- what no kernel does ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("sntk")])
def test_other_kernels_ignore_the_seed(name):
    x = frames(6, 5)
    np.testing.assert_array_equal(*(Kernel(name)(x, length_scale=2.0, seed=seed) for seed in (0, 1)))


def test_inputs_are_not_written(x64):
    x = np.random.default_rng(0).standard_normal((5, 4))
    before = x.copy()
    together(tuple(map(Kernel, NAMES)), (None,), jnp.asarray(x), [], {"length_scale": 2.0})
    np.testing.assert_array_equal(x, before)


# --- errors ----------------------------------------------------------------------------------------


@pytest.mark.fast
@pytest.mark.parametrize("name", ["gauss", "gaus_ntk", "GaussNTK", ""])
def test_unknown_kernel_lists_the_choices(name):
    with pytest.raises(ValueError, match="unknown kernel") as error:
        Kernel(name)
    assert all(choice in str(error.value) for choice in KERNELS)


@pytest.mark.fast
@pytest.mark.parametrize("name", ["nngp", "ntk", "ntk_sphere", "sntk"])
def test_unknown_activation_lists_the_choices(name):
    with pytest.raises(ValueError, match="unknown activation 'tanh': choose one of relu, erf"):
        Kernel(name, activation="tanh")


@pytest.mark.fast
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"depth": 0}, "depth"),
        ({"depth": -1}, "depth"),
        ({"depth": 1.5}, "depth"),
        ({"depth": True}, "depth"),
        ({"weight_std": 0.0}, "weight_std"),
        ({"weight_std": -1.0}, "weight_std"),
        ({"weight_std": float("nan")}, "weight_std"),
        ({"weight_std": float("inf")}, "weight_std"),
        ({"bias_std": -0.1}, "bias_std"),
        ({"bias_std": float("nan")}, "bias_std"),
        ({"bias_std": float("inf")}, "bias_std"),
    ],
)
@pytest.mark.fast
def test_settings_out_of_range_are_named(settings, named, unchecked):
    with pytest.raises(ValueError, match=f"^{named} is"):
        Kernel(**settings)
    with pytest.raises(ValueError, match=f"^{named} is"):
        Kernel("ntk", **settings)


@pytest.mark.fast
@pytest.mark.parametrize("name", NAMES)
def test_frames_of_wrong_shape_or_type_are_named(name, unchecked):
    kernel, good = Kernel(name), frames(3, 2)
    with pytest.raises(ValueError, match=r"x has shape \(3,\)"):
        kernel(jnp.ones(3))
    with pytest.raises(ValueError, match=r"y has shape \(1, 3, 2\)"):
        kernel(good, jnp.ones((1, 3, 2)))
    with pytest.raises(ValueError, match="x has 2 features and y has 4"):
        kernel(good, jnp.ones((3, 4)))
    with pytest.raises(ValueError, match="x holds int32"):
        kernel(jnp.ones((3, 2), np.int32))


@pytest.mark.fast
def test_kernels_are_values():
    assert Kernel("ntk", depth=2) == Kernel("ntk", depth=2)
    assert hash(Kernel("ntk", depth=2)) == hash(Kernel("ntk", depth=2))
    assert Kernel("ntk", depth=2) != Kernel("ntk", depth=3)
