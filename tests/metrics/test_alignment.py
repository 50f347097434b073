"""Rows of all metrics of alignment: parts whose mean is the metric, and None for what cannot be had."""

import json

import numpy as np
import pytest
from alignment_cases import ACTIONS, alignment_case, drawn

from dkva.metrics.alignment import alignment_rows

pytestmark = pytest.mark.fast

COLUMNS = [
    "tau",
    "tau_dropped",
    "progression",
    "accuracy_10",
    "accuracy_50",
    "accuracy_100",
    "ap_5",
    "ap_10",
    "ap_15",
    "dtw_accuracy",
]


def means(rows):
    return {name: np.mean([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("action", ACTIONS)
def test_means_of_the_rows_are_published_programs_figures(reference_root, action):
    case = alignment_case(reference_root, action)
    found = means(alignment_rows(*case[:4], stride=case.figures["carl_stride"]))
    figures = case.figures
    # Means of numbers of size 1 in another order; the progression was fitted in float32.
    assert found["tau"] == pytest.approx(figures["carl_kendall_tau_val"], abs=1e-13)
    assert found["progression"] == pytest.approx(figures["carl_progression"]["returned"], abs=1e-6)
    for fraction in (0.1, 0.5, 1.0):
        svm = figures["carl_svc"][str(fraction)]["val"]
        assert found[f"accuracy_{100 * fraction:.0f}"] == pytest.approx(svm, abs=1e-13)
    for k in (5, 10, 15):
        assert found[f"ap_{k}"] == pytest.approx(figures["carl_ap"][str(k)], abs=1e-13)
    whole = means(alignment_rows(*case[:4], classifier="logistic"))
    assert whole["dtw_accuracy"] == pytest.approx(figures["dtw_label_agreement_mean"], abs=1e-13)
    logistic = figures["carl_classification_logreg"]["returned"]
    assert whole["accuracy_100"] == pytest.approx(logistic, abs=1e-13)


def test_rows_are_plain_numbers():
    rows = alignment_rows(*drawn(0), *drawn(1))
    assert len(rows) == 4
    for row in rows:
        assert list(row) == COLUMNS
        assert {type(value) for value in row.values()} == {float, int}
        assert type(row["tau_dropped"]) is int
    assert json.loads(json.dumps(rows)) == rows


def test_fractions_and_ks_name_their_columns():
    rows = alignment_rows(*drawn(0), *drawn(1), fractions=(0.125, 0.07), ks=(1,))
    assert list(rows[0])[3:] == ["accuracy_12.5", "accuracy_7", "ap_1", "dtw_accuracy"]


def test_frames_and_videos_without_phases_are_left_out():
    train, truths = drawn(0)
    test, test_truths = drawn(1)
    expected = alignment_rows(train, truths, test, test_truths)
    junk = np.full((3, 3), 9.0)
    longer = [np.concatenate([junk, frames]) for frames in test]
    masked = [np.concatenate([[-1] * 3, truth]) for truth in test_truths]
    more = [longer[0], junk, *longer[1:]], [masked[0], [-1] * 3, *masked[1:]]
    rows = alignment_rows([junk, *train], [[-1] * 3, *truths], *more)
    assert rows.pop(1) == dict.fromkeys(COLUMNS)
    assert rows == expected


def test_what_cannot_be_had_is_none():
    train, test = drawn(0), drawn(1)
    tau = means(alignment_rows(*train, *test))["tau"]

    single = alignment_rows(*train, test[0], [0 * truth for truth in test[1]])
    assert means([{"tau": row["tau"]} for row in single])["tau"] == tau
    assert all(value is None for row in single for value in list(row.values())[2:])

    for untaught in (([], []), (train[0], [0 * truth - 1 for truth in train[1]])):
        row = alignment_rows(*untaught, *test)[0]
        assert {name for name in COLUMNS if row[name] is None} == {
            "progression",
            "accuracy_10",
            "accuracy_50",
            "accuracy_100",
        }

    row = alignment_rows(*train, test[0][:1], test[1][:1])[0]
    assert {name for name in COLUMNS if row[name] is None} == {
        "tau",
        "ap_5",
        "ap_10",
        "ap_15",
        "dtw_accuracy",
    }

    unlabelled = alignment_rows(*train, test[0], [0 * truth - 1 for truth in test[1]])
    assert unlabelled == [dict.fromkeys(COLUMNS)] * 4


def test_dropped_pairs_are_counted():
    train, (test, truths) = drawn(0), drawn(1)
    rows = alignment_rows(*train, [*test[:3], np.ones_like(test[3])], truths)
    assert [row["tau_dropped"] for row in rows] == [1, 1, 1, 3]


def test_names_as_phases_are_refused():
    train, (test, truths) = drawn(0), drawn(1)
    with pytest.raises(ValueError, match=r"labels of video 0 are .*: give phases as whole numbers"):
        alignment_rows(*train, test, [truth.astype(str) for truth in truths])
