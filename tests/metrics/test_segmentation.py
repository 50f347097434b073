"""Scores on hand-sized cases, against scikit-learn, brute force and a plain edit distance.

Scores are ratios of counts of some dozen frames: two that differ, differ by a thousandth or more, and
pytest.approx's millionth is far below that and far above the few roundings of a ratio or a mean.
"""

import dataclasses
import itertools
import math
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, jaccard_score

from dkva import Scores, evaluate
from dkva.metrics.segmentation import score_row

pytestmark = pytest.mark.fast

# design/peers/segmentation_metrics.md, sections 3 and 5: matched as 0 1 2 and an unmatched cluster.
TRUTH = np.repeat([0, 1, 2, 1], [6, 4, 6, 4])
PREDICTED = np.repeat([2, 0, 1, 3], [5, 7, 4, 4])
RATIOS = [field.name for field in dataclasses.fields(Scores) if field.name not in ("matching", "n_frames")]

label_pairs = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 4), min_size=n, max_size=n),) * 2)
)


def same(a, b, but=()):
    return all(
        getattr(a, name) == pytest.approx(getattr(b, name), abs=1e-12, nan_ok=True)
        for name in RATIOS
        if name not in but
    )


def test_golden_case():
    scores = evaluate(TRUTH, PREDICTED, n_clusters=4)
    assert scores.matching == {2: 0, 0: 1, 1: 2}
    assert scores.n_frames == 20
    assert scores.mof == pytest.approx(0.65)
    assert scores.f1 == pytest.approx(0.560606, abs=1e-6)
    assert scores.iou == pytest.approx(0.465909, abs=1e-6)
    assert scores.edit == pytest.approx(0.75)
    assert (scores.f1_10, scores.f1_25, scores.f1_50) == pytest.approx((0.75, 0.75, 0.75))
    assert (scores.boundary_accuracy, scores.boundary_precision) == pytest.approx((1 / 3, 1 / 3))


@pytest.mark.parametrize("found", [6, 5, 3, 2, 1])
def test_segmental_f1_counts_overlaps_above_each_threshold(found):
    """Two true segments of 10 frames, cut after `found` frames: overlaps found/10 and 10/(20 - found)."""
    scores = evaluate(np.repeat([0, 1], 10), np.repeat([0, 1], [found, 20 - found]))
    for name, threshold in (("f1_10", 0.1), ("f1_25", 0.25), ("f1_50", 0.5)):
        hits = (found / 10 >= threshold) + (10 / (20 - found) >= threshold)
        assert getattr(scores, name) == pytest.approx(hits / 2)


def test_true_segment_is_hit_once():
    truth = np.zeros(9, int)
    predicted = np.repeat([0, 1, 0], [4, 1, 4])
    assert evaluate(truth, predicted).f1_10 == pytest.approx(2 * 1 / (1 + 3))


@given(label_pairs)
def test_scores_are_shares(pair):
    scores = evaluate(*pair)
    for name in RATIOS:
        value = getattr(scores, name)
        assert 0 <= value <= 1 or (name.startswith("boundary") and math.isnan(value))
    assert scores.n_frames == len(pair[0])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_truth_scores_one_against_itself(truth):
    scores = evaluate(truth, truth)
    for name in RATIOS:
        value = getattr(scores, name)
        assert value == pytest.approx(1) or (name.startswith("boundary") and len(set(truth)) == 1)
    assert scores.matching == {label: label for label in set(truth)}


@given(label_pairs, st.permutations(range(5)))
def test_names_of_classes_do_not_matter(pair, names):
    """Where two matchings tie, names may decide between them, so that only the sum they maximise is fixed."""
    truth, predicted = pair
    scores = evaluate(truth, predicted)
    renamed = evaluate(truth, [names[label] for label in predicted])
    assert renamed.mof == pytest.approx(scores.mof)
    assert same(renamed, scores, but=RATIOS[1:3] + RATIOS[5:])
    strings = evaluate([f"class {label}" for label in truth], [f"cluster {label}" for label in predicted])
    assert same(strings, scores)
    assert strings.matching == {f"cluster {k}": f"class {v}" for k, v in scores.matching.items()}


