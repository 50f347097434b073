"""What scores are made of, against plain programs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from sklearn.metrics.cluster import contingency_matrix

from dkva import evaluate
from dkva.metrics.parts import contingency, edit_score, ignored_labels, jaccard_sum, macro_f1, runs_between

pytestmark = pytest.mark.fast


def levenshtein(a, b):
    if not a or not b:
        return len(a) + len(b)
    change = levenshtein(a[1:], b[1:]) + (a[0] != b[0])
    return min(change, levenshtein(a[1:], b) + 1, levenshtein(a, b[1:]) + 1)


short = st.lists(st.integers(0, 3), min_size=1, max_size=6)


@settings(max_examples=60)
@given(short, short)
def test_edit_score_equals_plain_levenshtein(a, b):
    assert edit_score(a, b) == pytest.approx(1 - levenshtein(a, b) / max(len(a), len(b)))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.data())
def test_jaccard_sum_equals_sets_of_frames(truth, data):
    mapped = data.draw(st.lists(st.integers(0, 4), min_size=len(truth), max_size=len(truth)))
    expected = 0.0
    for label in set(truth):
        a = {i for i, other in enumerate(truth) if other == label}
        b = {i for i, other in enumerate(mapped) if other == label}
        expected += len(a & b) / len(a | b)
    assert jaccard_sum(np.array(truth), np.array(mapped)) == pytest.approx(expected)


def test_runs_end_where_frames_were_left_out():
    assert runs_between(np.array([1, 1, 1, 0]), np.array([0, 0, 2, 2])) == [(0, 2, 1), (2, 3, 1), (3, 4, 0)]


def test_labels_to_ignore_are_of_the_kind_of_the_truth():
    assert ignored_labels(None, np.array([1])) == []
    assert ignored_labels("idle", np.array(["idle"])) == ["idle"]
    assert ignored_labels((1, 2), np.array([1])) == [1, 2]
    with pytest.raises(ValueError, match="give labels of one kind"):
        ignored_labels("idle", np.array([1]))


@pytest.mark.parametrize(
    "labels",
    [
        np.ma.masked_equal([0, 1, 2, 1], 2),
        [0.0, 1.0, float("nan"), 1.0],
        ["a", "b", None, "a"],
        np.array(["a", "b", float("nan"), "a"], object),
    ],
)
def test_labels_that_are_missing_are_refused(labels):
    for truth, predicted, argument in ((labels, [0] * 4, "truth"), ([0] * 4, labels, "predicted")):
        with pytest.raises(
            ValueError, match=f"{argument} has no label at 1 of 4 frames, the first of them 2"
        ):
            evaluate(truth, predicted)


def test_labels_that_are_all_there_are_taken():
    for labels in (np.ma.masked_equal([0, 1], 2), [0.0, 1.0], np.array(["a", "b"], object), ["", "b"]):
        assert evaluate(labels, [0, 1]).mof == 1


@given(st.data(), st.integers(1, 30))
def test_contingency_and_macro_f1_are_scikit_learns(data, n):
    drawn = (data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)) for _ in range(2))
    a, b = (np.unique(each, return_inverse=True)[1] for each in drawn)
    np.testing.assert_array_equal(contingency(a, b), contingency_matrix(a, b))
    # Means of at most five quotients in float64.
    assert macro_f1(a, b) == pytest.approx(f1_score(a, b, average="macro", zero_division=0), rel=1e-14)
