"""Collections on which representations are trained and measured, by activity.

Models see the training videos of an activity, or of all activities at once; either way the rows are of the
test videos of each activity, among which they are aligned, and classifiers are fitted to that activity's
training videos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.collections import many_activities, one_activity
from reproduce.collections.released_alignment import released
from synthetic.poses import JOINTS

__all__ = [
    "LRPROP_SETS",
    "MASA_SETS",
    "SMALL",
    "RepresentationSet",
    "clips_of",
    "of_activities",
    "of_all",
]

#: Settings of all models on the synthetic sets, as far as a method has them. They are chosen for time on two
#: cores, the rate of learning for so few steps, and none by a score; the others are the published ones.
SMALL: Mapping[str, object] = {
    "hidden": 64,
    "width": 64,
    "layers": 2,
    "heads": 4,
    "outputs": 32,
    "frames": 40,
    "epochs": 60,
    "learning_rate": 1e-3,
}


@dataclass(frozen=True)
class RepresentationSet:
    """Videos of one activity, or of several.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        variant: of One activity, or "".
        kind: of the features of Many activities, or "".
        several: whether models are trained on all its activities at once, too.
        parts: whether methods are trained without each of their parts, too.
        stride: every how many-th frame alignment is measured on.
        seeds: of the models, unless others are asked for.
        settings: of all models that have them.
    """

    key: str
    title: str
    variant: str = ""
    kind: str = ""
    several: bool = False
    parts: bool = False
    stride: int = 1
    seeds: int = 3
    settings: Mapping[str, object] = field(default_factory=dict)


_ONE = tuple(
    RepresentationSet(key, one_activity.title(variant), variant, parts=True, settings=SMALL)
    for key, variant in (
        ("one_activity", one_activity.IN_ORDER),
        ("one_activity_repeats", one_activity.REPEATS),
    )
)
_MANY = tuple(
    RepresentationSet(
        f"many_{kind}",
        many_activities.title(kind),
        kind=kind,
        several=True,
        parts=kind == "features",
        settings=SMALL if kind == "features" else {**SMALL, "joints": JOINTS},
    )
    for kind in many_activities.KINDS
)
# The strides are CARL's; of the others none is published.
_POURING = RepresentationSet("pouring", "Pouring", parts=True, stride=5)
_PENN_ACTION = RepresentationSet("penn_action", "PennAction", several=True, stride=2)
_H2O = RepresentationSet("h2o", "H2O, pouring milk", parts=True)
_IKEA = RepresentationSet("ikea_asm", "IKEA ASM")

#: The sets of each table by key; the first is that of a smoke run.
LRPROP_SETS = {each.key: each for each in (*_ONE, _MANY[0], _POURING, _PENN_ACTION)}
MASA_SETS = {each.key: each for each in (*_MANY, *_ONE, _PENN_ACTION, _H2O, _IKEA)}


def of_activities(given: RepresentationSet, root: Path | None, seeds: Sequence[int]) -> list[Collection]:
    """A collection for each activity, whose models are trained on it alone.

    Args:
        given: one of the sets.
        root: folder of the real data; None if there is none.
        seeds: of the learners.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    if given.variant:
        return one_activity.collections_of(given.variant, seeds)
    if given.kind:
        return many_activities.activity_collections(given.kind, seeds)
    return [replace(each, seeds=tuple(seeds)) for each in released(given.key, root)]


def of_all(given: RepresentationSet, root: Path | None, seeds: Sequence[int]) -> list[Collection]:
    """The same rows of models that are trained on the training videos of all activities at once.

    Arguments and errors are those of `of_activities`.
    """
    return many_activities.at_once(of_activities(given, root, seeds))


def clips_of(collections: Sequence[Collection]) -> Collection:
    """The videos of all activities as one collection, whose truth is activity and phase.

    Args:
        collections: as `of_all` gives them, whose models these are.
    """
    first = collections[0]
    train, test = (
        tuple(_named(video) for each in collections for video in videos(each))
        for videos in (_known_of, _test_of)
    )
    columns = {name: value for name, value in first.columns.items() if name != "activity"}
    return replace(first, name=f"{first.name}, clips", known=train, test=test, columns=columns)


def _known_of(collection: Collection) -> tuple[Member, ...]:
    return collection.known


def _test_of(collection: Collection) -> tuple[Member, ...]:
    return collection.test


def _named(video: Member) -> Member:
    return Member(video.name, partial(_with_activity, video), f"{video.checksum}/activity and phase")


def _with_activity(video: Member) -> tuple[np.ndarray, np.ndarray]:
    features, phases = video.labelled()
    return features, np.array([f"{video.activity} {phase}" for phase in np.asarray(phases).tolist()])
