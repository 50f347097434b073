"""The arc-cosine kernels against NumPy's arccos, against integrals over the plane, and their slopes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from tolerances import eps

from dkva.approximation.arc_cosine import arc_cosine_0, arc_cosine_1

pytestmark = pytest.mark.fast

COSINES = np.concatenate([np.linspace(-1, 1, 41), [-0.999999, 0.999999, 1e-12]])


def plane(angle, order):
    """Expectation at two unit Gaussians `angle` apart: over the radius it is a factor."""

    def both(phi):
        a, b = np.cos(phi), np.cos(phi - angle)
        return (a > 0) * (b > 0) * (1 if order == 0 else a * b)

    kinks = [np.pi / 2, 3 * np.pi / 2, angle + np.pi / 2, (angle + 3 * np.pi / 2) % (2 * np.pi)]
    value, _ = quad(both, 0, 2 * np.pi, points=sorted(kinks), epsabs=1e-12, limit=200)
    return value / (2 * np.pi) * (1 if order == 0 else 2)


@pytest.mark.parametrize(("order", "function"), [(0, arc_cosine_0), (1, arc_cosine_1)])
def test_equals_the_integral_over_the_plane(order, function, x64):
    angles = np.linspace(0.05, np.pi - 0.05, 7)
    expected = [plane(angle, order) for angle in angles]
    # The integral is asked for 1e-12, and meets its kinks to some multiple of that.
    np.testing.assert_allclose(function(jnp.cos(angles)), expected, atol=1e-10)


@pytest.mark.numerics
def test_single_precision_errs_by_the_polynomial_and_rounding():
    exact = (np.pi - np.arccos(COSINES.astype(np.float32).astype(np.float64))) / (2 * np.pi)
    got = np.asarray(arc_cosine_0(jnp.asarray(COSINES, jnp.float32)))
    # Hastings' 2e-8, times the root of 1 - cosine; eight steps of Horner's scheme on numbers below pi.
    np.testing.assert_allclose(got, exact, atol=2e-8 + 10 * np.pi * eps(np.float32) / (2 * np.pi))


@pytest.mark.parametrize("function", [arc_cosine_0, arc_cosine_1])
def test_slopes_are_finite_where_frames_coincide_or_oppose(function):
    slopes = jax.vmap(jax.grad(function))(jnp.asarray(COSINES, jnp.float32))
    assert np.isfinite(slopes).all()
    assert (np.asarray(slopes) >= 0).all()


def test_the_slope_of_order_one_is_order_zero(x64):
    inside = jnp.linspace(-0.9, 0.9, 13)
    np.testing.assert_array_equal(jax.vmap(jax.grad(arc_cosine_1))(inside), arc_cosine_0(inside))
