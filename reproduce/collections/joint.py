"""Collections on which videos are aligned, and aligned and segmented by one model.

A model is trained on the videos of an activity, without labels. It is scored as a segmentation on the same
videos, as ASOT is; as an alignment on others, as far as there are some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from dkva.datasets import DataError
from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.collections import breakfast_like, one_activity, rivals
from reproduce.collections.subsets import subset
from synthetic.breakfast_like import Settings
from synthetic.one_activity import PHASES

__all__ = ["JOINT_SETS", "JointSet", "to_align", "to_segment", "true_alignment"]


@dataclass(frozen=True)
class JointSet:
    """Videos of one activity, or of several.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        variant: of One activity, or "".
        activities: how many there are.
        stride: every how many-th frame alignment is measured on.
        seeds: of the models, unless others are asked for.
        parts: whether VAOT is also trained without each of its parts.
        settings: of all models, where the published ones do not fit the videos.
    """

    key: str
    title: str
    variant: str = ""
    activities: int = 1
    stride: int = 1
    seeds: int = 3
    parts: bool = True
    settings: Mapping[str, object] = field(default_factory=dict)


# The shortest video of One activity: longer draws would be filled up, and the filling counts as time.
_SHORTEST = {"frames": 60}

#: What there is. Breakfast's videos have some 2000 frames, of which the metrics of alignment compare all.
JOINT_SETS = {
    each.key: each
    for each in (
        *(
            JointSet(key, one_activity.title(variant), variant, settings=_SHORTEST)
            for key, variant in (
                ("one_activity", one_activity.IN_ORDER),
                ("one_activity_repeats", one_activity.REPEATS),
            )
        ),
        JointSet(
            "breakfast_like",
            rivals.SETS["breakfast_like"].title,
            activities=10,
            stride=16,
            seeds=1,
            parts=False,
        ),
        JointSet("breakfast_sample", rivals.SETS["breakfast_sample"].title, stride=16),
    )
}


def to_segment(
    given: JointSet,
    root: Path | None,
    seeds: Sequence[int],
    videos: int = rivals.VIDEOS,
    settings: Settings | None = None,
) -> list[Collection]:
    """A collection for each activity, with K all its actions; its training videos are those that are scored.

    Args:
        given: one of `JOINT_SETS`.
        root: folder of the real data; None if there is none.
        seeds: of the learners.
        videos: of each activity of Breakfast-like.
        settings: of Breakfast-like; None means the default.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    if given.variant:
        rule = {"k": rivals.ALL_ACTIONS}
        return [
            replace(each, test=each.train, columns={**each.columns, **rule})
            for each in one_activity.collections_of(given.variant, seeds)
        ]
    found = rivals.collections_of(rivals.SETS[given.key], root, seeds, videos, settings)
    return [each for each in found if each.columns["k"] == rivals.ALL_ACTIONS]


def to_align(
    given: JointSet,
    root: Path | None,
    seeds: Sequence[int],
    videos: int = rivals.VIDEOS,
    settings: Settings | None = None,
) -> list[Collection]:
    """The same models, and other videos of their activity; the same ones of the sample, which has no others.

    Arguments and errors are those of `to_segment`.
    """
    if given.variant:
        return one_activity.collections_of(given.variant, seeds)
    trained = to_segment(given, root, seeds, videos, settings)
    if given.key != "breakfast_like":
        return trained
    out, tasks = [], breakfast_like.tasks(settings, seeds=seeds)
    for collection in trained:
        activity = str(collection.columns["activity"])
        known = {member.name for member in collection.train}
        mine = [task for task in tasks if breakfast_like.activity_of(task.video) == activity]
        others = [task for task in mine if f"{activity}/{task.video}" not in known]
        if not others:
            raise DataError(activity, "has no videos beside those to train on", "ask for fewer by --videos")
        test = tuple(
            Member(f"{activity}/{task.video}", task.load, task.checksum) for task in subset(others, videos)
        )
        out.append(replace(collection, test=test))
    return out


def true_alignment(variant: str) -> list[Collection]:
    """The videos of One activity with the canonical time of each frame in the place of its features.

    Args:
        variant: one of `one_activity.VARIANTS`.
    """
    out = []
    for collection in one_activity.collections_of(variant, (0,)):
        splits = (
            tuple(
                Member(each.name, partial(_timed, variant, split, index), f"{each.checksum}/time")
                for index, each in enumerate(members)
            )
            for split, members in (("train", collection.train), ("test", collection.test))
        )
        train, test = splits
        out.append(replace(collection, train=train, test=test))
    return out


def _timed(variant: str, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    folder, _ = one_activity.dataset(one_activity.varied(variant))
    times = one_activity.times_of(folder, split)[index]
    _, phases = one_activity.load_video(folder, split, index)
    return one_activity.on_circle(times, PHASES), phases
