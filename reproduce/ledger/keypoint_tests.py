"""Claims about segmentation by keypoints, tested on the rows of its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reproduce.base import labels
from reproduce.base.effects import Effect, effect, paired
from reproduce.ledger.compare import Line, Place, Rows, Test, by_dataset, differences
from reproduce.ledger.joint_tests import COMPARABLE

__all__ = ["KEYPOINT_TESTS"]

#: What is compared, by columns.
_OVERLAPS = {"f1_50": "F1@50", "edit": "Edit"}
_POINTS = {"action_accuracy": "actions", "boundary_accuracy": "boundaries"}

_COMMAND = "python -m reproduce.table_rtk --data-root DATA"
_LIKE = "Breakfast-like by subjects (synthetic features)"


def _places(table: str) -> tuple[Place, ...]:
    """The three data sets of the paper, else what stands in for them."""
    return (
        Place("50 Salads, GTEA and Breakfast", tuple(f"{table}_{key}" for key in _RELEASED)),
        Place(f"{_LIKE}, joined recordings", tuple(f"{table}_{key}" for key in _STAND_INS)),
    )


_RELEASED, _STAND_INS = ("50salads", "gtea", "breakfast"), ("breakfast_like", "basic_motions")
_OF_METHODS = _places("table_rtk")
_OF_PARTS = (Place("GTEA", ("table_rtk_gtea",)), Place(_LIKE, ("table_rtk_breakfast_like",)))


def _pairs(*pairs: tuple[str, str]) -> list[tuple[str, Line, Line]]:
    """Methods, each and what it is compared with."""
    return [(f"{one} - {other}", {"method": one}, {"method": other}) for one, other in pairs]


def _less_over_segmented(rows: Rows) -> dict[str, Effect]:
    """Edit of RTK above that of ASFormer, and false segments below, by data set."""
    found = differences(_pairs((labels.RTK, labels.ASFORMER)), {"edit": "Edit"})(rows)
    false = {"false_segments": "false segments by the number of true ones"}
    return found | differences(_pairs((labels.ASFORMER, labels.RTK)), false)(rows)


def _by_length(rows: Rows) -> dict[str, Effect]:
    """MIoU of RTK minus that of ASFormer, by data set and length of the true segments."""
    found = {}
    for dataset, part in by_dataset(rows).items():
        for longest in dict.fromkeys(row["longest"] for row in part):
            mine = [row for row in part if row["longest"] == longest]
            values = paired(mine, {"method": labels.RTK}, {"method": labels.ASFORMER}, "miou")
            if len(values):
                found[f"up to {longest:g} frames, {dataset}"] = effect(values)
    return found


def _overlaps(*pairs: tuple[str, str], within: float = 0) -> Callable[[Rows], Mapping[str, Effect]]:
    return differences(_pairs(*pairs), _OVERLAPS, within)


def _of_parts(
    claim: str,
    how: str,
    values: Callable[[Rows], Mapping[str, Effect]],
    places: tuple[Place, ...] = _OF_PARTS,
) -> Test:
    return Test(claim, f"{how}; F1@50 and Edit, the least by pair and measure", places, values, _COMMAND)


def _with_candidates(shares: Sequence[float]) -> list[tuple[str, str]]:
    return [(labels.RTK, labels.RTK_CANDIDATES[share]) for share in shares]


KEYPOINT_TESTS: tuple[Test, ...] = (
    Test(
        "keypoints-over-segment-less",
        "Edit of RTK - of ASFormer; and segments that overlap no true one of their class by a tenth, as a "
        "share of the number of true ones, of ASFormer - of RTK; the least by data set and measure",
        _OF_METHODS,
        _less_over_segmented,
        _COMMAND,
    ),
    Test(
        "rtk-above-asformer",
        "F1@50 and Edit of RTK - of ASFormer; the least by data set and measure",
        _OF_METHODS,
        _overlaps((labels.RTK, labels.ASFORMER)),
        _COMMAND,
    ),
    Test(
        "rtk-above-ms-tcn",
        "F1@50, Edit and accuracy of RTK - of MS-TCN; the least by data set and measure",
        _OF_METHODS,
        differences(_pairs((labels.RTK, labels.MS_TCN)), {**_OVERLAPS, "accuracy": "accuracy"}),
        _COMMAND,
    ),
    _of_parts(
        "keypoints-help",
        "RTK's network of keypoints - of frame-wise classes: without the other parts, with refinement, with "
        "its graph network, and with graph matching",
        _overlaps(
            (labels.RTK_POINTS, labels.RTK_FRAMES),
            (labels.RTK_POINTS_REFINED, labels.RTK_FRAMES_REFINED),
            (labels.RTK_POINTS_GRAPH, labels.RTK_FRAMES_GRAPH),
            (labels.RTK, labels.RTK_FRAMES_MATCHED),
        ),
    ),
    _of_parts(
        "refinement-helps",
        "with refinement, without a graph network - without refinement: of keypoints, and of frame-wise "
        "classes",
        _overlaps(
            (labels.RTK_POINTS_REFINED, labels.RTK_POINTS),
            (labels.RTK_FRAMES_REFINED, labels.RTK_FRAMES),
        ),
    ),
    _of_parts(
        "graph-alone-adds-nothing",
        "refinement without a graph network - with one that is not matched, plus two points, by which it may "
        "be below: of keypoints, and of frame-wise classes",
        _overlaps(
            (labels.RTK_POINTS_REFINED, labels.RTK_POINTS_GRAPH),
            (labels.RTK_FRAMES_REFINED, labels.RTK_FRAMES_GRAPH),
            within=COMPARABLE,
        ),
    ),
    _of_parts(
        "graph-matching-helps",
        "with graph matching - with a graph network that is not matched: of keypoints, and of frame-wise "
        "classes",
        _overlaps(
            (labels.RTK, labels.RTK_POINTS_GRAPH),
            (labels.RTK_FRAMES_MATCHED, labels.RTK_FRAMES_GRAPH),
        ),
    ),
    _of_parts(
        "detaching-is-better",
        "the gradient of the graph network cut off - kept",
        _overlaps((labels.RTK, labels.RTK_ATTACHED)),
    ),
    _of_parts(
        "few-candidates-cost",
        "candidates for a tenth of the frames - for a thousandth, and - for a hundredth of them",
        _overlaps(*_with_candidates((0.001, 0.01))),
    ),
    _of_parts(
        "a-tenth-is-enough",
        "candidates for a tenth of the frames - for all of them, plus two points, by which it may be below",
        _overlaps(*_with_candidates((1.0,)), within=COMPARABLE),
        _OF_PARTS[:1],  # with one of eight frames a tenth of all leaves none out
    ),
    Test(
        "keypoints-above-frame-wise-ones",
        "share of the points found that are right, of RTK - of the middles and starts of ASFormer's runs; of "
        "actions and of boundaries, the least by data set and kind",
        _places("table_rtk_keypoints"),
        differences(_pairs((labels.RTK, labels.ASFORMER)), _POINTS),
        _COMMAND,
    ),
    Test(
        "refined-keypoints-are-right",
        "share of the points found that are right, after refinement - before it; of actions and of "
        "boundaries, the least by data set and kind",
        _places("table_rtk_keypoints"),
        differences(_pairs((labels.RTK, labels.RTK_BEFORE)), _POINTS),
        _COMMAND,
    ),
    Test(
        "better-at-all-lengths",
        "mean overlap of matched segments whose true one has at most so many frames, of RTK - of ASFormer; "
        "the least by data set and length",
        _places("table_rtk_lengths"),
        _by_length,
        _COMMAND,
    ),
)
