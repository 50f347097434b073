"""Claims about joint alignment and segmentation, tested on its tables and on measured costs."""

from __future__ import annotations

from collections.abc import Mapping

from reproduce.base import labels
from reproduce.base.effects import Effect, effect, paired
from reproduce.ledger.compare import Place, Rows, Test

__all__ = ["COMPARABLE", "JOINT_TESTS"]

#: Points by which an alignment may be below another that it is comparable with, as a share (our reading).
COMPARABLE = 0.02

_COSTS = "benchmarks/joint_tasks"
# By data, with what is matched together: all videos of an activity, as the paper does, if there are several.
_SEGMENTATION = {
    "Breakfast-like": ("table_vasot_segmentation_breakfast_like_asot_activity", "activity"),
    "One activity in order": ("table_vasot_segmentation_one_activity_asot_video", "video"),
    "One activity with pauses and repeats": (
        "table_vasot_segmentation_one_activity_repeats_asot_video",
        "video",
    ),
}
_ALIGNMENT = {
    "in order": "table_vasot_alignment_one_activity",
    "with pauses and repeats": "table_vasot_alignment_one_activity_repeats",
}
_ONE_ACTIVITY = "One activity (synthetic, two variants)"

# Which programs two models are, by what their sum is called; as in `benchmarks.joint_tasks`.
_SUMS = {
    "the same program twice": ("segmentation", "alignment"),
    "ASOT and VAOT": ("asot", "vaot"),
}
_SAVED = {"seconds": "time of the training", "memory_mb": "memory of the training", "file_kb": "model file"}


def _saved(rows: Rows) -> dict[str, Effect]:
    """What one model saves of the sum of two, as a share, by what is measured."""
    runs: dict[str, dict[str, Mapping]] = {}
    for row in rows:
        runs.setdefault(row["video"], {})[row["program"]] = row
    return {
        f"{words}, of the sum of {two}": effect(
            [1 - run["both"][name] / (run[one][name] + run[other][name]) for run in runs.values()]
        )
        for two, (one, other) in _SUMS.items()
        for name, words in _SAVED.items()
    }


def _of(rows: Rows, result: str) -> list:
    return [row for row in rows if row["result"] == result]


def _segmented_better(rows: Rows) -> dict[str, Effect]:
    """Both tasks minus segmentation alone, by measure and data."""
    sides = {"method": labels.JOINT}, {"method": labels.SEGMENTATION_ALONE}
    return {
        f"{words}, {data}": effect(paired(_of(rows, result), *sides, measure, unit))
        for data, (result, unit) in _SEGMENTATION.items()
        for measure, words in (("mof", "MoF"), ("miou", "mIoU"), ("f1", "F1"))
    }


def _comparable(rows: Rows) -> dict[str, Effect]:
    """Both tasks minus alignment alone, and what it may be below, by measure and variant."""
    return {
        f"{words}, {variant}": effect(
            paired(_of(rows, result), {"method": labels.JOINT}, {"method": labels.ALIGNMENT_ALONE}, measure)
            + COMPARABLE
        )
        for measure, words in (("tau", "Kendall's tau"), ("ap_5", "AP@5"), ("accuracy_100", "accuracy"))
        for variant, result in _ALIGNMENT.items()
    }


def _parts_help(rows: Rows) -> dict[str, Effect]:
    """VAOT minus VAOT without each part, by measure and variant."""
    return {
        f"{labels.VAOT} - {without}, {words}, {variant}": effect(
            paired(_of(rows, result), {"method": labels.VAOT}, {"method": without}, measure)
        )
        for without in labels.VAOT_PARTS
        for measure, words in (("accuracy_100", "accuracy"), ("ap_5", "AP@5"))
        for variant, result in _ALIGNMENT.items()
    }


_ALIGN_COMMAND = "python -m reproduce.table_vasot_alignment --data-root DATA"

JOINT_TESTS: tuple[Test, ...] = (
    Test(
        "joint-saves-time-and-memory",
        "what VASOT of both tasks saves of the sum of two models, as a share: time and memory of the "
        "training, and the file of the model; the two are the same program with either task, and ASOT and "
        "VAOT; the least of the six. Models that are trained one after the other need the larger memory, not "
        "the sum",
        (Place("random walks of Breakfast's average size, no videos", (_COSTS,)),),
        _saved,
        "python -m benchmarks --only joint_tasks",
    ),
    Test(
        "alignment-helps-segmentation",
        "MoF, mIoU and F1 of VASOT of both tasks - of the same program with segmentation alone; on "
        "Breakfast-like with all videos of an activity matched together and one seed, on One activity (three "
        "seeds) with each video matched by itself; the least of the nine",
        (Place(f"Breakfast-like, {_ONE_ACTIVITY}", tuple(result for result, _ in _SEGMENTATION.values())),),
        _segmented_better,
        "python -m reproduce.table_vasot_segmentation --data-root DATA",
    ),
    Test(
        "joint-alignment-is-comparable",
        "Kendall's tau, AP@5 and accuracy of VASOT of both tasks - of the same program with alignment alone, "
        "plus two points, by which it may be below; the least of the six",
        (Place(_ONE_ACTIVITY, tuple(_ALIGNMENT.values())),),
        _comparable,
        _ALIGN_COMMAND,
    ),
    Test(
        "each-part-of-alignment-helps",
        "accuracy and AP@5 of VAOT - of VAOT without structure, without prior, with unequal masses of the "
        "second video, and without virtual frames; the least of the sixteen",
        (Place(_ONE_ACTIVITY, tuple(_ALIGNMENT.values())),),
        _parts_help,
        _ALIGN_COMMAND,
    ),
)
