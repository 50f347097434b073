"""The released data sets of alignment as collections, a model for each activity, if they are there."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

from dkva.base.checks import check_choice
from dkva.datasets import ALIGNMENT_SETS, AlignmentFolder, AlignmentVideo, DataError
from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member

__all__ = ["joints_of", "needs", "released"]


def needs(name: str) -> str:
    """What to get of a data set, for lines that need it.

    Args:
        name: one of `ALIGNMENT_SETS`.
    """
    data_set = ALIGNMENT_SETS[name]
    return f"{data_set.title}: {data_set.source}; folder {data_set.folders[0]}"


def released(
    name: str, root: Path | None, seeds: Sequence[int] = (0,), *, layout: str | None = None
) -> list[Collection]:
    """A collection for each activity that is there; the truth of its videos is the phase, below 0 for none.

    Every file is read, so that rows are kept under what is in them.

    Args:
        name: one of `ALIGNMENT_SETS`.
        root: folder of the real data; None if there is none.
        seeds: of the learners that take one.
        layout: whose release, if there are several; see `AlignmentSet.open`.

    Raises:
        DataError: the data set is not there, or features or one split of an activity are missing.
        BrokenDataError: files that cannot be used, all at once.
        ValueError: another data set or layout.
    """
    folder = _opened(name, root, layout)
    data_set, collections = folder.data_set, []
    for activity in data_set.activities:
        train, test = (folder.of(activity.name, split) for split in ("train", "test"))
        if not train and not test:
            continue
        if not train or not test:
            lacking = "test" if train else "train on"
            raise DataError(folder.root, f"has no video of {activity.name} to {lacking}", needs(name))
        collections.append(
            Collection(
                f"{name} ({folder.layout}), {activity.name}",
                tuple(map(_member, train)),
                tuple(map(_member, test)),
                activity.phases,
                tuple(seeds),
                {"dataset": data_set.title, "release": folder.layout, "activity": activity.name},
            )
        )
    if not collections:
        raise DataError(folder.root, "holds no video", needs(name))
    return collections


@functools.cache  # asked for by each line of a table, and a release is thousands of files
def joints_of(name: str, root: Path | None, *, layout: str | None = None) -> int:
    """How many joints the last columns of the features are, x, y and z of each; 0 if they are no joints.

    Arguments and errors are those of `released`.
    """
    return min((video.joints for video in _opened(name, root, layout)), default=0)


def _opened(name: str, root: Path | None, layout: str | None) -> AlignmentFolder:
    check_choice("data set", name, ALIGNMENT_SETS)
    if root is None:
        raise DataError(ALIGNMENT_SETS[name].folders[0], "is not given", "name the folder that holds it")
    return ALIGNMENT_SETS[name].open(root, layout=layout)


def _member(video: AlignmentVideo) -> Member:
    digest = hashlib.blake2b(digest_size=16)
    for array in video.load():
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.tobytes())
    return Member(video.name, video.load, digest.hexdigest())
