"""Scores by protocol and scope."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva import evaluate
from dkva.metrics.activities import evaluate_together
from dkva.metrics.protocols import (
    PROTOCOLS,
    SCOPES,
    TW_FINCH_SCORES,
    scores,
    tw_finch_pooled,
    tw_finch_rows,
)

pytestmark = pytest.mark.fast

TRUTHS = [list("aabb"), list("abbb"), list("xyy")]
LABELS = [[0, 0, 1, 1], [1, 0, 0, 0], [1, 0, 0]]
ACTIVITIES = ["tea", "tea", "milk"]

pair = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 3), min_size=n, max_size=n),) * 2)
)


def test_golden_cases():
    """design/peers/segmentation_metrics.md, sections 3 and 4."""
    truth, labels = np.repeat([0, 1, 2, 1], [6, 4, 6, 4]), np.repeat([2, 0, 1, 3], [5, 7, 4, 4])
    ours = scores([truth], [labels], protocol="tw-finch", scope="video", n_clusters=4).scores
    assert [ours[name] for name in ("mof", "f1", "iou")] == pytest.approx(
        [0.65, 0.560606, 0.465909], abs=1e-6
    )
    theirs = scores([truth], [labels], protocol="asot", scope="video", n_clusters=4).scores
    assert [theirs[name] for name in ("mof", "f1", "miou")] == pytest.approx(
        [0.65, 0.788571, 0.621212], abs=1e-6
    )


@pytest.mark.parametrize("protocol", ["tw-finch", "asot"])
def test_scopes_match_what_they_say(protocol):
    mof = {
        scope: scores(TRUTHS, LABELS, protocol=protocol, scope=scope, activities=ACTIVITIES)
        for scope in SCOPES
    }
    assert mof["video"].scores["mof"] == 1
    assert list(mof["video"].groups) == [0, 1, 2]
    # 4 of tea's 8 frames are right under one matching, and milk's all.
    assert list(mof["activity"].groups) == ["tea", "milk"]
    assert {name: group["mof"] for name, group in mof["activity"].groups.items()} == {"tea": 0.5, "milk": 1}
    # TW-FINCH's mean is over three videos, ASOT's over two activities.
    assert mof["activity"].scores["mof"] == pytest.approx({"tw-finch": 2 / 3, "asot": 0.75}[protocol])
    # Cluster 0 is on 2 a, 3 b, 2 y, cluster 1 on 1 a, 2 b, 1 x: 4 of 11 frames are right at best.
    assert list(mof["all"].groups) == ["all"]
    if protocol == "asot":
        assert mof["all"].scores["mof"] == pytest.approx(4 / 11)


@settings(max_examples=30)
@given(st.lists(pair, min_size=1, max_size=3))
def test_tw_finch_rows_are_those_of_evaluate(videos):
    truths, labels = zip(*videos, strict=True)
    alone = scores(truths, labels, protocol="tw-finch", scope="video")
    for row, truth, found in zip(alone.rows, truths, labels, strict=True):
        for name in TW_FINCH_SCORES:
            assert row[name] == pytest.approx(getattr(evaluate(truth, found), name), nan_ok=True)
    joint = scores(truths, labels, protocol="tw-finch", scope="all")
    for row, each in zip(joint.rows, evaluate_together(truths, labels), strict=True):
        assert row["mof"] == each.mof
        # Both divide the same counts; one video's IoU is summed in another order.
        assert row["iou"] == pytest.approx(each.iou, abs=1e-12)


def test_scores_that_are_not_numbers_are_left_out_of_the_mean():
    truths, labels = [[0, 0], [0, 1], [0, 1]], [[0, 0], [0, 1], [0, 0]]
    rows = [
        row for pair in zip(truths, labels, strict=True) for row in tw_finch_rows(*([each] for each in pair))
    ]
    assert tw_finch_pooled(rows)["boundary_accuracy"] == 0.5
    assert np.isnan(tw_finch_pooled(rows[:1])["boundary_accuracy"])
    resampled = tw_finch_pooled(rows, [[1, 0, 0], [5, 2, 1]])
    np.testing.assert_allclose(resampled["boundary_accuracy"], [np.nan, 2 / 3])
    np.testing.assert_allclose(resampled["mof"], [1, 7.5 / 8])


def test_clusters_asked_for_divide_tw_finch_iou_and_differ_by_group():
    asked = scores(
        TRUTHS, LABELS, protocol="tw-finch", scope="activity", activities=ACTIVITIES, n_clusters=[4, 4, 2]
    )
    assert asked.groups["milk"]["iou"] == 1
    found = scores(TRUTHS, LABELS, protocol="tw-finch", scope="activity", activities=ACTIVITIES)
    assert asked.groups["tea"]["iou"] == pytest.approx(found.groups["tea"]["iou"] / 2)


def test_options_reach_the_protocol():
    ignored = scores([["a", "b"]], [[0, 0]], protocol="asot", scope="video", ignore="b")
    assert ignored.rows[0]["n_frames"] == 1
    short = scores([["a", "b"]], [["a", "b"]], protocol="ms-tcn", scope="all", last_end="n-1")
    assert short.scores["f1_10"] == 0.5


def test_what_is_scored_is_said():
    assert str(scores(TRUTHS, LABELS, protocol="asot", scope="activity", activities=ACTIVITIES)) == (
        'protocol "asot": clusters matched to classes on all videos of an activity, mean over activities'
    )
    said = {how.described(scope) for how in PROTOCOLS.values() for scope in SCOPES}
    assert len(said) == len(PROTOCOLS) * len(SCOPES)
    assert PROTOCOLS["tw-finch"].described("all").endswith("on all videos, mean over videos")
    assert PROTOCOLS["ms-tcn"].described("all") == 'protocol "ms-tcn": classes, pooled over all videos'


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_protocols_say_what_they_give(protocol):
    pooled = protocol.pooled(protocol.rows([[0, 0, 1]], [[0, 0, 1]], 2))
    assert tuple(pooled) == protocol.scores
    assert list(inspect.signature(protocol.rows).parameters)[:3] == ["truths", "labels", "n_segments"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"protocol": "tsa"}, "unknown protocol 'tsa': choose one of tw-finch, asot, ms-tcn"),
        ({"scope": "full"}, "unknown scope 'full': choose one of video, activity, all"),
        ({"seed": 1}, "unknown option of protocol \"tw-finch\" 'seed': choose one of ignore"),
        ({"scope": "activity"}, "no activities are given: give one a video"),
        ({"scope": "activity", "activities": ["tea"]}, "activities has 1 numbers for 3 videos"),
        ({"n_clusters": [2, 2]}, "n_clusters has 2 numbers for 3 videos"),
        ({"scope": "all", "n_clusters": [2, 3, 2]}, "^n_clusters differ"),
        ({"n_clusters": 1}, "video 0: n_clusters is 1 and 2 clusters were found"),
        ({"ignore": ["x", "y"]}, "^video 2: no frame is left to score"),
    ],
)
def test_wrong_calls_are_refused(options, problem):
    given = {"protocol": "tw-finch", "scope": "video"} | options
    with pytest.raises(ValueError, match=problem):
        scores(TRUTHS, LABELS, **given)
