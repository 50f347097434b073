import numpy as np
import pytest

from dkva.kernel_means.segmenting import kernel_mean_segments
from reproduce.tables.suggested_k import MEDIAN, NESTED, RULES, TRUE, cut_by_rule, measure

pytestmark = pytest.mark.fast

X = 6 * np.eye(5)[np.repeat([0, 1, 2, 3, 4], 12)] + np.random.default_rng(0).normal(size=(60, 5))


def test_each_rule_cuts_at_its_number():
    cuts = {rule: cut_by_rule(X, 5, rule=rule) for rule in RULES}
    np.testing.assert_array_equal(cuts[TRUE], kernel_mean_segments(X, 5))
    np.testing.assert_array_equal(cuts["always 4"], kernel_mean_segments(X, 4))
    assert len(np.unique(cuts[NESTED])) == 5
    three = sorted(len(np.unique(cuts[rule])) for rule in RULES[:3])
    assert len(np.unique(cuts[MEDIAN])) == three[1]


def test_what_is_measured():
    truth = np.repeat([0, 1, 2, 3], 5)
    found = measure(truth, np.repeat([7, 8], 10), 4)
    assert (found["found"], found["off"], found["mof"]) == (2, 2, 0.5)
    assert found["iou"] == pytest.approx((0.5 + 0.5) / 4)  # not / 2: two actions are not found
    assert measure(truth, np.repeat(np.arange(5), 4), 4)["found"] == 5  # more than the true number
    assert measure(truth, truth, 4)["off"] == 0
