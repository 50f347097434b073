"""Clusters matched to classes on several videos together."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.metrics.matching import checked_videos, frames_that_count, matched

pytestmark = pytest.mark.fast

pair = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


@settings(max_examples=20)
@given(st.lists(pair, min_size=1, max_size=3))
def test_no_other_matching_puts_more_frames_right(videos):
    truths, labels = checked_videos(*zip(*videos, strict=True))
    both = matched(truths, labels)
    np.testing.assert_array_equal(both.classes[both.truth], np.concatenate(truths))
    np.testing.assert_array_equal(both.video, np.repeat(np.arange(len(truths)), [len(t) for t in truths]))
    joined = np.concatenate(labels)
    clusters = np.unique(joined)
    # One to one: a cluster has one class, and two clusters have two.
    assert len(np.unique(np.stack([joined, both.mapped]), axis=1).T) == len(clusters)
    assert len(np.unique(both.mapped)) == len(clusters)
    right = np.zeros((len(clusters), len(both.classes) + len(clusters)))
    for cluster, of in zip(joined, both.truth, strict=True):
        right[clusters.tolist().index(cluster), of] += 1
    best = max(
        right[range(len(clusters)), chosen].sum()
        for chosen in itertools.permutations(range(right.shape[1]), len(clusters))
    )
    assert np.sum(both.mapped == both.truth) == best


def test_ignored_frames_are_left_out_first():
    # With frames of 9 cluster 0 would be that, and cluster 1 would be class 0.
    both = matched([np.array([9, 9, 9, 0]), np.array([0, 1])], [np.array([0, 0, 0, 0]), np.array([0, 1])], 9)
    assert both.classes.tolist() == [0, 1]
    assert (both.truth.tolist(), both.mapped.tolist(), both.video.tolist()) == (
        [0, 0, 1],
        [0, 0, 1],
        [0, 1, 1],
    )


def test_clusters_without_a_class_have_an_index_that_no_class_has():
    both = matched([np.array(["a"] * 6)], [np.array([0, 0, 0, 1, 1, 2])])
    assert both.mapped.tolist() == [0, 0, 0, 2, 2, 3]


@pytest.mark.parametrize(
    ("truths", "labels", "ignore", "problem"),
    [
        ([], [], None, "truths of 0 videos"),
        ([[0]], [[0], [1]], None, "truths of 1 videos and labels of 2"),
        (
            [[0], [0, 1]],
            [[0], [0]],
            None,
            r"video 1: truth has shape \(2,\) and labels \(1,\): give one label",
        ),
        ([[[0]]], [[[0]]], None, r"video 0: truth has shape \(1, 1\)"),
        ([[]], [[]], None, r"video 0: truth has shape \(0,\)"),
        ([["a"], ["a", ""]], [[0], [0, 1]], None, "video 1: the truth has no label at 1 of 2 frames"),
        ([["a", "b"]], [[0, None]], None, "video 0: the prediction has no label at 1 of 2 frames"),
        ([[0], [1, 1]], [[0], [0, 1]], 1, "video 1: no frame is left to score"),
        ([[0]], [[0]], "idle", "give labels of one kind"),
    ],
)
def test_wrong_labels_are_refused(truths, labels, ignore, problem):
    with pytest.raises(ValueError, match=problem):
        frames_that_count(checked_videos(truths, labels, ignore)[0], ignore)


def test_frames_marked_as_missing_may_be_ignored():
    truths, _ = checked_videos([["", "a"]], [[0, 1]], "")
    assert [of.tolist() for of in frames_that_count(truths, "")] == [[False, True]]
