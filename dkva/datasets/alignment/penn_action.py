"""PennAction as its own authors released it, with phases labelled by others.

labels/0001.mat holds the 13 joints of each frame in the picture ("x" and "y", [n, 13], in pixels), frames/
the pictures. The phases are in penn_action_labels/SPLIT/ACTION/0001.npy, in the folder or beside it. Features
are those of features/0001.npy or another feature file if there is one, else the joints, x and y of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from dkva.datasets.alignment.videos import (
    SPLITS,
    Activity,
    AlignmentVideo,
    checked_phases,
    checked_rows,
    feature_files,
    read_file,
)
from dkva.datasets.arrays import load_array
from dkva.datasets.errors import DataError

__all__ = ["has_penn_action", "read_penn_action"]

_PHASES = "penn_action_labels"
_AGAIN = "download PennAction again"


def has_penn_action(folder: Path, activities: Sequence[Activity]) -> bool:
    """Whether a folder is PennAction's."""
    return (folder / "labels").is_dir() and any((folder / "labels").glob("*.mat"))


def read_penn_action(
    folder: Path, activities: Sequence[Activity], problems: list[DataError]
) -> list[AlignmentVideo]:
    """The videos that have phases, by action and number, those to train on first.

    Arguments are those of `dkva.datasets.alignment.lists.read_lists`.
    """
    phases = next((each for each in (folder / _PHASES, folder.parent / _PHASES) if each.is_dir()), None)
    if phases is None:
        remedy = "get the labels of each frame that CARL's release links to, and unpack them there"
        problems.append(DataError(folder / _PHASES, "not found", remedy))
        return []
    files: Mapping[str, Path] = {}
    try:
        files = feature_files(folder)
    except DataError as error:
        problems.append(error)
    videos = []
    for split, called in SPLITS.items():
        for activity in activities:
            places = [phases / split / name for name in activity.names]
            for path in sorted(path for place in places for path in place.glob("*.npy")):
                number = path.stem[:4]
                found = files.get(number)
                joints = folder / "labels" / f"{number}.mat"
                rows = partial(_joints, joints) if found is None else partial(read_file, found)
                lacks = None
                if found is None and not joints.is_file():
                    lacks = DataError(joints, "not found", _AGAIN)
                videos.append(
                    AlignmentVideo(
                        f"{activity.name}/{number}",
                        called,
                        path,
                        partial(_fitted_phases, path, rows),
                        partial(_fitted_rows, path, rows),
                        lacks=lacks,
                    )
                )
    return videos


def _joints(path: Path) -> np.ndarray:
    x, y = (load_array(path, ".mat", name)[0] for name in ("x", "y"))
    if x.ndim != 2 or x.shape != y.shape:
        raise DataError(path, f"has joints x of shape {x.shape} and y of shape {y.shape}", _AGAIN)
    return checked_rows(path, np.stack([x, y], axis=2).astype(float), "joints", _AGAIN)


def _labels(path: Path) -> np.ndarray:
    return checked_phases(path, load_array(path, ".npy")[0], "labels", "download the labels again")


def _fitted_rows(path: Path, rows: partial) -> np.ndarray:
    """Rows [n, d]; of more than there are labels, as many, spread evenly, as CARL's authors do."""
    found, n = rows(), len(_labels(path))
    return found[_spread(len(found), n)] if len(found) > n else found


def _fitted_phases(path: Path, rows: partial) -> np.ndarray:
    """Phases [n]; of more labels than there are rows, as many, likewise."""
    labels = _labels(path)
    try:
        n = len(rows())
    except DataError:  # said when the features are read
        return labels
    return labels[_spread(len(labels), n)] if len(labels) > n else labels


def _spread(many: int, few: int) -> np.ndarray:
    return np.arange(few) * many // few