@given(st.permutations(range(4)), st.permutations(range(3)))
def test_names_do_not_change_any_score_where_no_matching_ties(clusters, classes):
    predicted = np.repeat([2, 0, 1, 3], [5, 7, 5, 3])
    scores = evaluate(np.asarray(classes)[TRUTH], np.asarray(clusters)[predicted], n_clusters=4)
    assert same(scores, evaluate(TRUTH, predicted, n_clusters=4))


@settings(max_examples=40)
@given(st.tuples(*(st.lists(st.integers(0, 3), min_size=20, max_size=20),) * 2))
def test_matching_is_the_best_of_all_permutations(pair):
    truth, predicted = map(np.asarray, pair)
    clusters, classes = np.unique(predicted), np.unique(truth)
    targets = [*classes, *range(-len(clusters), 0)]  # a negative class is none
    index = np.searchsorted(clusters, predicted)
    best = max(
        np.mean(np.take(chosen, index) == truth) for chosen in itertools.permutations(targets, len(clusters))
    )
    scores = evaluate(truth, predicted)
    assert scores.mof == pytest.approx(best)
    assert len(scores.matching) == min(len(clusters), len(classes))
    assert len(set(scores.matching.values())) == len(scores.matching)


@given(label_pairs, st.integers(0, 3))
def test_scores_equal_scikit_learns_after_the_matching(pair, spare):
    truth, predicted = map(np.asarray, pair)
    found = len(np.unique(predicted))
    scores = evaluate(truth, predicted, n_clusters=found + spare)
    mapped = np.asarray([scores.matching.get(cluster, 100 + cluster) for cluster in predicted])
    assert scores.mof == pytest.approx(accuracy_score(truth, mapped))
    assert scores.f1 == pytest.approx(f1_score(truth, mapped, average="macro", zero_division=0))
    jaccard = jaccard_score(truth, mapped, labels=np.unique(truth), average=None, zero_division=0)
    assert scores.iou == pytest.approx(jaccard.sum() / (found + spare))


def test_unmatched_clusters_are_wrong():
    scores = evaluate([0, 0, 0, 0], [0, 0, 1, 2])
    assert scores.mof == 0.5
    assert scores.matching == {0: 0}
    assert scores.f1 == pytest.approx((2 * 2 / (2 + 4) + 0 + 0) / 3)
    assert scores.iou == pytest.approx(0.5 / 3)


def test_unmatched_classes_count():
    scores = evaluate([0, 1, 2, 2], [5, 5, 5, 5])
    assert scores.mof == 0.5
    assert scores.f1 == pytest.approx((0 + 0 + 2 * 2 / (4 + 2)) / 3)
    assert scores.iou == pytest.approx(0.5)


def test_iou_divides_by_the_clusters_asked_for():
    assert evaluate(TRUTH, PREDICTED).iou == evaluate(TRUTH, PREDICTED, n_clusters=4).iou
    assert evaluate(TRUTH, PREDICTED, n_clusters=8).iou == evaluate(TRUTH, PREDICTED).iou / 2
    assert evaluate([0, 1], [0, 1], n_clusters=4).iou == 0.5


def test_boundaries_count_to_the_frame():
    truth = [0, 0, 1, 1, 2, 2]
    exact = evaluate(truth, [5, 5, 6, 6, 7, 7])
    assert (exact.boundary_accuracy, exact.boundary_precision) == (1, 1)
    late = evaluate(truth, [5, 5, 5, 6, 7, 7])
    assert (late.boundary_accuracy, late.boundary_precision) == (0.5, 0.5)
    every = evaluate(truth, range(6))
    assert (every.boundary_accuracy, every.boundary_precision) == (1, 2 / 5)


