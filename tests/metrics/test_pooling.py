import numpy as np
import pytest

from dkva.metrics.pooling import pooled, unknown

pytestmark = pytest.mark.fast


def test_the_mean_of_the_parts_is_the_figure():
    accuracy = pooled([3, 0, 5], 16)  # right frames of three videos of 16 frames in all
    assert accuracy.figure == 0.5
    np.testing.assert_array_equal(accuracy.parts, [9 / 16, 0, 15 / 16])
    assert accuracy.parts.mean() == 0.5


def test_nothing_to_divide_by_is_unknown():
    for of in (pooled([0, 0], 0), unknown(2)):
        assert np.isnan(of.figure)
        assert np.isnan(of.parts).all()
        assert of.parts.shape == (2,)
