"""Claims that are tested on Moving5: Tables 2 and 3, and the study of what the paper leaves open."""

from __future__ import annotations

import numpy as np

from reproduce.base.effects import per_video
from reproduce.base.labels import (
    CHOSEN_DECAY,
    INITIAL,
    LEARNED,
    LEARNED_L2,
    MEDIAN_DISTANCE,
    MORE_EPOCHS,
    NTK_ALONE,
    TW_FINCH,
    UNIFORM,
    WHOLE_VIDEO,
)
from reproduce.ledger.compare import Place, Rows, Test, beats

__all__ = ["MOVING5_TESTS", "STUDIED"]

#: Spread of a video's MoF over seeds, in share, below which the seed is said to play no role: one point.
_SEED_SPREAD = 0.01

#: Claims that are followed through the study of Moving5.
STUDIED = (
    "kernel-beats-l2",
    "initial-beats-uniform",
    "learning-beats-initial",
    "more-epochs-overfit",
    "repeats-recognised",
)


def _seed_spread(rows: Rows) -> np.ndarray:
    """How far each video's MoF stays from spreading over the seeds by more than allowed."""
    mine: dict[str, list[float]] = {}
    for row in rows:
        if row["method"] == LEARNED:
            mine.setdefault(row["video"], []).append(row["mof"])
    return np.array([_SEED_SPREAD - (max(values) - min(values)) for values in mine.values()])


def _unused(rows: Rows) -> np.ndarray:
    chosen = [row for row in rows if row["method"] == CHOSEN_DECAY]
    return np.array(list(per_video(chosen, "unused").values()))


_MOVING5 = "Moving5 (made from real digits), 50 test videos"
_TRUE_K = Place(_MOVING5, ("table2_moving5",))
_RANDOM_K = Place(_MOVING5, ("table3_moving5_random_k",))

MOVING5_TESTS: tuple[Test, ...] = (
    Test(
        "median-squared-beats-median",
        "MoF, learned with the median squared distance - with the median distance",
        (_TRUE_K,),
        beats(LEARNED, MEDIAN_DISTANCE),
    ),
    Test(
        "batches-beat-whole-video",
        "MoF, learned in batches - learned on the whole video in as many steps",
        (_TRUE_K,),
        beats(LEARNED, WHOLE_VIDEO),
    ),
    Test(
        "kernel-beats-l2",
        "MoF of the learned approximation, kernel assignment - L2 assignment",
        (_TRUE_K,),
        beats(LEARNED, LEARNED_L2),
    ),
    Test(
        "initial-beats-uniform",
        "MoF, initial approximation with kernel assignment - uniform split",
        (_TRUE_K,),
        beats(INITIAL, UNIFORM),
    ),
    Test(
        "learning-beats-initial",
        "MoF with kernel assignment, learned - initial approximation",
        (_TRUE_K,),
        beats(LEARNED, INITIAL),
    ),
    Test(
        "more-epochs-overfit",
        "MoF, the chosen number of epochs - four times as many",
        (_TRUE_K,),
        beats(LEARNED, MORE_EPOCHS),
    ),
    Test(
        "random-k-boundaries",
        "boundary accuracy, learned with the chosen weight decay - TW-FINCH, the same numbers of segments",
        (_RANDOM_K,),
        beats(CHOSEN_DECAY, TW_FINCH, "boundary_accuracy"),
    ),
    Test(
        "repeats-recognised",
        "share of further appearances of digit 3 joined with the first, learned - TW-FINCH",
        (
            Place(
                "Moving5 (made from real digits), test videos in which digit 3 comes back",
                ("table2_moving5",),
            ),
        ),
        beats(LEARNED, TW_FINCH, "repeats_joined"),
    ),
    Test(
        "number-not-forced",
        "share of synthetic frames without a frame, random number of segments",
        (_RANDOM_K,),
        _unused,
    ),
    Test(
        "seed-plays-no-role",
        "1 point - the range of a video's MoF over the seeds",
        (_TRUE_K,),
        _seed_spread,
    ),
    Test(
        "gaussian-factor-matters",
        "MoF, learned with Gauss × NTK - with the NTK alone",
        (_TRUE_K,),
        beats(LEARNED, NTK_ALONE),
    ),
)