def test_boundaries_that_do_not_exist_are_nan():
    scores = evaluate([0, 0, 0], [0, 0, 1])
    assert math.isnan(scores.boundary_accuracy)
    assert scores.boundary_precision == 0
    scores = evaluate([0, 0, 1], [0, 0, 0])
    assert scores.boundary_accuracy == 0
    assert math.isnan(scores.boundary_precision)


def test_ignored_frames_are_left_out():
    truth = np.asarray(["a", "a", "-1", "-1", "b", "b"])
    predicted = np.asarray([0, 0, 1, 2, 1, 1])
    scores = evaluate(truth, predicted, ignore="-1", n_clusters=3)
    assert scores.n_frames == 4
    assert scores.mof == 1
    assert scores.f1 == 1
    assert scores.iou == pytest.approx(2 / 3)  # the cluster that only background got was asked for too
    assert scores.matching == {0: "a", 1: "b"}
    assert math.isnan(scores.boundary_accuracy)  # both boundaries lie at frames that do not count


def test_ignore_takes_a_list_and_labels_that_do_not_occur():
    truth, predicted = [0, 0, 1, 1, 2, 2], [5, 5, 6, 6, 5, 7]
    assert evaluate(truth, predicted, ignore=[2]) == evaluate(truth, predicted, ignore=2)
    assert evaluate(truth, predicted, ignore=[1, 2]).n_frames == 2
    assert same(evaluate(truth, predicted, ignore=9), evaluate(truth, predicted))


def test_segments_are_not_fused_across_ignored_frames():
    truth, predicted = [0, 0, 9, 0, 0], [1, 1, 1, 1, 1]
    scores = evaluate(truth, predicted, ignore=9)
    assert (scores.edit, scores.f1_50) == (1, 1)  # two segments each
    split = evaluate(truth, [1, 1, 2, 3, 3], ignore=9)
    assert (split.edit, split.f1_50) == (0.5, 0.5)


def test_inputs_are_not_written():
    truth, predicted = TRUTH.copy(), PREDICTED.copy()
    truth.flags.writeable = predicted.flags.writeable = False
    evaluate(truth, predicted, ignore=1)


@pytest.mark.parametrize(
    ("truth", "predicted", "options", "message"),
    [
        ([0, 1], [0], {}, "truth has 2 labels and predicted 1"),
        ([[0, 1]], [0, 1], {}, r"truth has shape \(1, 2\)"),
        ([0, 1], 1, {}, r"predicted \(\)"),
        ([], [], {}, "no frame is left to score"),
        ([0, 0], [1, 1], {"ignore": 0}, "no frame is left to score"),
        ([0, 1], [0, 1], {"n_clusters": 1}, "n_clusters is 1 and 2 clusters were found"),
    ],
)
def test_bad_labels_are_refused(truth, predicted, options, message):
    with pytest.raises(ValueError, match=message):
        evaluate(truth, predicted, **options)


@pytest.mark.fast
@pytest.mark.parametrize("ignore", ["S", ["S"], {"S"}, ("S",), {"S": 1}.keys(), np.array(["S"])])
def test_any_collection_of_labels_can_be_ignored(ignore):
    for kind in (str, object):
        truth = np.array(["S", "a", "a", "b", "b", "S"], kind)
        assert evaluate(truth, [0, 1, 1, 2, 2, 0], ignore=ignore).n_frames == 4


@pytest.mark.fast
def test_labels_to_ignore_are_of_the_truths_kind():
    with pytest.raises(ValueError, match="of one kind"):
        evaluate([0, 1], [0, 1], ignore="-1")
    with pytest.raises(ValueError, match="of one kind"):
        evaluate(["0", "1"], [0, 1], ignore=-1)


@given(label_pairs, st.integers(0, 2))
def test_row_has_every_score_and_the_number_of_labels_found(pair, spare):
    truth, predicted = pair
    found = len(set(predicted))
    row = score_row(truth, predicted, found + spare)
    scores = evaluate(truth, predicted, n_clusters=found + spare)
    assert list(row) == ["found", *RATIOS, "n_frames"]
    assert (row["found"], row["n_frames"]) == (found, len(truth))
    for name in RATIOS:
        assert row[name] == pytest.approx(getattr(scores, name), nan_ok=True)


