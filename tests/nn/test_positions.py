import math

import numpy as np
import pytest

from dkva.nn.positions import sinusoids, stretched_sinusoids

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


def test_positions_are_those_of_the_public_table(reference_root):
    stored = np.load(reference_root / "clot_cases.npz")["pos_table_40"]
    np.testing.assert_allclose(sinusoids(np.arange(40), 16), stored, atol=1e-14)


@pytest.mark.parametrize("width", [1, 5, 6])
def test_positions_by_the_formula_at_any_length(width):
    table = sinusoids(np.arange(13000), width)
    assert table.shape == (13000, width)
    for t, j in ((0, 0), (1, width - 1), (12999, 0), (12999, width // 2)):
        angle = t / 10000 ** (2 * (j // 2) / width)
        assert table[t, j] == pytest.approx(math.sin(angle) if j % 2 == 0 else math.cos(angle), abs=1e-11)
    np.testing.assert_array_equal(table[:7], sinusoids(np.arange(7), width))
    np.testing.assert_array_equal(sinusoids(np.array([0.0, 3.5]), width)[1, 0], np.sin(3.5))


def test_a_clip_of_another_length_takes_the_positions_of_training():
    np.testing.assert_array_equal(stretched_sinusoids(40, 40, 6), sinusoids(np.arange(40), 6))
    np.testing.assert_allclose(
        stretched_sinusoids(5, 9, 6), sinusoids(np.array([0, 2, 4, 6, 8]), 6), atol=1e-15
    )
    np.testing.assert_array_equal(stretched_sinusoids(1, 9, 6), sinusoids(np.array([0]), 6))
