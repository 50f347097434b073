"""The kernel's features against the kernel itself."""

import numpy as np
import pytest

from dkva.kernel_means.nystrom import fit_kernel, median_squared_distance

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

FRAMES = np.random.default_rng(0).standard_normal((30, 3))


def exact(x, y, width):
    return np.exp(-np.square(x[:, None] - y).sum(axis=2) / width)


def test_with_every_frame_a_landmark_the_kernel_is_exact():
    kernel = fit_kernel(FRAMES, 0.5)  # narrow, so that no eigenvalue is left out
    phi = kernel.to_landmarks(FRAMES) @ kernel.axes
    assert phi.shape == (30, 30)
    condition = np.linalg.cond(exact(FRAMES, FRAMES, 0.5))
    np.testing.assert_allclose(phi @ phi.T, exact(FRAMES, FRAMES, 0.5), atol=30 * 2e-16 * condition)


def test_what_is_left_out_is_as_small_as_said():
    kernel = fit_kernel(FRAMES, 10.0)
    phi = kernel.to_landmarks(FRAMES) @ kernel.axes
    assert phi.shape[1] < 30
    gram = exact(FRAMES, FRAMES, 10.0)
    largest = np.linalg.eigvalsh(gram)[-1]
    assert np.abs(np.linalg.eigvalsh(phi @ phi.T - gram)).max() < 1.01e-6 * largest


def test_kernels_with_landmarks():
    found = fit_kernel(FRAMES[::5], 2.0).to_landmarks(FRAMES)
    np.testing.assert_allclose(found, exact(FRAMES, FRAMES[::5], 2.0), rtol=1e-13)
    assert found.max() <= 1


def test_the_median_has_a_fallback():
    squared = [np.square(a - b).sum() for i, a in enumerate(FRAMES) for b in FRAMES[:i]]
    assert median_squared_distance(FRAMES) == pytest.approx(np.median(squared), rel=1e-14)
    mostly_equal = np.repeat([[0.0], [2.0]], [9, 1], axis=0)
    assert median_squared_distance(mostly_equal) == 4 * 9 / 45
    assert median_squared_distance(np.ones((5, 2))) == 1
    assert median_squared_distance(np.ones((1, 2))) == 1
    assert median_squared_distance(np.ones((5, 0))) == 1


def test_equal_frames_have_one_feature():
    kernel = fit_kernel(np.ones((4, 2)), 1.0)
    assert kernel.axes.shape == (4, 1)
    assert fit_kernel(np.ones((4, 0)), 1.0).axes.shape == (4, 1)
