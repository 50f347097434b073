"""The videos of a data set as collections, one an activity, on which models are trained and scored."""

from __future__ import annotations

from dkva.experiments.collections import BY_VIDEO, Collection, Scoring
from dkva.experiments.experiment import Task
from dkva.experiments.learners import Member
from reproduce.collections.benchmarks import Opened
from reproduce.collections.subsets import subset

__all__ = ["by_activity", "scoring_of"]


def by_activity(opened: Opened, most: int | None = None) -> list[Collection]:
    """A collection for each activity, with the activity's K; one of all videos if K does not depend on it.

    Models are trained on the videos that are scored, without their truth.

    Args:
        opened: the data set.
        most: so many videos of an activity at most, the same ones each time; None means all.
    """
    activities: dict[str, list[Task]] = {}
    for task in opened.tasks:
        activities.setdefault(opened.activities.get(task.video, ""), []).append(task)
    out = []
    for activity, mine in sorted(activities.items()):
        chosen = mine if most is None else subset(mine, most)
        videos = tuple(Member(task.video, task.load, task.checksum) for task in chosen)
        first = mine[0]
        out.append(
            Collection(
                ", ".join(filter(None, (opened.source.title, activity))),
                videos,
                videos,
                first.n_segments,
                tuple(dict.fromkeys(seed for task in mine for seed in task.seeds)),
                {**first.columns, "activity": activity},
            )
        )
    return out


def scoring_of(opened: Opened) -> Scoring:
    """How the data set's videos are scored, each under a matching of its own: as its tasks are."""
    first = opened.tasks[0]
    return Scoring(BY_VIDEO, first.measure, first.scoring)
