"""Claims about representations that align, tested on the rows of their tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reproduce.base import labels
from reproduce.base.effects import Effect, effect, per_video
from reproduce.base.labels import ON_ACTIVITY, ON_ALL, RAW_FEATURES
from reproduce.ledger.compare import Line, Place, Rows, Test, by_dataset, differences
from reproduce.ledger.joint_tests import COMPARABLE

__all__ = ["ALIGNMENT_TESTS"]

_TAU, _PROGRESSION = {"tau": "Kendall's tau"}, {"progression": "progression"}
_RETRIEVAL = {"ap_5": "AP@5"}
_FEW, _ALL = {"accuracy_10": "accuracy, 10 %"}, {"accuracy_100": "accuracy, 100 %"}
_WARPED = {"dtw_accuracy": "DTW accuracy"}
#: How well videos are aligned, and all in which LRProp's numbers stand beside SCL's.
_ASKED = _TAU | _FEW | _WARPED
_EVERY = _TAU | _PROGRESSION | _RETRIEVAL | _FEW | _ALL | _WARPED

_LRPROP, _MASA, _CLIPS = "table_lrprop_", "table_masa_", "table_masa_clips_"
_KINDS = ("many_features", "many_poses", "many_both")
_MANY = "Many activities (synthetic)"
_LRPROP_PLACES = (
    Place("Pouring and PennAction", (f"{_LRPROP}pouring", f"{_LRPROP}penn_action")),
    Place(
        f"One activity (synthetic, two variants), {_MANY}",
        (f"{_LRPROP}one_activity", f"{_LRPROP}one_activity_repeats", f"{_LRPROP}many_features"),
    ),
)
_OF_TERMS = (
    Place("Pouring", (f"{_LRPROP}pouring",)),
    Place("One activity (synthetic, two variants)", _LRPROP_PLACES[1].results[:2]),
)
_BY_KIND = Place(f"{_MANY}, by kinds of features", tuple(f"{_MASA}{kind}" for kind in _KINDS))
_CLIPS_BY_KIND = Place(_BY_KIND.data, tuple(f"{_CLIPS}{kind}" for kind in _KINDS))
_BY_ONE_KIND = Place(f"{_MANY}, features and poses", tuple(f"{_MASA}{kind}" for kind in _KINDS[:2]))
_OF_PARTS = Place("One activity (synthetic), in order", (f"{_MASA}one_activity",))

_LRPROP_COMMAND = "python -m reproduce.table_lrprop --data-root DATA"
_MASA_COMMAND = "python -m reproduce.table_masa --data-root DATA"


def _line(method: str, training: str = ON_ACTIVITY) -> dict[str, str]:
    """A method and what it is trained on; features as they are on nothing."""
    return {"method": method} | ({} if method == RAW_FEATURES else {"training": training})


def _above(method: str, others: Sequence[str], training: str = ON_ACTIVITY) -> list[tuple[str, Line, Line]]:
    """A method and each of others, all trained on the same."""
    return [(f"{method} - {each}", _line(method, training), _line(each, training)) for each in others]


def _fewer_labels(rows: Rows) -> dict[str, Effect]:
    """LRProp's accuracy by half of the labels minus that of others by all, by method and data set."""
    found = {}
    for dataset, part in by_dataset(rows).items():
        half = _of(part, _line(labels.LRPROP), "accuracy_50")
        for other in (RAW_FEATURES, labels.TCN, labels.TCC, labels.CARL):
            whole = _of(part, _line(other), "accuracy_100")
            differences = [half[video] - whole[video] for video in half if video in whole]
            if differences:
                found[f"{labels.LRPROP}, 50 % - {other}, 100 %, {dataset}"] = effect(differences)
    return found


def _of(rows: Rows, line: Line, measure: str) -> dict[str, float]:
    """A measure of a line by video."""
    return per_video([row for row in rows if all(row[k] == v for k, v in line.items())], measure)


def _both_kinds(rows: Rows) -> dict[str, Effect]:
    """Clips recognised by both kinds of features minus by one, by kind."""
    of_kind = {
        kind: _of(
            [row for row in rows if row["result"] == f"{_CLIPS}{kind}"], _line(labels.MASA, ON_ALL), "clips"
        )
        for kind in _KINDS
    }
    *single, both = _KINDS
    return {
        f"both - {kind.removeprefix('many_')}": effect(
            np.array([of_kind[both][video] - value for video, value in of_kind[kind].items()])
        )
        for kind in single
    }


