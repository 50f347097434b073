from pathlib import Path

import numpy as np
import pytest

from dkva.cli.evaluating.read import NONE, Pair
from dkva.cli.evaluating.score import How, comparable, kept, scopes_of, score, shared_labels
from dkva.datasets.reading import NO_LABEL
from dkva.metrics.protocols import ACTIVITY, ALL, PROTOCOLS, SCOPES, VIDEO, scores

pytestmark = pytest.mark.fast

ACTIVITIES = ["tea", "tea", "milk", "milk", "milk"]


def pairs(seed=0, **changed):
    """Five videos, whose predictions are right in about two thirds of the frames."""
    rng = np.random.default_rng(seed)
    made = []
    for place in range(5):
        truth = rng.choice(list("abc"), 8).repeat(6)
        wrong = rng.random(8).repeat(6) < 0.3
        predicted = np.where(wrong, rng.choice(list("abc"), 8).repeat(6), truth)
        made.append(Pair(f"v{place}", truth, predicted, None, Path(f"v{place}.txt"))._replace(**changed))
    return made


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_scores_are_those_of_the_protocol_within_their_intervals(protocol, scope):
    videos = pairs()
    found = score(videos, protocol, scope, ACTIVITIES, How())
    expected = scores(
        [pair.truth for pair in videos],
        [pair.predicted for pair in videos],
        protocol=protocol,
        scope=scope,
        activities=ACTIVITIES,
    )
    assert {name: each.score for name, each in found.scores.items()} == pytest.approx(expected.scores)
    assert str(found) == str(expected)
    for each in found.scores.values():
        assert each.low <= each.score <= each.high
    assert any(each.low < each.high for each in found.scores.values())
    assert len(found.videos) == 5


def test_frames_without_a_true_label_count_nowhere():
    videos = pairs()
    gaps = [
        pair._replace(
            truth=np.concatenate([pair.truth, [NO_LABEL] * 4, ["idle"] * 3]),
            predicted=np.concatenate([pair.predicted, list("abcabca")]),
        )
        for pair in videos
    ]
    how = How(ignore=("idle",))
    assert kept(gaps[0], how.ignore).sum() == len(videos[0].truth)
    for protocol in PROTOCOLS:
        with_gaps = score(gaps, protocol, ALL, ACTIVITIES, how)
        assert with_gaps.scores == score(videos, protocol, ALL, ACTIVITIES, How()).scores


def test_background_and_gaps_of_a_prediction_are_no_segments():
    truth = np.repeat(["a", "idle", "b"], 10)
    labels = np.repeat(["a", NONE, "b"], 10)
    video = [Pair("v", truth, labels, None, Path("v.txt"))]
    plain = score(video, "ms-tcn", ALL, [None], How()).scores
    skipped = score(video, "ms-tcn", ALL, [None], How(background=("idle",))).scores
    assert plain["f1_50"].score == pytest.approx(2 * 2 / (3 + 2))
    assert skipped["f1_50"].score == 1
    assert plain["accuracy"].score == skipped["accuracy"].score == pytest.approx(2 / 3)
    early = score(video, "ms-tcn", ALL, [None], How(background=("idle",), last_end="n-1")).scores
    assert early["f1_50"].score == 1
    assert np.isnan(plain["accuracy"].low)


def test_iou_is_divided_by_the_clusters_that_were_asked_for():
    def iou(how=How(), scope=VIDEO, **changed):  # noqa: B008 (it is frozen)
        return score(pairs(**changed), "tw-finch", scope, ACTIVITIES, how).scores["iou"].score

    assert iou(asked=6) == pytest.approx(iou() / 2)
    assert iou(How(n_segments=6)) == pytest.approx(iou(asked=6))
    assert iou(scope=ALL, asked=6) == pytest.approx(iou(scope=ALL) / 2)
    assert iou(scope=ALL, asked=2) == iou(scope=ALL)  # three were found
    with pytest.raises(ValueError, match="give at least 3"):
        iou(How(n_segments=2))


def test_the_scopes_that_say_something():
    assert scopes_of("ms-tcn", ACTIVITIES) == [ALL]
    assert scopes_of("asot", ACTIVITIES) == [VIDEO, ACTIVITY, ALL]
    assert scopes_of("tw-finch", ["tea"] * 3) == [VIDEO, ALL]
    assert scopes_of("tw-finch", ["tea", None]) == [VIDEO, ALL]
    assert scopes_of("asot", ["tea"]) == [VIDEO]


def test_what_scores_may_stand_beside():
    assert "RTK" in comparable("ms-tcn", ALL, How())
    assert "--last-end n-1" in comparable("ms-tcn", ALL, How())
    assert "--last-end" not in comparable("ms-tcn", ALL, How(last_end="n-1"))
    assert "unlike these" in comparable("ms-tcn", ALL, How(ignore=("a",)))
    assert "per video" in comparable("asot", VIDEO, How())
    assert comparable("tw-finch", ALL, How()) == "of no publication that we know"


def test_labels_that_are_in_both():
    videos = pairs()
    assert shared_labels(videos) == set("abc")
    assert shared_labels(pairs(predicted=np.repeat("label 1", 48))) == set()
