"""What baselines are held to, at the corners and in a clear video."""

import numpy as np
import pytest

rng = np.random.default_rng(0)

#: Four actions of which the first returns, in features of very different units.
RETURNING = np.repeat([0, 1, 0, 2], [40, 30, 35, 45])
#: Four actions that come once.
ONCE = np.repeat([0, 1, 2, 3], [40, 30, 35, 45])
UNITS = np.array([1e-3, 1.0, 1e4, 7.0])


def planted(truth, seed=0, units=UNITS):
    """Features [n, 4] of a video whose actions lie six standard deviations apart."""
    noise = np.random.default_rng(seed).standard_normal((len(truth), 4))
    return units * (6 * np.eye(4)[truth] + noise)


ONE = planted(np.zeros(1, int))
NOISE = rng.standard_normal((12, 3))

#: Features, number of segments, and the least and the largest number of labels that may come out.
CORNERS = {
    "one segment": (planted(ONCE), 1, 1, 1),
    "one frame": (ONE, 1, 1, 1),
    "two frames": (NOISE[:2], 2, 1, 2),
    "as many segments as frames": (NOISE, 12, 1, 12),
    "all but as many": (NOISE, 11, 1, 11),
    "constant features": (np.full((20, 3), 0.1), 3, 1, 3),
    "one feature that varies": (np.column_stack([np.full(30, 0.3), np.repeat([0, 5.0], 15)]), 2, 2, 2),
    "equal frames": (np.repeat([[1.0, 2.0], [5.0, 0.0]], 15, axis=0), 4, 2, 4),
    "one feature": (np.repeat([0.0, 5.0, 0.0], 15)[:, None], 2, 2, 2),
    "more features than frames": (rng.standard_normal((8, 40)), 3, 1, 3),
    "whole numbers": (np.repeat([[3, 250], [90, 4]], 15, axis=0).astype(np.uint8), 2, 2, 2),
    "single precision": (planted(ONCE).astype(np.float32), 4, 4, 4),
}

corners = pytest.mark.parametrize("corner", CORNERS)


def check_corner(method, corner, fewer=False):
    """Labels are numbered in order of first appearance, as many as may be; features are not written to.

    With `fewer` a single label may come out.
    """
    features, k, least, most = CORNERS[corner]
    before = features.copy()
    labels = method(features, k)
    np.testing.assert_array_equal(features, before)
    assert labels.dtype == np.int64
    assert labels.shape == (len(features),)
    found, first = np.unique(labels, return_index=True)
    np.testing.assert_array_equal(found, np.arange(len(found)))
    assert (np.diff(first) > 0).all()
    assert (1 if fewer else least) <= len(found) <= most


def check_units(method, features, k):
    """Shifts and positive scales of the columns change nothing: powers of two, so that nothing is rounded."""
    shift, scale = np.array([[4.0, 1.0, -2.0, 0.5], [2.0**20, 2.0**-20, 0.25, 8.0]])
    exact = np.round(features / features.std(axis=0) * 64) / 64  # shifted exactly
    np.testing.assert_array_equal(method((exact + shift) * scale, k), method(exact, k))


def check_refusals(method, *settings):
    """Wrong features and numbers of segments, and settings each with a part of its message."""
    features = planted(ONCE)
    for bad in (np.full((3, 2), np.nan), np.zeros(5), np.zeros((0, 3)), np.array([["a"]])):
        with pytest.raises(ValueError, match="give finite numbers"):
            method(bad, 1)
    with pytest.raises(ValueError, match="n_segments is 0"):
        method(features, 0)
    with pytest.raises(ValueError, match="ask for at most 150"):
        method(features, 151)
    for given, message in settings:
        with pytest.raises(ValueError, match=message):
            method(features, 2, **given)
