"""Pouring and PennAction as CARL's authors released them: lists of videos with the phase of each frame.

A folder holds train.pkl and val.pkl, pickles of lists of dicts with "name", "video_file", "seq_len" and
"frame_label" (PennAction: with "action_label", and beside the list one of indices by action), and the videos
themselves. Features are not in the release: they are looked for in features/NAME.npy or another feature file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dkva.datasets.alignment.videos import (
    FEATURES,
    SPLITS,
    Activity,
    AlignmentVideo,
    checked_phases,
    feature_files,
    read_file,
)
from dkva.datasets.errors import DataError
from dkva.datasets.pickles import read_pickle

__all__ = ["has_lists", "read_lists"]

_AGAIN = "download it again from the release of CARL"


def has_lists(folder: Path, activities: Sequence[Activity]) -> bool:
    """Whether a folder holds the lists."""
    return any((folder / f"{split}.pkl").is_file() for split in SPLITS)


def read_lists(
    folder: Path, activities: Sequence[Activity], problems: list[DataError]
) -> list[AlignmentVideo]:
    """The videos of both lists, in their order.

    Args:
        folder: that holds them.
        activities: of the data set, in the order of the release; one for Pouring.
        problems: what is wrong is added to it, and the video left out.
    """
    files: Mapping[str, Path] = {}
    try:
        files = feature_files(folder)
    except DataError as error:
        problems.append(error)
    videos = []
    for name in SPLITS:
        path = folder / f"{name}.pkl"
        try:
            entries = _entries(path, len(activities) > 1)
        except DataError as error:
            problems.append(error)
            continue
        for index, entry in enumerate(entries):
            try:
                videos.append(_video(path, SPLITS[name], index, entry, activities, files))
            except DataError as error:
                problems.append(error)
    return videos


def _entries(path: Path, several: bool) -> list:
    content = read_pickle(path, _AGAIN, tensors=True)
    entries = content
    if several:  # the list is followed by one of the indices of each activity
        entries = content[0] if isinstance(content, list) and len(content) == 2 else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        wanted = "list of videos and one of indices by action" if several else "list of videos"
        raise DataError(path, f"holds no {wanted}", _AGAIN)
    return entries


def _video(
    path: Path,
    split: str,
    index: int,
    entry: Mapping[str, Any],
    activities: Sequence[Activity],
    files: Mapping[str, Path],
) -> AlignmentVideo:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise DataError(path, f"video {index} has no name", _AGAIN)
    activity = _activity(path, name, entry, activities)
    phases = checked_phases(path, entry.get("frame_label"), f"labels of {name}", _AGAIN)
    if not _is(entry.get("seq_len"), len(phases)):
        raise DataError(path, f"has {len(phases)} labels of {name} for another number of frames", _AGAIN)
    film = path.parent / str(entry.get("video_file", f"videos/{name}.mp4"))
    found = files.get(name, files.get(film.stem))
    lacks = None
    if found is None:
        wanted = path.parent / FEATURES / f"{name}.npy"
        place = "" if film.is_file() else f", which the release has in {film.parent.name}/"
        remedy = f"compute features of {film.name}{place}, a row for each of its {len(phases)} frames"
        lacks = DataError(wanted, "not found", remedy)
    return AlignmentVideo(
        f"{activity}/{name}",
        split,
        path,
        partial(np.array, phases),
        partial(read_file, found or path),
        lacks=lacks,
    )


def _activity(path: Path, name: str, entry: Mapping[str, Any], activities: Sequence[Activity]) -> str:
    """The activity of a video: by its name, which has a number before it, such as "0001_bowl"."""
    if len(activities) == 1:
        return activities[0].name
    called = name.partition("_")[2]
    found = [index for index, activity in enumerate(activities) if called in activity.names]
    if not found:
        raise DataError(path, f"{name} is of no action that is aligned", _AGAIN)
    if not _is(entry.get("action_label", found[0]), found[0]):
        raise DataError(path, f"{name} has the number of another action", _AGAIN)
    return activities[found[0]].name


def _is(value: Any, number: int) -> bool:
    """Whether something read is a number, and this one."""
    return isinstance(value, (int, np.integer)) and value == number
