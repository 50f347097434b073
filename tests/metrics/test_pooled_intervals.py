import numpy as np
import pytest

from dkva.metrics.bootstrap import bootstrap_interval
from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled, ms_tcn_rows
from dkva.metrics.pooled_intervals import with_intervals

pytestmark = pytest.mark.fast

VALUES = np.random.default_rng(0).random(30)


def mean(rows, weights=None):
    """The mean of values, and a score that only even weights have."""
    values = np.array([row["value"] for row in rows])
    if weights is None:
        return {"mean": float(values.mean()), "odd": 1.0}
    means = weights @ values / weights.sum(axis=1)
    return {"mean": means, "odd": np.where(weights[:, 0] % 2, np.nan, 1.0)}


def rows(values):
    return [{"value": value} for value in values]


def test_the_mean_has_the_interval_of_the_bootstrap_over_values():
    (found, odd) = with_intervals(mean, [rows(VALUES)]).values()
    assert found.score == pytest.approx(VALUES.mean())
    # Two draws of 9999 resamples: an end is a quantile at 2.5 %, known to about 3 % of a standard error.
    error = VALUES.std() / np.sqrt(len(VALUES))
    np.testing.assert_allclose(found[1:], bootstrap_interval(VALUES), atol=0.2 * error)
    assert odd == (1, 1, 1)


def test_groups_of_one_video_are_drawn_and_larger_ones_keep_their_videos():
    alone = with_intervals(mean, [rows([value]) for value in VALUES])["mean"]
    together = with_intervals(mean, [rows(VALUES)])["mean"]
    np.testing.assert_allclose(alone, together, atol=0.2 * VALUES.std() / np.sqrt(len(VALUES)))
    # Groups that differ, each of equal videos: nothing changes with the draw.
    assert with_intervals(mean, [rows([0.0] * 3), rows([1.0] * 5)])["mean"] == (0.5, 0.5, 0.5)
    low, high = with_intervals(mean, [rows([0.0] * 3), rows([1.0])])["mean"][1:]
    assert (low, high) == (0.5, 0.5)


def test_one_video_has_no_interval_and_none_is_an_error():
    found = with_intervals(mean, [rows([0.25])])["mean"]
    assert found.score == 0.25
    assert np.isnan(found[1:]).all()
    for groups in ([], [[]]):
        with pytest.raises(ValueError, match="group without videos"):
            with_intervals(mean, groups)


def test_scores_of_a_protocol_lie_within_their_intervals():
    rng = np.random.default_rng(1)
    truths = [rng.integers(0, 3, 40).repeat(5) for _ in range(6)]
    labels = [np.where(rng.random(200) < 0.3, 0, truth) for truth in truths]
    found = with_intervals(ms_tcn_pooled, [ms_tcn_rows(truths, labels)])
    assert {name: each.score for name, each in found.items()} == pytest.approx(
        ms_tcn_pooled(ms_tcn_rows(truths, labels))
    )
    assert all(each.low < each.score < each.high for each in found.values())
    assert with_intervals(ms_tcn_pooled, [ms_tcn_rows(truths, labels)]) == found
