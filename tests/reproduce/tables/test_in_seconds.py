"""Methods smoothed for a shortest action: the same labels as with the setting that it gives."""

import numpy as np
import pytest

from dkva.approximation.preprocessing import smoothing_window
from dkva.baselines.smoothed_k_means import smoothed_kmeans
from dkva.kernel_means.segmenting import kernel_mean_segments
from reproduce.tables import in_seconds
from reproduce.tables.in_seconds import OWN, RATES, SHORTEST, kms_for, method_lines, smoothed_kmeans_for

pytestmark = pytest.mark.fast


@pytest.fixture(scope="module")
def features():
    """Three actions that return, with noise [90, 4]."""
    rng = np.random.default_rng(3)
    means = rng.normal(size=(3, 4))[np.repeat([0, 1, 2, 0, 1, 2], 15)]
    return means + 0.7 * rng.normal(size=(90, 4))


def test_smoothing_is_that_of_the_shortest_action(features):
    at = {"seconds": 3.0, "rate": 5.0, "seed": 2}
    deviation = 3.0  # samples: a fifth of 3 s, five a second
    wide = {"smoothing": deviation * 3 / 90}
    np.testing.assert_array_equal(
        smoothed_kmeans_for(features, 3, **at), smoothed_kmeans(features, 3, seed=2, **wide)
    )
    np.testing.assert_array_equal(
        kms_for(features, 3, whitening=1.0, **at),
        kernel_mean_segments(features, 3, seed=2, whitening=1.0, averaging=wide["smoothing"]),
    )
    unlike = smoothed_kmeans_for(features, 3, seconds=0.1, rate=5.0, seed=2)
    assert not np.array_equal(unlike, smoothed_kmeans_for(features, 3, **at))


def test_the_papers_method_is_given_its_own_measure_of_smoothing(features, monkeypatch):
    given = {}

    def segment(rows, n_segments, **settings):
        given.update(settings)
        return np.zeros(len(rows), int)

    monkeypatch.setattr(in_seconds, "segment_video", segment)
    in_seconds.papers_for(features, 3, seconds=3.0, rate=5.0, init="kmeans", epochs=2, seed=2, name="v")
    smoothing = given.pop("smoothing")
    assert given == {"init": "kmeans", "epochs": 2, "seed": 2, "name": "v"}
    assert smoothing_window(90, 3, smoothing) == 6 * 3 + 1  # three deviations of three samples on each side


def test_every_line_is_told_apart_and_each_shortest_action_has_its_rate():
    by_rate = {rate: method_lines(rate, 1) for rate in RATES}
    told = [(line.label, line.columns["shortest"]) for lines in by_rate.values() for line in lines]
    assert len(set(told)) == len(told)
    for rate, lines in by_rate.items():
        for line in lines:
            if line.columns["shortest"] == OWN:
                assert rate == 5.0
            else:
                seconds, unit = line.columns["shortest"].split()
                assert unit == "s"
                assert line.settings["seconds"] == float(seconds)
                assert line.settings["rate"] == rate == (10.0 if float(seconds) < 3 else 5.0)
    smoothed = {shortest for _, shortest in told} - {OWN}
    assert smoothed == {f"{seconds:g} s" for seconds in SHORTEST}
    assert len(told) == 9 + 5 * len(SHORTEST)
