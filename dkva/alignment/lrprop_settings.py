"""Settings of LRProp, and the published ones of each activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dkva.alignment.position_propagation import REDUCTIONS
from dkva.alignment.view_settings import ViewSettings
from dkva.base.checks import check_choice, check_number, check_whole

__all__ = ["PUBLISHED", "VIEW_PAIRS", "LrpropSettings"]

#: Which clips of different videos are compared.
VIEW_PAIRS = ("all", "three")


def _published(frames: int, soft_dtw_weight: float, other_weight: float) -> dict[str, float]:
    return {"frames": frames, "soft_dtw_weight": soft_dtw_weight, "other_weight": other_weight}


#: What is published of Pouring and of each activity of PennAction (Table 5; cells that the table merges are
#: carried down, and that the smaller weight is soft-DTW's is inferred: it shrinks with the clips' length).
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "pouring": _published(240, 0.001, 0.8),
    "jumping_jacks": _published(20, 0.01, 0.4),
    "tennis_serve": _published(40, 0.003, 0.4),
    "tennis_forehand": _published(40, 0.003, 0.4),
    "baseball_swing": _published(40, 0.001, 0.4),
    "bowl": _published(60, 0.001, 0.4),
    "situp": _published(80, 0.001, 0.4),
    "bench_press": _published(80, 0.001, 0.4),
    "baseball_pitch": _published(80, 0.001, 0.4),
    "golf_swing": _published(80, 0.001, 1.6),
    "pushup": _published(80, 0.001, 1.6),
    "squat": _published(80, 0.001, 0.8),
    "pullup": _published(80, 0.001, 0.8),
    "clean_and_jerk": _published(80, 0.001, 0.8),
}


@dataclass(frozen=True, kw_only=True)
class LrpropSettings(ViewSettings):
    """Settings of LRProp's model and of its training on given features.

    The defaults are the published ones for Pouring (LRProp's supplement); `PUBLISHED` has what is otherwise
    for other activities. Learning rate, weight decay, temperature and variance are not printed, and are
    CARL's, which LRProp builds on (our choice).

    Attributes:
        same_weight: weight of the divergences within a video, L_same; published is 1.
        other_weight: weight of those between videos by position propagation, L_diff; w2.
        soft_dtw_weight: weight of soft-DTW between videos; w1.
        gamma: how soft its minimum is (our choice: LAV's).
        view_pairs: "all" two views of different videos, or "three" for a pair of videos: each with its own
            second view, and the first view of one with the second of the other (our choice: the paper does
            not say).
        reduction: "mean" over frames or "sum" (our choice: the paper does not say).
        projection: whether the losses see frames through CARL's projection head (our choice: not, as the
            paper knows none).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    layers: int = 7
    batch: int = 2
    same_weight: float = 1.0
    other_weight: float = 0.8
    soft_dtw_weight: float = 0.001
    gamma: float = 0.1
    view_pairs: str = "all"
    reduction: str = "mean"
    projection: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("batch", self.batch, least=2)
        weights = ("same_weight", "other_weight", "soft_dtw_weight")
        for name in weights:
            check_number(name, getattr(self, name))
        if not any(getattr(self, name) for name in weights):
            raise ValueError(
                f"{', '.join(weights)} are all 0: give one above 0, as nothing is learned without"
            )
        check_number("gamma", self.gamma, positive=True)
        check_choice("view_pairs", self.view_pairs, VIEW_PAIRS)
        check_choice("reduction", self.reduction, REDUCTIONS)
