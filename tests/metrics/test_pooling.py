import numpy as np
import pytest

from dkva.metrics.pooling import pooled, pooled_pairs, unknown

pytestmark = pytest.mark.fast


def test_the_mean_of_the_parts_is_the_figure():
    accuracy = pooled([3, 0, 5], [4, 4, 8])  # right frames of three videos of 4, 4 and 8 frames
    assert accuracy.figure == 0.5
    np.testing.assert_allclose(accuracy.parts, [0.5 + 3 * 1 / 16, 0.5 - 3 * 2 / 16, 0.5 + 3 * 1 / 16])
    assert accuracy.parts.mean() == pytest.approx(0.5)


def test_videos_of_one_accuracy_have_one_part_whatever_their_lengths():
    np.testing.assert_allclose(pooled([4, 8, 2], [8, 16, 4]).parts, 0.5)


def test_parts_say_how_a_resample_moves_the_figure():
    rng = np.random.default_rng(0)
    sizes = rng.integers(50, 150, 40)
    sums = rng.binomial(sizes, 0.7)
    parts = pooled(sums, sizes).parts
    drawn = rng.integers(0, 40, (2000, 40))
    ratios = sums[drawn].sum(1) / sizes[drawn].sum(1)
    # Means of parts are the ratios to first order in the deviations of the sizes' sum.
    assert np.std(ratios - parts[drawn].mean(1)) < 0.1 * np.std(ratios)


def test_the_mean_over_pairs_is_the_mean_of_the_parts_whatever_pairs_are_missing():
    rng = np.random.default_rng(1)
    values = rng.random((6, 6))
    values[rng.random((6, 6)) < 0.3] = np.nan
    np.fill_diagonal(values, np.nan)
    found = pooled_pairs(values)
    assert found.figure == pytest.approx(np.nanmean(values))
    assert found.parts.mean() == pytest.approx(found.figure)
    assert np.isnan(pooled_pairs(np.full((1, 1), np.nan)).figure)


def test_parts_of_pairs_spread_as_the_figure_does():
    """If effects as first and as second add up, the standard error is the deviation over sets of videos."""
    rng = np.random.default_rng(2)
    figures, errors = [], []
    for _ in range(400):
        first, second = rng.normal(size=(2, 20))
        values = first[:, None] + second + 0.1 * rng.normal(size=(20, 20))
        np.fill_diagonal(values, np.nan)
        found = pooled_pairs(values)
        figures.append(found.figure)
        errors.append(found.parts.std(ddof=1) / np.sqrt(20))
    assert np.mean(errors) == pytest.approx(np.std(figures), rel=0.15)


def test_nothing_to_divide_by_is_unknown():
    for of in (pooled([0, 0], [0, 0]), unknown(2)):
        assert np.isnan(of.figure)
        assert np.isnan(of.parts).all()
        assert of.parts.shape == (2,)
