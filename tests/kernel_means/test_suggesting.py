import numpy as np
import pytest

from dkva import KernelMeanSegmenter
from dkva.kernel_means.levels import Hierarchy, Level
from dkva.kernel_means.suggesting import by_eigengap, by_penalty, penalised_scatter, suggest_k

pytestmark = pytest.mark.fast


def made(scatters, switches, spectrum):
    levels = (
        Level(k, np.zeros(5, np.int64), 0.0, scatter, each, 1.0)
        for k, (scatter, each) in enumerate(zip(scatters, switches, strict=True), start=1)
    )
    return Hierarchy(tuple(levels), np.asarray(spectrum))


def test_the_cheapest_level_of_at_least_three():
    level = made([1, 0.1, 0.5], [0, 1, 2], [1.0]).levels[2]
    assert penalised_scatter(level) == pytest.approx(0.61)
    # .5 + .09 + .02, .4 + .12 + .03, .39 + .15 + .04
    assert by_penalty(made([1, 0.1, 0.5, 0.4, 0.39], [0, 1, 2, 3, 4], [1.0])) == 4
    assert by_penalty(made([1, 0.1, 0.5, 0.4, 0.39], [0, 1, 2, 30, 4], [1.0])) == 5


@pytest.mark.parametrize(
    ("spectrum", "expected"),
    [
        ([0.5, 0.45, 0.01, 0.009, 0.008, 0.007], 3),
        ([0.9, 0.05, 0.04, 0.01, 0.01, 0.01], 2),
        ([1.0], 2),
        ([], 2),
        ([0.0, 0.0], 2),
        ([0.4, 0.3, 0.3, 1e-17, 1e-30], 4),
    ],
)
def test_the_largest_ratio_of_variances(spectrum, expected):
    assert by_eigengap(np.asarray(spectrum, float), 6) == expected


def test_the_hint_is_the_median_of_the_rules():
    hierarchy = made([1, 0.9, 0.5, 0.3, 0.29, 0.28], [0, 1, 2, 3, 4, 5], [0.9] + [0.02] * 5)
    assert (by_penalty(hierarchy), by_eigengap(hierarchy.spectrum, 6)) == (4, 2)
    assert suggest_k(hierarchy) == 3
    assert suggest_k(hierarchy, [90, 30, 6, 1]) == 4
    assert suggest_k(hierarchy, [90, 30, 2, 6]) == 2
    assert suggest_k(hierarchy, [90, 1]) == 3
    with pytest.raises(ValueError, match="the hierarchy has 2 levels: make at least 3"):
        suggest_k(made([1, 0.5], [0, 1], [1.0]))
    with pytest.raises(ValueError, match="has 1 level: make"):
        suggest_k(made([1], [0], [1.0]))


def test_clear_actions_are_counted():
    truth = np.repeat([0, 1, 2, 3, 0, 2, 1, 3], 20)
    frames = 8 * np.eye(4)[truth] + np.random.default_rng(0).standard_normal((160, 4))
    assert suggest_k(KernelMeanSegmenter(4, levels=8).fit(frames).hierarchy_) == 4
