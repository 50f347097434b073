"""Scores under MS-TCN's protocol, against figures of the published programs."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva import evaluate
from dkva.metrics import ms_tcn_protocol
from dkva.metrics.ms_tcn_protocol import MS_TCN_SCORES, ms_tcn_pooled, ms_tcn_row, ms_tcn_rows

pytestmark = pytest.mark.fast

LETTERS = np.array(list("abcd"))
TRUTH = LETTERS[np.repeat([0, 1, 2, 1], [6, 4, 6, 4])]
MAPPED = LETTERS[np.repeat([0, 1, 2, 3], [5, 7, 4, 4])]

pair = st.integers(2, 20).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def test_golden_case():
    row = ms_tcn_row(TRUTH, MAPPED)
    for name in ("10", "25", "50"):
        assert [row[f"{part}_{name}"] for part in ("tp", "fp", "fn")] == [3, 1, 1]
        assert row[f"f1_{name}"] == pytest.approx(0.75)
    assert row["edit"] == pytest.approx(0.75)
    assert (row["accuracy"], row["found"], row["n_frames"]) == (0.65, 4, 20)
    # Overlaps of the three: 5 of 6 frames, 4 of 7, 4 of 6.
    assert row["miou"] == pytest.approx((5 / 6 + 4 / 7 + 4 / 6) / 3)


@pytest.mark.parametrize(("program", "last_end"), [("ms_tcn", "n"), ("asformer_and_ms_tcn2", "n-1")])
@pytest.mark.parametrize(("classes", "background"), [("no_background", ()), ("class0_is_background", (0,))])
def test_figures_of_the_published_programs(program, last_end, classes, background, reference_root):
    expected = json.loads((reference_root / "mstcn_metrics.json").read_text())[classes][program]
    with np.load(reference_root / "mstcn_metrics.npz") as arrays:
        truths, labels = (
            [arrays[name] for name in sorted(arrays) if name.startswith(start)] for start in ("gt_", "pred_")
        )
    assert len(truths) == len(labels) == len(expected["per_video"]) == 20
    rows = ms_tcn_rows(truths, labels, background=background, last_end=last_end)
    for truth, row, video in zip(truths, rows, expected["per_video"], strict=True):
        for name in ("10", "25", "50"):
            assert [row[f"{part}_{name}"] for part in ("tp", "fp", "fn")] == video[f"tp_fp_fn@{name}"]
        assert 100 * row["edit"] == pytest.approx(video["edit"], rel=1e-14)
        assert (row["right"], row["n_frames"]) == (video["correct_frames"], video["frames"])
        runs = ms_tcn_protocol._foreground(truth, background, last_end)
        stored = list(zip(*video["segments_gt"], strict=True))
        assert [(run.label, run.start, run.end) for run in runs] == stored
    for part in ("tp", "fp", "fn"):
        assert [sum(row[f"{part}_{name}"] for row in rows) for name in ("10", "25", "50")] == expected[part]
    scores = ms_tcn_pooled(rows)
    # They take harmonic means of precision and recall, and means of twenty: some roundings in float64.
    assert 100 * scores["accuracy"] == pytest.approx(expected["acc"], rel=1e-13)
    assert 100 * scores["edit"] == pytest.approx(expected["edit"], rel=1e-13)
    for name in ("10", "25", "50"):
        assert 100 * scores[f"f1_{name}"] == pytest.approx(expected[f"f1@{name}"], rel=1e-13)
    if "script_stdout" in expected:
        names = {"Acc": "accuracy", "Edit": "edit"}
        names |= {f"F1@0.{name}": f"f1_{name}" for name in ("10", "25", "50")}
        printed = [f"{theirs}: {100 * scores[ours]:.4f}" for theirs, ours in names.items()]
        assert printed == expected["script_stdout"]


@settings(max_examples=80)
@given(pair)
def test_one_video_matched_has_the_scores_of_evaluate(video):
    truth, labels = video
    row, scores = ms_tcn_row(truth, labels, match=True), evaluate(truth, labels)
    assert row["accuracy"] == pytest.approx(scores.mof)
    for name in ("edit", "f1_10", "f1_25", "f1_50"):
        assert row[name] == pytest.approx(getattr(scores, name))


def test_hits_are_summed_over_videos():
    rows = ms_tcn_rows([[0] * 4, [0, 0, 1, 1, 2, 2]], [[0] * 4, [0, 0, 3, 3, 3, 3]])
    pooled = ms_tcn_pooled(rows)
    # 2 hits, 1 false, 2 missed; the mean of the videos' F1, 1 and 2/5, would be 0.7.
    assert pooled["f1_50"] == pytest.approx(4 / 7)
    assert pooled["accuracy"] == 0.6
    assert pooled["edit"] == pytest.approx((1 + 1 / 3) / 2)


def test_background_counts_for_accuracy_alone():
    truth = ["background", "a", "a", "background", "b"]
    row = ms_tcn_row(truth, ["a", "a", "a", "background", "b"])
    assert (row["accuracy"], row["edit"], row["tp_50"], row["fp_50"], row["fn_50"]) == (0.8, 1, 2, 0, 0)
    other = ms_tcn_row(truth, ["a", "a", "a", "background", "b"], background=())
    assert other["edit"] == pytest.approx(3 / 4)


def test_a_last_segment_of_one_frame_is_missed_where_it_ends_at_the_last_frame():
    truth = labels = [0, 0, 1]
    assert ms_tcn_row(truth, labels)["f1_10"] == 1
    row = ms_tcn_row(truth, labels, last_end="n-1")
    assert (row["tp_10"], row["fp_10"], row["fn_10"]) == (1, 1, 1)


def test_a_true_segment_is_taken_once_by_the_first_that_overlaps_enough():
    truth, labels = [0] * 10, [0] * 2 + [1] + [0] * 7
    row = ms_tcn_row(truth, labels)
    # Overlaps .2 and .7: at 10 % the first takes it, at 25 % the second.
    assert [row[f"tp_{name}"] for name in ("10", "25", "50")] == [1, 1, 1]
    assert [row[f"fp_{name}"] for name in ("10", "25", "50")] == [2, 2, 2]
    assert row["miou"] == pytest.approx(0.2)


def test_clusters_are_matched_on_all_videos():
    truths, labels = [["a", "a", "b"], ["a", "b", "b"]], [[0, 0, 1], [1, 0, 0]]
    rows = ms_tcn_rows(truths, labels, match=True)
    assert sorted(row["right"] for row in rows) == [0, 3]
    assert [row["found"] for row in rows] == [2, 2]


def test_matched_background_is_skipped():
    row = ms_tcn_row(["background", "a", "a", "b"], [4, 5, 5, 6], match=True)
    assert (row["tp_50"], row["fp_50"], row["fn_50"], row["accuracy"]) == (2, 0, 0, 1)
    # A cluster without a class is no background.
    surplus = ms_tcn_row(["background"] * 2 + ["a"] * 2, [4, 7, 5, 5], match=True)
    assert (surplus["tp_50"], surplus["fp_50"]) == (1, 1)


def test_without_any_overlap_miou_is_not_a_number():
    row = ms_tcn_row([0, 0], [1, 1])
    assert np.isnan(row["miou"])
    assert row["f1_10"] == row["edit"] == 0


def test_a_prediction_of_background_only_misses_all():
    row = ms_tcn_row(["a", "b"], ["background"] * 2)
    assert (row["edit"], row["tp_10"], row["fp_10"], row["fn_10"], row["f1_10"]) == (0, 0, 0, 2, 0)


@settings(max_examples=30)
@given(st.lists(pair, min_size=2, max_size=4), st.data())
def test_weights_count_videos_as_often(videos, data):
    rows = ms_tcn_rows(*zip(*videos, strict=True))
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)).filter(any))
    resampled = ms_tcn_pooled(rows, [weights])
    repeated = [row for row, often in zip(rows, weights, strict=True) for _ in range(often)]
    for name in MS_TCN_SCORES:
        # Sums in another order.
        expected = ms_tcn_pooled(repeated)[name]
        assert resampled[name][0] == pytest.approx(expected, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "labels", "options", "problem"),
    [
        (["background"] * 2, ["a"] * 2, {}, "video 0: its truth is background only: leave the video out"),
        (["a", "b"], [0, 1], {}, "video 0: the labels are like .* give classes, or match=True"),
        (["a"], ["a"], {"last_end": "N"}, "unknown last_end 'N': choose one of n, n-1"),
    ],
)
def test_wrong_calls_are_refused(truth, labels, options, problem):
    with pytest.raises(ValueError, match=problem):
        ms_tcn_row(truth, labels, **options)
