import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets import LENGTH_POLICIES, DataError, fit_lengths, read_labels, read_mapping
from dkva.datasets.labels import label_faults

pytestmark = pytest.mark.fast


def test_labels_one_a_line(tmp_path):
    (tmp_path / "v").write_text("SIL\npour milk \r\nSIL\n\n")
    np.testing.assert_array_equal(read_labels(tmp_path / "v"), ["SIL", "pour milk", "SIL"])


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"a\n\nb\n", 2, "is blank"),
        (b"a\nc\n", 2, "'c' is not in the mapping"),
        (b"", None, "is empty"),
        (b"\xff\xfe\n", None, "UTF-8"),
        (b"<html>", None, "HTML"),
    ],
)
def test_bad_labels(tmp_path, data, line, part):
    (tmp_path / "v").write_bytes(data)
    with pytest.raises(DataError, match=part) as caught:
        read_labels(tmp_path / "v", {"a": 0, "b": 1})
    assert caught.value.line == line


def test_a_wrong_label_is_one_fault_however_often_it_appears(tmp_path):
    lines = ["a", "x", "", "x", "y", "x"]
    faults = list(label_faults(tmp_path / "v", lines, {"a": 0}))
    assert [(fault.line, fault.problem) for fault in faults] == [
        (2, "label 'x' is not in the mapping (as on 2 more lines)"),
        (3, "is blank"),
        (5, "label 'y' is not in the mapping"),
    ]
    assert list(label_faults(tmp_path / "v", ["a", "x"])) == []


def test_mapping(tmp_path):
    (tmp_path / "m").write_text("0 SIL\n-1 pour milk\n")
    assert read_mapping(tmp_path / "m") == {"SIL": 0, "pour milk": -1}


@pytest.mark.parametrize(("text", "line"), [("0 a\nb\n", 2), ("a 0\n", 1), ("0 a\n1 a\n", 2)])
def test_bad_mappings(tmp_path, text, line):
    (tmp_path / "m").write_text(text)
    with pytest.raises(DataError) as caught:
        read_mapping(tmp_path / "m")
    assert caught.value.line == line


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(sorted(set(LENGTH_POLICIES) - {"error"})))
def test_policies_give_one_length(n, m, policy):
    features, labels = np.arange(2.0 * n).reshape(n, 2), np.arange(m)
    new_features, new_labels = fit_lengths(features, labels, policy)
    expected = {"trim": min(n, m), "pad": max(n, m), "authors": n}[policy]
    assert len(new_features) == len(new_labels) == expected
    np.testing.assert_array_equal(new_labels, np.minimum(np.arange(expected), m - 1))
    np.testing.assert_array_equal(new_features, features[np.minimum(np.arange(expected), n - 1)])


def test_unequal_lengths_are_an_error_by_default(tmp_path):
    with pytest.raises(DataError, match=r"v: has 3 labels for 2 frames; .*trim, pad or authors"):
        fit_lengths(np.zeros((2, 5)), np.zeros(3), path="v")
    with pytest.raises(DataError, match="transposed"):
        fit_lengths(np.zeros((2, 5)), np.zeros(5))


def test_unknown_policy_lists_the_choices():
    with pytest.raises(ValueError, match="error, trim, pad, authors"):
        fit_lengths(np.zeros((2, 5)), np.zeros(2), "stretch")
