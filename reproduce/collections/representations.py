"""Collections on which representations are trained and measured, by activity.

Models see the training videos of an activity, or of all activities at once; either way the rows are of the
test videos of each activity, among which they are aligned, and classifiers are fitted to that activity's
training videos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dkva.alignment import carl_settings, tcc_settings
from dkva.alignment.lrprop_settings import PUBLISHED as PUBLISHED_BY_ACTIVITY
from dkva.datasets import ALIGNMENT_SETS
from dkva.experiments.collections import Collection
from reproduce.collections import joint, many_activities, one_activity
from reproduce.collections.released_alignment import joints_of, released
from synthetic.poses import MIRRORED, PARENTS

__all__ = [
    "LRPROP_SETS",
    "MASA_SETS",
    "SMALL",
    "RepresentationSet",
    "clips_of",
    "of_activities",
    "settings_of",
    "true_alignment",
]

# Settings that are published by data set, by method.
_PUBLISHED_BY_SET = {"carl": carl_settings.PUBLISHED, "tcc": tcc_settings.PUBLISHED}

# Of the methods with CARL's network.
_NETWORK = {
    "hidden": 64,
    "width": 64,
    "heads": 4,
    "layers": 2,
    "feed_forward": 128,
    "outputs": 32,
    "frames": 40,
    "epochs": 40,
    "learning_rate": 1e-3,
}

#: Settings of each method on the synthetic sets, by its id, as far as they are not the published ones. They
#: were chosen for time on two cores, and the rate of learning for so few steps; none was chosen by a score.
SMALL: Mapping[str, Mapping[str, object]] = {
    "tcn": _NETWORK,
    "tcc": _NETWORK,
    "carl": _NETWORK,
    "lrprop": _NETWORK,
    # Views have as many frames as the video has without what is trimmed or dropped: positions beyond those of
    # the training would be new to the model.
    "masa": {"hidden": 64, "outputs": 32, "layers": 2, "batch": 4, "epochs": 100},
}


@dataclass(frozen=True)
class RepresentationSet:
    """Videos of one activity, or of several.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        variant: of One activity, or "".
        kind: of the features of Many activities, or "".
        several: whether it has several activities, so that models are trained on all of them at once, too.
        apart: whether models are trained on each activity, too.
        parts: whether methods are trained without each of their parts, too.
        stride: every how many-th frame alignment is measured on.
        classifier: of phases; see `dkva.metrics.phase_classification.phase_accuracy`.
        seeds: of the models, unless others are asked for.
        settings: of each method, by its id, as far as they are not its defaults.
    """

    key: str
    title: str
    variant: str = ""
    kind: str = ""
    several: bool = False
    apart: bool = True
    parts: bool = False
    stride: int = 1
    classifier: str = "svm"
    seeds: int = 3
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def _skeleton(kind: str) -> dict[str, object]:
    """What MASA is told of the poses of Many activities."""
    joints = many_activities.JOINTS_OF[kind]
    if not joints:
        return {}
    parents = ",".join(map(str, PARENTS))
    return {"joints": joints, "parents": parents, "mirrored": ",".join(f"{a}:{b}" for a, b in MIRRORED)}


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
        apart=kind != many_activities.BOTH,
        settings={**SMALL, "masa": {**SMALL["masa"], **_skeleton(kind)}},
    )
    for kind in many_activities.KINDS
)
_RELEASED = {
    name: RepresentationSet(
        name,
        each.title,
        several=len(each.activities) > 1,
        parts=len(each.activities) == 1,
        stride=each.stride,
    )
    for name, each in ALIGNMENT_SETS.items()
}
_POURING, _PENN_ACTION, _H2O, _IKEA = (
    _RELEASED[name] for name in ("pouring", "penn_action", "h2o", "ikea_asm")
)

#: The sets of each table by key; the first is that of a smoke run.
LRPROP_SETS = {each.key: each for each in (*_ONE, _MANY[0], _POURING, _PENN_ACTION)}
MASA_SETS = {
    each.key: each
    for each in (
        *_MANY,
        _ONE[0],
        replace(_ONE[1], parts=False),
        *(
            replace(each, classifier="logistic", settings={"masa": {"batch": videos}})
            for each, videos in ((_PENN_ACTION, 32), (_H2O, 16), (_IKEA, 4))
        ),
    )
}


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
    return released(given.key, root, seeds)


def true_alignment(given: RepresentationSet) -> list[Collection]:
    """A collection for each activity with canonical time in the place of features; none of a released set."""
    if given.variant:
        return joint.true_alignment(given.variant)
    return many_activities.true_alignment(given.kind) if given.kind else []


def settings_of(given: RepresentationSet, method: str, activity: str, root: Path | None) -> dict[str, object]:
    """Settings of a method on an activity of a set, as far as they are not its defaults.

    Args:
        given: the set.
        method: its id.
        activity: whose published settings count, of a method that has some.
        root: folder of the real data.

    Raises:
        DataError: as `of_activities`.
    """
    published: dict[str, object] = {}
    if given.key in ALIGNMENT_SETS:
        if method == "lrprop":
            published = dict(PUBLISHED_BY_ACTIVITY.get(activity, {}))
        elif method in _PUBLISHED_BY_SET:
            published = dict(_PUBLISHED_BY_SET[method].get(given.title, {}))
        elif method == "masa":
            published = {"joints": joints_of(given.key, root)}
    return {**published, **given.settings.get(method, {})}


def clips_of(collections: Sequence[Collection]) -> tuple[Collection, dict[str, list[str | None]]]:
    """The videos of all activities as one collection, and the activity of each training and each test video.

    Args:
        collections: as `at_once` gives them, whose models these are.
    """
    first = collections[0]
    test = tuple(video for each in collections for video in each.test)
    columns = {"dataset": first.columns["dataset"]}
    together = replace(first, name=f"{first.name}, clips", test=test, known=None, columns=columns)
    splits = {"train_activities": together.train, "test_activities": test}
    return together, {name: [video.activity for video in videos] for name, videos in splits.items()}