ALIGNMENT_TESTS: tuple[Test, ...] = (
    *(
        Test(
            claim,
            f"Kendall's tau, accuracy with 10 % of the labels and DTW accuracy of {method} - of TCN, and - "
            "of raw features; a model for each activity; the least by data set, other line and measure",
            _LRPROP_PLACES,
            differences(_above(method, (labels.TCN, RAW_FEATURES)), _ASKED),
            _LRPROP_COMMAND,
        )
        for claim, method in (
            ("tcc-above-tcn", labels.TCC),
            ("carl-above-tcn", labels.CARL),
            ("lrprop-above-tcn", labels.LRPROP),
        )
    ),
    Test(
        "cross-video-terms-add",
        "Kendall's tau, progression, AP@5, accuracy with 10 and 100 % of the labels and DTW accuracy of "
        "LRProp - of CARL; the least by data set and measure",
        _LRPROP_PLACES,
        differences(_above(labels.LRPROP, (labels.CARL,)), _EVERY),
        _LRPROP_COMMAND,
    ),
    *(
        Test(
            claim,
            f"the same six measures of LRProp - of {without}; the least by data set and measure",
            _OF_TERMS,
            differences(_above(labels.LRPROP, (without,)), _EVERY),
            _LRPROP_COMMAND,
        )
        for claim, without in (
            ("propagation-adds", labels.LRPROP_WITHOUT_PROPAGATION),
            ("soft-dtw-adds", labels.LRPROP_WITHOUT_WARPING),
        )
    ),
    Test(
        "half-the-labels-suffice",
        "accuracy of LRProp with 50 % of the labels - of CARL, TCC, TCN and raw features with 100 %; the "
        "least by data set and other line",
        _LRPROP_PLACES,
        _fewer_labels,
        _LRPROP_COMMAND,
    ),
    Test(
        "masa-above-tcn",
        "Kendall's tau, accuracy with 10 % of the labels and DTW accuracy of MASA - of TCN, and - of raw "
        "features; models of all activities; the least by kind of features, other line and measure",
        (_BY_KIND,),
        differences(_above(labels.MASA, (labels.TCN, RAW_FEATURES), ON_ALL), _ASKED),
        _MASA_COMMAND,
    ),
    Test(
        "masa-above-carl",
        "Kendall's tau, progression, AP@5, accuracy with 10 and 100 % of the labels and DTW accuracy of "
        "MASA - of CARL; models of all activities; the least by kind of features and measure",
        (_BY_KIND,),
        differences(_above(labels.MASA, (labels.CARL,), ON_ALL), _EVERY),
        _MASA_COMMAND,
    ),
    Test(
        "masa-gains-from-all",
        "Kendall's tau, progression, AP@5 and accuracy with 10 % of the labels, which rise in the paper by "
        "RGB and by skeletons, of one MASA of all activities - of a MASA for each; the least by kind of "
        "features and measure",
        (_BY_ONE_KIND,),
        differences(
            [("of all - for each", _line(labels.MASA, ON_ALL), _line(labels.MASA))],
            _TAU | _PROGRESSION | _RETRIEVAL | _FEW,
        ),
        _MASA_COMMAND,
    ),
    Test(
        "carl-gains-nothing-from-all",
        "progression, AP@5 and accuracy with all labels, which the paper compares, of a CARL for each "
        "activity - of one CARL of all, plus two points, by which it may be below; the least by kind of "
        "features and measure",
        (_BY_ONE_KIND,),
        differences(
            [("for each - of all", _line(labels.CARL), _line(labels.CARL, ON_ALL))],
            _PROGRESSION | _RETRIEVAL | _ALL,
            COMPARABLE,
        ),
        _MASA_COMMAND,
    ),
    Test(
        "activities-stay-apart",
        "share of the five nearest frames of other videos that are of the frame's activity, of MASA - of "
        "CARL, and - of TCN; models of all activities; the least by kind of features and other line",
        (_CLIPS_BY_KIND,),
        differences(
            _above(labels.MASA, (labels.CARL, labels.TCN), ON_ALL), {"same_activity": "same activity"}
        ),
        _MASA_COMMAND,
    ),
    Test(
        "masa-recognises-clips",
        "share of the clips of single phases whose activity and phase a linear classifier finds by MASA's "
        "frames - by features as they are; the least by kind of features",
        (_CLIPS_BY_KIND,),
        differences(_above(labels.MASA, (RAW_FEATURES,), ON_ALL), {"clips": "clips"}),
        _MASA_COMMAND,
    ),
    Test(
        "both-kinds-are-best",
        "clips recognised by MASA's frames of features and poses - of features, and - of poses; the lesser",
        (_CLIPS_BY_KIND,),
        _both_kinds,
        _MASA_COMMAND,
    ),
    Test(
        "each-part-of-masa-helps",
        "accuracy with all labels and Kendall's tau, which in the paper are lower without each part, of "
        "MASA - of MASA without it; the least by data set, part and measure",
        (_OF_PARTS,),
        differences(_above(labels.MASA, labels.MASA_PARTS), _ALL | _TAU),
        _MASA_COMMAND,
    ),
)
