"""Claims about ASOT, tested in the same program: on the tables of rivals, and on measured times."""

from __future__ import annotations

from reproduce.base.effects import Effect, effect, paired
from reproduce.base.labels import ASOT, ASOT_ALONE, PAPERS_METHOD
from reproduce.ledger.compare import LIKE, Place, Rows, Test

__all__ = ["RIVAL_TESTS"]

_RIVALS = (ASOT, ASOT_ALONE)

# Where each video is matched by itself, by how it is scored.
_SCORED = {
    "scored as TW-FINCH and the paper do": "table_rivals_breakfast_like_tw_finch",
    "scored as ASOT does": "table_rivals_breakfast_like_asot_video",
}

_TIMES = "benchmarks/decoding"

# Methods in the rows of times, and in words.
_PAPERS = "dkva"
_FASTER_THAN = {"asot_single": ASOT_ALONE, "decode": "ASOT's decoder alone, given the actions' centres"}


def _above_rivals(rows: Rows) -> dict[str, Effect]:
    """MoF of the paper's method minus that of each rival, by how videos are scored."""
    return {
        f"{PAPERS_METHOD} - {rival}, {scored}": effect(
            paired(
                [row for row in rows if row["result"] == result],
                {"method": PAPERS_METHOD},
                {"method": rival},
                "mof",
            )
        )
        for scored, result in _SCORED.items()
        for rival in _RIVALS
    }


def _sooner(rows: Rows) -> dict[str, Effect]:
    """Time saved on each video, as a share of the longer time, by size of the videos and rival."""
    seconds: dict[tuple[str, int, int], dict[str, dict[str, float]]] = {}
    for row in rows:
        size = seconds.setdefault((row["size"], int(row["frames"]), int(row["segments"])), {})
        size.setdefault(row["method"], {})[row["video"]] = float(row["seconds"])
    return {
        f"against {words}, the size of {name} (N = {n}, K = {k})": effect(
            [_saved(size[_PAPERS][video], size[rival][video]) for video in size[_PAPERS]]
        )
        for (name, n, k), size in seconds.items()
        for rival, words in _FASTER_THAN.items()
    }


def _saved(ours: float, theirs: float) -> float:
    return (theirs - ours) / max(theirs, ours)


RIVAL_TESTS: tuple[Test, ...] = (
    Test(
        "mmd-faster-than-ot",
        "seconds of a video by ASOT's decoder - by the method at its defaults, as a share of the longer of "
        "the two; random walks of the sizes of Breakfast and 50 Salads, the decoder alone and after k-means; "
        "the least of the four. A step of the loss, and ASOT's training, are measured apart "
        "(results/benchmarks)",
        (Place("random walks of two sizes, no videos", (_TIMES,)),),
        _sooner,
        "python -m benchmarks --only decoding",
    ),
    Test(
        "above-asot-like-for-like",
        "MoF, the paper's method - ASOT trained on the activity, and - its decoder on one video, each video "
        "matched by itself by the protocol of TW-FINCH and by that of ASOT; the least of the four. The "
        "trained one saw all videos of the activity",
        (Place(LIKE, tuple(_SCORED.values())),),
        _above_rivals,
        "python -m reproduce.table_rivals --data-root DATA",
    ),
)