def test_row_hands_on_what_is_ignored_and_coarse_classes():
    truth = np.repeat(["a", "b", "SIL"], [6, 4, 2])
    predicted = np.repeat([0, 1, 2], [5, 5, 2])
    options = {"ignore": "SIL", "coarse": {"a": "c", "b": "c"}}
    row = score_row(truth, predicted, 5, **options)
    expected = dataclasses.asdict(evaluate(truth, predicted, n_clusters=5, **options))
    assert row["found"] == 3  # in the ignored frames too
    assert (row["n_frames"], row["mof"]) == (10, 1)
    assert {name: row[name] for name in ("mof", "iou", "f1")} == {
        name: expected[name] for name in ("mof", "iou", "f1")
    }
    with pytest.raises(ValueError, match="n_clusters is 2 and 3 clusters were found"):
        score_row(truth, predicted, 2)
    with pytest.raises(TypeError):
        score_row(truth, predicted)


class TestCoarse:
    CLASSES: ClassVar = {"cut_a": "cut", "cut_b": "cut", "mix": "mix"}
    TRUTH = np.repeat(["cut_a", "cut_b", "mix"], [6, 4, 10])

    def test_hand_sized_case(self):
        """Matched 0 cut_a, 1 mix, 2 cut_b; cluster 3 has no label left and stays wrong."""
        predicted = np.repeat([0, 2, 0, 1, 3], [5, 4, 1, 6, 4])
        scores = evaluate(self.TRUTH, predicted, n_clusters=4, coarse=self.CLASSES)
        assert scores.matching == {0: "cut", 1: "mix", 2: "cut"}
        assert scores.mof == pytest.approx(16 / 20)
        assert scores.iou == pytest.approx((10 / 10 + 6 / 10) / 3)  # three classes predicted, one made up
        assert scores.f1 == pytest.approx((1 + 12 / 16 + 0) / 3)
        assert scores.edit == pytest.approx(1 - 1 / 3)
        assert (scores.boundary_accuracy, scores.boundary_precision) == (1, 0.5)

    def test_matching_is_done_before_classes_are(self):
        predicted = np.repeat([0, 1, 2], [6, 4, 10])
        assert evaluate(self.TRUTH, predicted, coarse=self.CLASSES).mof == 1
        classes = [self.CLASSES[label] for label in self.TRUTH.tolist()]
        assert evaluate(classes, predicted).mof == pytest.approx(16 / 20)  # two clusters, one class

    @given(label_pairs)
    def test_one_class_a_label_changes_nothing(self, pair):
        truth, predicted = (np.asarray(labels) for labels in pair)
        plain = evaluate(truth, predicted)
        coarse = evaluate(truth, predicted, coarse={label: label for label in range(5)})
        assert same(plain, coarse)
        assert plain.matching == coarse.matching

    def test_background_is_left_out_first(self):
        truth, predicted = np.append(self.TRUTH, ["SIL"] * 5), np.append(np.repeat([0, 1], 10), [1] * 5)
        scores = evaluate(truth, predicted, ignore="SIL", coarse=self.CLASSES)
        assert (scores.n_frames, scores.mof, scores.boundary_accuracy) == (20, 1, 1)

    def test_a_label_without_a_class(self):
        with pytest.raises(ValueError, match="coarse has no class for 'mix'"):
            evaluate(self.TRUTH, np.zeros(20, int), coarse={"cut_a": "cut", "cut_b": "cut"})


def test_a_number_of_clusters_that_is_not_whole_is_refused(unchecked):
    with pytest.raises(ValueError, match=r"n_clusters is 2\.5: give a whole number"):
        evaluate([0, 1], [0, 1], n_clusters=2.5)
