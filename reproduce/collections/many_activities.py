"""Many activities as collections: a model for each activity, or one of all; rows are of an activity's videos.

Videos have features of their frames, the joints of their poses, or both side by side. The truth is the phase
within the activity.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.base.checks import check_choice
from dkva.experiments.code_version import code_version
from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.base.paths import GENERATED
from reproduce.collections.at_once import at_once
from reproduce.collections.made import made
from reproduce.collections.one_activity import on_circle
from synthetic import many_activities
from synthetic.many_activities import ACTIVITIES, Settings
from synthetic.poses import JOINTS

__all__ = [
    "BOTH",
    "FEATURES",
    "JOINTS_OF",
    "KINDS",
    "POSES",
    "activity_collections",
    "dataset",
    "kind_of",
    "load_video",
    "times_of",
    "title",
    "true_alignment",
    "whole_collections",
]

#: Kinds of columns: features of frames, joints of poses one after the other, or features and then joints.
FEATURES, POSES, BOTH = KINDS = ("features", "poses", "both")

#: How many of the last columns are joints in space, three each.
JOINTS_OF: Mapping[str, int] = {FEATURES: 0, POSES: len(JOINTS), BOTH: len(JOINTS)}


def title(kind: str) -> str:
    """What the column "dataset" calls a kind."""
    told = {FEATURES: "features", POSES: "poses", BOTH: "features and poses"}
    return f"Many activities (synthetic), {told[kind]}"


def dataset(settings: Settings | None = None, folder: Path = GENERATED) -> tuple[Path, str]:
    """Folder and checksum of Many activities under these settings; made if it is not there or is damaged."""
    return made(many_activities, settings or Settings(), folder)


@functools.lru_cache(maxsize=4)
def _arrays(folder: Path, split: str) -> tuple[np.ndarray, ...]:
    return tuple(
        np.load(folder / split / f"{name}.npy", allow_pickle=False)
        for name in ("features", "poses", "phases", "starts")
    )


def kind_of(kind: str, features: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Columns of a kind [n, d] of features [n, 49] and poses [n, 9, 3]."""
    joints = poses.reshape(len(poses), -1)
    if kind == BOTH:
        return np.concatenate([features, joints], axis=1)
    return features if kind == FEATURES else joints


def load_video(folder: Path, kind: str, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of a kind [n, d] and the phase of each frame [n]."""
    features, poses, phases, starts = _arrays(folder, split)
    part = slice(starts[index], starts[index + 1])
    return kind_of(kind, features[part], poses[part]), phases[part]


def times_of(folder: Path, split: str) -> list[np.ndarray]:
    """Canonical time of each frame [n] of each video of a split: its true alignment within its activity."""
    starts, times = (
        np.load(folder / split / f"{name}.npy", allow_pickle=False) for name in ("starts", "times")
    )
    return np.split(times, starts[1:-1])


def activity_collections(
    kind: str, seeds: Sequence[int], settings: Settings | None = None, folder: Path = GENERATED
) -> list[Collection]:
    """A collection for each activity, whose models are trained on its training videos.

    Args:
        kind: one of `KINDS`.
        seeds: of the learners that take one.
        settings: of the data set; None means the default.
        folder: where data sets are made.

    Raises:
        ValueError: another kind, or a setting out of range.
    """
    check_choice("kind", kind, KINDS)
    chosen = settings or Settings()
    place, checksum = dataset(chosen, folder)
    code = code_version(load_video)

    def videos(number: int, activity: str, split: str) -> tuple[Member, ...]:
        many = getattr(chosen, split)
        return tuple(
            Member(
                f"{activity}/{split}{index + 1:02d}",
                functools.partial(load_video, place, kind, split, number * many + index),
                f"{checksum}/{kind}/{split}/{number * many + index}/{code}",
            )
            for index in range(many)
        )

    return [
        Collection(
            f"many_activities, {kind}, {activity}",
            videos(number, activity, "train"),
            videos(number, activity, "test"),
            len(phases),
            tuple(seeds),
            {"dataset": title(kind), "activity": activity},
        )
        for number, (activity, phases) in enumerate(list(ACTIVITIES.items())[: chosen.activities])
    ]


def whole_collections(
    kind: str, seeds: Sequence[int], settings: Settings | None = None, folder: Path = GENERATED
) -> list[Collection]:
    """The same with one model of all activities; see `at_once`. Arguments and errors are the same."""
    return at_once(activity_collections(kind, seeds, settings, folder))


def true_alignment(kind: str, settings: Settings | None = None, folder: Path = GENERATED) -> list[Collection]:
    """The collections of each activity with the canonical time of each frame in the place of its columns.

    Arguments and errors are those of `activity_collections`; the kind is named in the rows alone.
    """
    place, _ = dataset(settings, folder)

    def timed(videos: Sequence[Member], split: str, number: int) -> tuple[Member, ...]:
        return tuple(
            Member(
                video.name,
                functools.partial(_timed, place, split, number * len(videos) + index),
                f"{video.checksum}/time",
            )
            for index, video in enumerate(videos)
        )

    return [
        replace(each, train=timed(each.train, "train", number), test=timed(each.test, "test", number))
        for number, each in enumerate(activity_collections(kind, (0,), settings, folder))
    ]


def _timed(folder: Path, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    _, phases = load_video(folder, FEATURES, split, index)
    return on_circle(times_of(folder, split)[index], int(phases.max()) + 1), phases
