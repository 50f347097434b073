"""Smoothing against SciPy, standardising and its way back."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter1d
from scipy.signal import fftconvolve
from tolerances import eps, fft_error, sum_error

from dkva import Standardiser, smooth
from dkva.approximation.preprocessing import _convolved, smooth_and_standardise, smoothing_window

pytestmark = [pytest.mark.fast, pytest.mark.numerics]

EPS = eps(np.float64)

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
videos = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=numbers)


def frames(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def by_scipy(x, window):
    return gaussian_filter1d(np.asarray(x, np.float64), (window - 1) / 6, axis=0, truncate=3, mode="reflect")


def smoothing_error(x, window):
    """By FFT of the video and what is mirrored at its ends; the mean is taken off before and added again."""
    sigma = (window - 1) / 6
    taps = np.exp(-0.5 * (np.arange(-int(3 * sigma + 0.5), int(3 * sigma + 0.5) + 1) / sigma) ** 2)
    largest = np.abs(x).max()
    padded = len(x) + len(taps)
    weight = np.linalg.norm(taps / taps.sum())
    # SciPy's own sum has as many terms as there are taps.
    other = sum_error(len(taps) + 4, np.float64) * largest
    return fft_error(padded, np.float64) * 2 * largest * np.sqrt(padded) * weight + other


@pytest.mark.parametrize("window", [2, 3, 4, 7, 50, 51, 120, 400, 3000])
@pytest.mark.parametrize("n", [1, 2, 120])
def test_smoothing_equals_scipy(n, window):
    x = frames(n, 5)
    atol = smoothing_error(x, window)
    assert atol < 1e-10
    np.testing.assert_allclose(smooth(x, window), by_scipy(x, window), rtol=0, atol=atol)


@settings(max_examples=100)
@given(videos, st.integers(2, 100))
def test_smoothing_equals_scipy_for_any_frames(x, window):
    expected = by_scipy(x, window)
    atol = max(smoothing_error(x, window), np.finfo(np.float64).tiny)
    np.testing.assert_allclose(smooth(x, window), expected, rtol=0, atol=atol)


@pytest.mark.parametrize("window", [-3, 0, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_window_of_at_most_one_frame_is_the_identity(window, dtype):
    x = (10 * frames(9, 3)).astype(dtype)
    out = smooth(x, window)
    np.testing.assert_array_equal(out, x)
    assert out.dtype == np.float64


def test_columns_are_smoothed_alone_however_many(monkeypatch):
    x = frames(50, 7)
    whole = smooth(x, 9)
    monkeypatch.setattr("dkva.approximation.preprocessing._COLUMNS_BYTES", 1000)
    atol = smoothing_error(x, 9)
    np.testing.assert_allclose(smooth(x, 9), whole, rtol=0, atol=atol)
    np.testing.assert_allclose(smooth(x[:, 3:4], 9), whole[:, 3:4], rtol=0, atol=atol)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, -3.7e8, 1e-30])
def test_constant_feature_stays_constant(value):
    x = np.full((90, 2), value)
    np.testing.assert_allclose(smooth(x, 30), x, rtol=4 * EPS)  # the mean is taken off and added


@pytest.mark.parametrize("offset", [1e6, 1e9, -1e12])
def test_large_offset_costs_no_more_digits_than_it_holds(offset):
    x = offset + frames(100, 3)
    error = np.abs(smooth(x, 21) - by_scipy(x, 21)).max()
    # SciPy adds up 21 terms of the offset's size in any order; ours rounds it a few times.
    assert error <= sum_error(21, np.float64) * abs(offset) + smoothing_error(x - offset, 21)
    constant = np.full((100, 1), float(offset))
    assert np.abs(smooth(constant, 21) - constant).max() <= 4 * EPS * abs(offset)


@pytest.mark.parametrize(
    ("n", "m", "smoothing", "window"),
    [(917, 4, 2.5, 574), (100, 10, 1.0, 10), (101, 10, 1.0, 11), (100, 4, 0.0, 0), (3, 3, 0.5, 1)],
)
def test_window_is_the_ceiling_of_smoothing_times_mean_segment(n, m, smoothing, window):
    assert smoothing_window(n, m, smoothing) == window == math.ceil(smoothing * n / m)


def test_standardised_frames_have_mean_0_and_deviation_1():
    x = 5 + 3 * frames(200, 4)
    out = Standardiser.fit(x).apply(x, np.float64)
    # Means of 200 numbers of sizes up to 5 + 3·4, in units of the deviation 3.
    np.testing.assert_allclose(out.mean(axis=0), 0, rtol=0, atol=2 * sum_error(200, np.float64) * 17 / 3)
    np.testing.assert_allclose(out.std(axis=0), 1, rtol=1e-7)  # 1e-7 is added to a deviation near 3


def test_features_of_so_small_numbers_that_epsilon_decides_are_said(monkeypatch):
    monkeypatch.setattr("dkva.approximation.preprocessing._WHOLE_BYTES", 1)  # a feature at a time
    x = frames(50, 3)
    x[:, 1] = 4
    with pytest.warns(UserWarning, match=r"features vary by .*e-09 at most, beside 1e-07 .*: multiply them"):
        small, _ = smooth_and_standardise(1e-9 * x, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        smooth_and_standardise(1e-4 * x, 1)
        smooth_and_standardise(0 * x, 1)
        smooth_and_standardise([1e-9, 1, 1] * x, 1)  # one of them
        smooth_and_standardise(1e-9 * x, 1, standardiser=small)  # was told


def test_scale_is_deviation_plus_epsilon():
    x = frames(50, 3)
    fitted = Standardiser.fit(x)
    # Sums of 50 numbers of sizes up to 4 in another order.
    atol = 4 * sum_error(50, np.float64)
    np.testing.assert_allclose(fitted.scale, x.std(axis=0) + 1e-7, rtol=0, atol=atol)
    np.testing.assert_allclose(fitted.mean, x.mean(axis=0), rtol=0, atol=atol)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8, -1e-12])
@pytest.mark.parametrize("window", [1, 30])
def test_constant_feature_becomes_exactly_0_and_comes_back(value, window):
    x = frames(60, 3)
    x[:, 1] = value
    smoothed = smooth(x, window)
    fitted = Standardiser.fit(smoothed)
    out = fitted.apply(smoothed)
    np.testing.assert_array_equal(out[:, 1], 0)
    assert np.isfinite(out).all()
    np.testing.assert_allclose(fitted.invert(out)[:, 1], value, rtol=sum_error(60, np.float64))  # the mean


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e6, 1e12])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_standardised_frames_come_back(size, offset):
    x = size * (offset + frames(80, 4))
    fitted = Standardiser.fit(x)
    # Four operations of the size of the largest value and of the mean.
    atol = 8 * EPS * np.abs(x).max()
    np.testing.assert_allclose(fitted.invert(fitted.apply(x, np.float64)), x, rtol=0, atol=atol)


@settings(max_examples=100)
@given(videos)
@example(np.array([[2.5e-281], [0.0]]))
def test_any_frames_come_back(x):
    fitted = Standardiser.fit(x)
    out = fitted.apply(x, np.float64)
    assert np.isfinite(out).all()
    assert fitted.apply(x).dtype == np.float32
    # Four operations; a deviation of up to 100·eps of the mean counts as none, and is left out, as are
    # those whose squares are too small for float64.
    atol = (8 + 100 * np.sqrt(len(x))) * EPS * np.abs(x).max()
    underflow = np.sqrt(len(x) * np.finfo(np.float64).tiny)
    np.testing.assert_allclose(fitted.invert(out), x, rtol=0, atol=max(atol, underflow))


def test_one_frame_becomes_zeros():
    x = frames(1, 4)
    np.testing.assert_array_equal(Standardiser.fit(x).apply(x), 0)


def test_inputs_are_not_written():
    x = frames(60, 3)
    x.flags.writeable = False
    for window in (1, 9):
        fitted = Standardiser.fit(smooth(x, window))
        fitted.invert(fitted.apply(x))
    np.testing.assert_array_equal(x, frames(60, 3))


def test_identity_smoothing_is_safe_to_read_only():
    """smooth may hand back its input: nothing downstream writes to it."""
    x = frames(6, 3)
    out = Standardiser.fit(smooth(x, 0)).apply(smooth(x, 0))
    assert not np.shares_memory(out, x)


@pytest.mark.parametrize("window", [1, 9])
@pytest.mark.parametrize("limit", [1, 4 * 8 * 120 * 2, 1 << 27])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_few_features_at_a_time_are_all_at_once(monkeypatch, window, limit, dtype):
    x = (3 * frames(120, 7) + 5).astype(dtype)
    smoothed = smooth(x, window)
    expected = Standardiser.fit(smoothed)
    monkeypatch.setattr("dkva.approximation.preprocessing._WHOLE_BYTES", limit)
    found, standardised = smooth_and_standardise(x, window, np.float32)
    # Features by themselves: 120 numbers of sizes up to 20, smoothed, added up in another order.
    atol = 20 * sum_error(120, np.float64) + (smoothing_error(x, window) if window > 1 else 0)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=0, atol=atol)
    np.testing.assert_allclose(found.scale, expected.scale, rtol=0, atol=atol)
    least = expected.scale.min()
    rounded = {"rtol": 2 * eps(np.float32), "atol": 10 * atol / least}
    np.testing.assert_allclose(standardised, expected.apply(smoothed), **rounded)
    assert standardised.dtype == np.float32
    # The same mean and scale on other frames: what `predict` does.
    other = frames(40, 7, seed=1)
    again, applied = smooth_and_standardise(other, window, np.float64, expected)
    np.testing.assert_array_equal(again.mean, expected.mean)
    np.testing.assert_allclose(
        applied, expected.apply(smooth(other, window), np.float64), rtol=4 * EPS, atol=atol / least
    )


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_columns_are_convolved_as_scipy_does_it(taps, more, seed):
    draw = np.random.default_rng(seed)
    padded, weights = draw.normal(size=(taps + more - 1, 2)), draw.uniform(size=(taps, 1))
    expected = fftconvolve(padded, weights, mode="valid", axes=0)
    # Of an FFT's rounding, relative to all that is summed.
    error = 50 * np.finfo(np.float64).eps * np.abs(padded).max() * weights.sum() * np.sqrt(len(padded))
    np.testing.assert_allclose(_convolved(padded, weights), expected, rtol=0, atol=error)
