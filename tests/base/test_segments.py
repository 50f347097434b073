"""Runs of equal labels."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dkva import Segment, segments
from dkva.base.segments import renumbered

pytestmark = pytest.mark.fast


def test_segments_of_a_small_case():
    assert segments([2, 2, 0, 2]) == [(0, 2, 2), (2, 3, 0), (3, 4, 2)]
    assert segments(["a", "b", "b"]) == [Segment(0, 1, "a"), Segment(1, 3, "b")]
    assert segments(np.zeros(5, int)) == [Segment(start=0, end=5, label=0)]
    assert segments([]) == []


@given(hnp.arrays(np.int64, st.integers(0, 30), elements=st.integers(-2, 2)))
def test_segments_rebuild_the_labels_and_neighbours_differ(labels):
    runs = segments(labels)
    rebuilt = [label for start, end, label in runs for _ in range(start, end)]
    assert rebuilt == labels.tolist()
    assert all(run.end > run.start for run in runs)
    assert all(a.end == b.start and a.label != b.label for a, b in itertools.pairwise(runs))


def test_segments_hold_plain_python_values():
    for labels, kind in ((np.asarray([1, 1, 0]), int), (np.asarray(["x", "y"]), str)):
        run = segments(labels)[0]
        assert (type(run.start), type(run.end), type(run.label)) == (int, int, kind)


@pytest.mark.parametrize("labels", [np.zeros((3, 2)), 5])
def test_labels_of_another_shape_are_refused(labels):
    with pytest.raises(ValueError, match="give one label a frame"):
        segments(labels)


def test_labels_as_objects():
    assert [tuple(run) for run in segments(np.array(["a", "a", "b"], object))] == [(0, 2, "a"), (2, 3, "b")]


@given(hnp.arrays(np.int64, st.integers(0, 30), elements=st.integers(-2, 2)))
def test_renumbered_labels_are_the_same_partition_in_order(labels):
    renamed = renumbered(labels).tolist()
    assert list(dict.fromkeys(renamed)) == list(range(len(set(labels))))
    assert len(set(zip(renamed, labels, strict=True))) == len(set(labels))
