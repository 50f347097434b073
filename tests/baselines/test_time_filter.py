"""The Gaussian filter over time."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from dkva.baselines import time_filter as module
from dkva.baselines.time_filter import gaussian_filtered

pytestmark = pytest.mark.fast

ROWS = np.random.default_rng(1).standard_normal((60, 3))


@pytest.mark.parametrize("deviation", [0.05, 0.3, 2.0, 40.0])
@pytest.mark.parametrize("block", [1, 2**24])
def test_the_filter_is_scipys(deviation, block, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", block)
    expected = gaussian_filter1d(ROWS, deviation, axis=0, mode="nearest")
    # Roundings of numbers below 4 that a transform of some 512 sums in nine stages, and of their sum here.
    np.testing.assert_allclose(gaussian_filtered(ROWS, deviation), expected, rtol=0, atol=1e-13)


def test_below_an_eighth_of_a_row_nothing_is_averaged():
    assert gaussian_filtered(ROWS, 0.12) is ROWS
    assert gaussian_filtered(ROWS, 0.0) is ROWS
