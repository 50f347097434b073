"""The blocks' covariance against numpy's, and what the components' variances are to be."""

import numpy as np
import pytest
from tolerances import eps, sum_error

from dkva.kernel_means import whitening
from dkva.kernel_means.whitening import blocks, evenly_spaced, fit_whitening, leading_eigenpairs

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def frames(n=300, d=5, seed=0):
    rng = np.random.default_rng(seed)
    return 50 + rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) * [1, 10, 100, 0.1, 1][:d]


def plainly(x, strength):
    """The same without blocks and shift: components but for their signs."""
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    values, vectors = np.linalg.eigh(standard.T @ standard / len(x))
    return (standard @ vectors * values ** (-strength / 2))[:, ::-1]


@pytest.mark.parametrize("strength", [0, 0.5, 1])
def test_components_are_those_of_the_standardised_features(strength, monkeypatch):
    monkeypatch.setattr(whitening, "_BLOCK", 35)  # seven frames
    x = frames()
    found, expected = fit_whitening(x, strength).apply(x), plainly(x, strength)
    # Eigenvectors err by the covariance's rounding over the gap of their eigenvalues.
    values = np.linalg.eigvalsh(np.corrcoef(x.T))
    error = 100 * sum_error(len(x), np.float64) / np.diff(values).min() / values[0]
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=error * np.abs(expected).max())
    np.testing.assert_allclose(found.var(axis=0), values[::-1] ** (1 - strength), rtol=error)


def test_more_features_than_frames_give_the_same_distances():
    x = frames(40, 5)
    wide = np.hstack([x] * 10) * np.linspace(1, 2, 50)  # the same correlations ten times
    a, b = fit_whitening(x, 0.5).apply(x), fit_whitening(wide, 0.5).apply(wide)
    assert len(wide[0]) > len(wide)
    # Variances are ten times as large, and their square root is left over.
    np.testing.assert_allclose(np.abs(b[:, : a.shape[1]]), np.abs(a) * 10**0.25, atol=1e-9)


def test_features_that_do_not_vary_are_left_out():
    x = frames()
    with_constants = np.insert(x, [0, 3], [[0.1, 7.0]], axis=1)
    found = fit_whitening(with_constants, 0.5)
    np.testing.assert_array_equal(found.kept, [1, 2, 3, 5, 6])
    alone = fit_whitening(x, 0.5)
    # The same numbers in blocks of other lengths, whose sums are rounded otherwise.
    error = 100 * sum_error(len(x), np.float64)
    np.testing.assert_allclose(found.apply(with_constants), alone.apply(x), atol=error)
    assert fit_whitening(np.full((9, 3), 0.1), 0.5).apply(np.full((9, 3), 0.1)).shape == (9, 0)
    noise = 1 + eps(np.float32) * np.arange(3, dtype=np.float32)[:, None]
    assert fit_whitening(noise, 0.5).kept.size == 0


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_extreme_units_do_no_harm(scale):
    x = frames()
    found, expected = fit_whitening(x * scale, 0.5).apply(x * scale), fit_whitening(x, 0.5).apply(x)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-9)


def test_directions_without_variance_are_dropped():
    x = frames(d=2)
    assert fit_whitening(x[:, [0, 1, 0]], 1).apply(x[:, [0, 1, 0]]).shape == (300, 2)


def test_leading_eigenpairs_are_numpys():
    matrix = np.cov(frames().T)
    values, vectors = leading_eigenpairs(matrix, 3)
    expected = np.linalg.eigvalsh(matrix)[::-1]
    np.testing.assert_allclose(values, expected[:3], atol=1e-12 * expected[0])
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-12 * expected[0])
    assert len(leading_eigenpairs(matrix, 9)[0]) == 5


def test_blocks_cover_all_rows():
    assert [(each.start, each.stop) for each in blocks(7, 3)] == [(0, 3), (3, 6), (6, 7)]


@pytest.mark.parametrize(("n", "most", "expected"), [(6, 3, [1, 3, 5]), (3, 5, [0, 1, 2]), (1, 1, [0])])
def test_frames_are_evenly_spaced(n, most, expected):
    np.testing.assert_array_equal(evenly_spaced(n, most), expected)
