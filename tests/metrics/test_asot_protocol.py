"""Scores under ASOT's protocol."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from dkva.metrics.asot_protocol import ASOT_SCORES, asot_pooled, asot_row, asot_rows
from dkva.metrics.sampled_f1 import expected_hits

pytestmark = pytest.mark.fast

TRUTH = np.repeat([0, 1, 2, 1], [6, 4, 6, 4])
LABELS = np.repeat([2, 0, 1, 3], [5, 7, 4, 4])

pair = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def test_golden_case():
    row = asot_row(TRUTH, LABELS, 4)
    assert row["mof"] == pytest.approx(0.65)
    assert row["miou"] == pytest.approx(0.621212, abs=1e-6)
    assert row["f1"] == pytest.approx(0.788571, abs=1e-6)
    assert (row["found"], row["n_frames"], row["right"], row["runs"], row["hits"]) == (4, 20, 13, 4, 138)
    assert row["class_right"] == [5, 4, 4]


def test_a_perfect_cut_scores_above_one_where_actions_return():
    row = asot_row(TRUTH, TRUTH)
    assert (row["mof"], row["miou"]) == (1, 1)
    assert row["f1"] == pytest.approx(1.1371, abs=5e-5)
    assert row["f1_expected"] > 1


def best_matchings(truth, labels):
    """Mapped labels under each matching that puts most frames right, trying all of them."""
    classes, clusters = np.unique(truth), np.unique(labels)
    right = np.array([[np.sum((truth == j) & (labels == k)) for j in classes] for k in clusters])
    right = np.hstack([right, np.zeros((len(clusters), len(clusters)), int)])
    names = [*classes.tolist(), *(-1 - clusters).tolist()]
    tried = {}
    for chosen in itertools.permutations(range(len(names)), len(clusters)):
        tried.setdefault(right[range(len(clusters)), chosen].sum(), []).append(chosen)
    for chosen in tried[max(tried)]:
        yield np.array([names[chosen[np.searchsorted(clusters, each)]] for each in labels])


def scikit(truth, mapped):
    """MoF and mIoU by scikit-learn."""
    miou = jaccard_score(truth, mapped, labels=np.unique(truth), average="macro", zero_division=0)
    return pytest.approx(np.mean(truth == mapped)), pytest.approx(miou)


@settings(max_examples=15)
@given(st.lists(pair, min_size=1, max_size=3))
def test_mof_and_miou_equal_all_matchings_tried(videos):
    truths, labels = zip(*videos, strict=True)
    scores = asot_pooled(asot_rows(truths, labels))
    # Equally good matchings may differ in mIoU.
    best = best_matchings(np.concatenate(truths), np.concatenate(labels))
    assert any(
        scikit(np.concatenate(truths), mapped) == (scores["mof"], scores["miou"])
        for mapped in itertools.islice(best, 400)
    )


def test_surplus_clusters_are_wrong_and_surplus_classes_count():
    many = asot_row([0] * 6, [0, 0, 0, 1, 1, 2])
    assert (many["mof"], many["miou"]) == (0.5, 0.5)
    few = asot_row([0, 0, 0, 1, 1, 2], [5] * 6)
    assert (few["mof"], few["miou"]) == (0.5, pytest.approx(0.5 / 3))


def test_excluded_frames_go_first_and_runs_on_both_sides_fuse():
    # Runs of the kept frames: 0 0 | 1, so that background in the midst of 0 makes no second run of it.
    row = asot_row([0, -1, 0, 1, -1], [0, 1, 0, 1, 0], ignore=-1)
    assert (row["n_frames"], row["runs"], row["mof"]) == (3, 2, 1)
    assert row == asot_row([0, 0, 1], [0, 0, 1])


def test_one_matching_for_all_videos():
    truths, labels = [["a", "a", "b"], ["a", "b", "b"]], [[0, 0, 1], [1, 0, 0]]
    alone = [asot_row(*each)["mof"] for each in zip(truths, labels, strict=True)]
    assert alone == [1, 1]
    assert asot_pooled(asot_rows(truths, labels))["mof"] == 0.5


def test_runs_that_meet_at_the_end_of_a_video_fuse_and_are_the_first_ones():
    truths, labels = [[0, 1, 1], [1, 1, 0]], [[0, 1, 1], [1, 1, 0]]
    rows = asot_rows(truths, labels)
    assert [row["runs"] for row in rows] == [2, 1]  # 0, 1 that goes on; 0
    joined = expected_hits(np.array([0, 1, 1, 1, 1, 0]), np.array([0, 1, 1, 1, 1, 0]))
    assert [row["hits_expected"] for row in rows] == pytest.approx([joined[:2].sum(), joined[2]])
    # Precision is of V · C = 4 segments, recall of 3 runs.
    assert asot_pooled(rows)["f1_expected"] == pytest.approx(2 * joined.sum() / (50 * 7), rel=1e-6)


def test_a_video_that_goes_on_wholly_has_no_run():
    rows = asot_rows([[0, 0], [0, 0], [0, 1]], [[0, 0], [0, 0], [0, 1]])
    assert [row["runs"] for row in rows] == [1, 0, 1]


@settings(max_examples=30)
@given(st.lists(pair, min_size=2, max_size=4), st.data())
def test_weights_count_videos_as_often(videos, data):
    truths, labels = zip(*videos, strict=True)
    rows = asot_rows(truths, labels)
    weights = data.draw(
        st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(
            lambda w: any(each and row["runs"] for each, row in zip(w, rows, strict=True))
        )
    )
    resampled = asot_pooled(rows, [weights, [1] * len(rows)])
    repeated = [row for row, often in zip(rows, weights, strict=True) for _ in range(often)]
    for name in ASOT_SCORES:
        # Sums in another order.
        assert resampled[name][0] == pytest.approx(asot_pooled(repeated)[name], rel=1e-12)
        assert resampled[name][1] == pytest.approx(asot_pooled(rows)[name], rel=1e-12)


def test_sampled_f1_depends_on_the_seed_and_its_expectation_does_not():
    scores = [asot_row(TRUTH, LABELS, seed=seed) for seed in range(8)]
    assert len({row["f1"] for row in scores}) > 1
    assert len({row["f1_expected"] for row in scores}) == 1
    assert scores[3] == asot_row(TRUTH, LABELS, seed=3)


def test_too_many_clusters_are_refused():
    with pytest.raises(ValueError, match="n_segments is 3 and 4 clusters were found: give at least 4"):
        asot_row(TRUTH, LABELS, 3)
