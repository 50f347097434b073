"""Collections on which all methods are compared: videos of each activity, and the segments asked for.

A learner is trained on the videos of an activity that it is then scored on, as ASOT and CLOT are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dkva.datasets import DataError
from dkva.experiments.collections import Collection
from dkva.experiments.experiment import Task
from dkva.experiments.learners import Member
from reproduce.collections import breakfast_like, breakfast_sample
from reproduce.collections.subsets import subset
from synthetic.breakfast_like import Settings

__all__ = ["ACTIONS", "ALL_ACTIONS", "AVERAGE", "RULES", "SETS", "VIDEOS", "Group", "collections_of"]

#: Videos of each activity of Breakfast-like, drawn once and for all.
VIDEOS = 12

#: All different actions of each activity of Breakfast, background included: what ASOT asks for.
ACTIONS: Mapping[str, int] = {
    "cereals": 5,
    "coffee": 7,
    "friedegg": 9,
    "juice": 8,
    "milk": 5,
    "pancake": 14,
    "salat": 8,
    "sandwich": 9,
    "scrambledegg": 12,
    "tea": 7,
}

#: How many segments are asked for: as many as an activity's videos have on average, or all its actions.
RULES = AVERAGE, ALL_ACTIONS = ("K the average of the activity's videos", "K all actions of the activity")


@dataclass(frozen=True)
class Group:
    """Videos that are compared together.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        trained: whether there are enough videos of an activity to train on.
    """

    key: str
    title: str
    trained: bool


#: What there is.
SETS = {
    each.key: each
    for each in (
        Group("breakfast_like", "Breakfast-like (synthetic features on real label sequences)", True),
        Group("breakfast_sample", "the Breakfast sample (3 real videos)", False),
    )
}


def collections_of(
    group: Group,
    root: Path | None,
    seeds: Sequence[int],
    videos: int = VIDEOS,
    settings: Settings | None = None,
) -> list[Collection]:
    """A collection for each activity and each of `RULES`; its training videos are those that are scored.

    Args:
        group: one of `SETS`.
        root: folder of the real data; None if there is none.
        seeds: of the methods that take one.
        videos: so many of each activity.
        settings: of Breakfast-like; None means the default.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    if group.key == "breakfast_like":
        tasks = breakfast_like.tasks(settings, seeds=seeds)
        title = tasks[0].columns["dataset"]
    else:
        if root is None:
            raise DataError("DKVA_DATA", "is not set", "give the folder that holds breakfast_sample/")
        tasks, title = breakfast_sample.tasks(root, seeds), group.title
    activities: dict[str, list[Task]] = {}
    for task in tasks:
        activities.setdefault(breakfast_like.activity_of(task.video), []).append(task)
    out = []
    for activity, mine in sorted(activities.items()):
        members = tuple(
            Member(f"{activity}/{task.video}", task.load, task.checksum) for task in subset(mine, videos)
        )
        for rule, k in zip(RULES, (breakfast_like.n_segments(activity), ACTIONS[activity]), strict=True):
            columns = {"dataset": title, "activity": activity, "k": rule}
            out.append(
                Collection(f"{group.key}, {activity}, {rule}", members, members, k, tuple(seeds), columns)
            )
    return out
