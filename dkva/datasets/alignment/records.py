"""Poses of PennAction, H2O and IKEA ASM as CASA's authors released them: a .npy file a split of an activity.

ACTIVITY_train.npy and ACTIVITY_val.npy, in one folder, each hold one dict: by the name of a video, "pose"
and "labels". Poses are joints [n, j, 3] (IKEA ASM) or parameters of a model of the body or the hands [n, p]
(PennAction: SMPL, H2O: MANO), from which only that model makes joints: they are given as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from dkva.datasets.alignment.videos import SPLITS, Activity, AlignmentVideo, checked_phases, checked_rows
from dkva.datasets.errors import DataError
from dkva.datasets.pickles import read_object_array

__all__ = ["has_records", "read_records"]

_AGAIN = "download the npy files of CASA again"


def has_records(folder: Path, activities: Sequence[Activity]) -> bool:
    """Whether a folder holds a file of one of the activities."""
    return any(
        (folder / f"{name}_{split}.npy").is_file()
        for activity in activities
        for name in activity.names
        for split in SPLITS
    )


def read_records(
    folder: Path, activities: Sequence[Activity], problems: list[DataError], *, background: bool = False
) -> list[AlignmentVideo]:
    """The videos of all files, activity by activity, in the order of each file.

    Args:
        folder: that holds the files.
        activities: of the data set.
        problems: what is wrong is added to it, and the video or file left out.
        background: whether label 0 is no phase, but what lies between; phases then count from label 1.
    """
    videos = []
    for activity in activities:
        for split in SPLITS:
            paths = [folder / f"{name}_{split}.npy" for name in activity.names]
            path = next((each for each in paths if each.is_file()), paths[-1])
            try:
                entries = _records(path)
            except DataError as error:
                problems.append(error)
                continue
            for key in entries:
                try:
                    videos.append(_video(path, activity.name, SPLITS[split], key, background))
                except DataError as error:
                    problems.append(error)
    return videos


def _records(path: Path) -> dict:
    if not path.is_file():
        raise DataError(path, "not found", _AGAIN)
    status = path.stat()
    return _kept(path, status.st_mtime_ns, status.st_size)


# An activity's two files, and those of the one before.
@lru_cache(maxsize=4)
def _kept(path: Path, changed: int, size: int) -> dict:
    content = read_object_array(path, _AGAIN)
    if not isinstance(content, dict) or not all(isinstance(entry, dict) for entry in content.values()):
        raise DataError(path, "holds no poses by the names of videos", _AGAIN)
    return content


def _video(path: Path, activity: str, split: str, key: str | int, background: bool) -> AlignmentVideo:
    pose, labels = _poses(path, key), _phases(path, key, background)
    if len(pose) != len(labels):
        raise DataError(path, f"{key} has {len(pose)} poses and {len(labels)} labels", _AGAIN)
    shape = _records(path)[key]["pose"].shape
    joints = shape[1] if len(shape) == 3 and shape[2] == 3 else 0
    return AlignmentVideo(
        f"{activity}/{key}",
        split,
        path,
        partial(_phases, path, key, background),
        partial(_poses, path, key),
        joints=joints,
    )


def _poses(path: Path, key: str | int) -> np.ndarray:
    return checked_rows(path, _records(path)[key].get("pose"), f"poses of {key}", _AGAIN)


def _phases(path: Path, key: str | int, background: bool) -> np.ndarray:
    labels = checked_phases(path, _records(path)[key].get("labels"), f"labels of {key}", _AGAIN)
    return labels - 1 if background else labels
