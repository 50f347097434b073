"""H2O's sequences of pouring milk as its own authors lay them out: a text file a frame.

SUBJECT/PLACE/NUMBER/cam4/hand_pose/000000.txt holds 128 numbers: for the left hand and then the right one,
1 if it is annotated, and the x, y and z of its 21 joints, as the head-mounted camera sees them.
action_label/000000.txt holds the number of the frame's action. The ten phases were labelled by CASA's
authors; H2O's own files there hold numbers of its 36 actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from dkva.datasets.alignment.videos import Activity, AlignmentVideo, checked_phases, checked_rows
from dkva.datasets.errors import DataError
from dkva.datasets.text import unreadable

__all__ = ["SEQUENCES", "has_h2o", "read_h2o"]

_AGAIN = "download H2O again"
_CAMERA = "cam4"
_HANDS, _JOINTS = 2, 21

#: The sequences that CASA's authors took, by split, as LAV's program lists them; H2O has others.
SEQUENCES = {
    "train": (
        *(f"subject1/{place}/1" for place in ("h1", "h2", "k1", "k2", "o1", "o2")),
        *("subject10/s1/5", "subject10/s2/7", "subject10/s4/4"),
        *(f"subject2/{place}/1" for place in ("h1", "h2", "k1", "k2")),
        *("subject5/s1/5", "subject5/s2/4", "subject5/s3/4", "subject5/s4/6"),
        *("subject7/s1/6", "subject7/s2/2", "subject7/s3/2", "subject7/s4/1"),
        *("subject8/s1/2", "subject8/s2/7"),
        *("subject9/s1/5", "subject9/s2/1", "subject9/s3/4", "subject9/s4/6"),
    ),
    "test": (
        *(f"subject3/{place}/1" for place in ("h1", "h2", "k1", "k2", "o1", "o2")),
        *("subject4/k1/1", "subject6/s1/7", "subject6/s2/3", "subject6/s3/2", "subject6/s4/2"),
    ),
}


def has_h2o(folder: Path, activities: Sequence[Activity]) -> bool:
    """Whether a folder holds one of the sequences."""
    return any((folder / name).is_dir() for names in SEQUENCES.values() for name in names)


def read_h2o(folder: Path, activities: Sequence[Activity], problems: list[DataError]) -> list[AlignmentVideo]:
    """The sequences that are there.

    Arguments are those of `dkva.datasets.alignment.lists.read_lists`; there is one activity.
    """
    videos = []
    for split, names in SEQUENCES.items():
        for name in names:
            place = folder / name / _CAMERA
            if not place.is_dir():
                problems.append(DataError(place, "not found", _AGAIN))
                continue
            videos.append(
                AlignmentVideo(
                    f"{activities[0].name}/{name.replace('/', '_')}",
                    split,
                    place / "action_label",
                    partial(_phases, place),
                    partial(_poses, place),
                    joints=_HANDS * _JOINTS,
                )
            )
    return videos


def _poses(place: Path) -> np.ndarray:
    """Joints of both hands [n, 126]; the numbers that say what is annotated are left out."""
    folder = place / "hand_pose"
    rows = np.array([_numbers(path, _HANDS * (1 + 3 * _JOINTS)) for path in _frames(folder)])
    hands = rows.reshape(len(rows), _HANDS, -1)[:, :, 1:]
    return checked_rows(folder, hands.reshape(len(rows), -1), "joints", _AGAIN)


def _phases(place: Path) -> np.ndarray:
    folder = place / "action_label"
    labels = np.array([_numbers(path, 1)[0] for path in _frames(folder)])
    return checked_phases(folder, labels, "labels", _AGAIN)


def _frames(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.txt"))
    if not found:
        raise DataError(folder, "holds no .txt file, one a frame", _AGAIN)
    return found


def _numbers(path: Path, count: int) -> np.ndarray:
    try:
        words = path.read_text(encoding="utf-8", errors="replace").split()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        numbers = np.array(words, float)
    except ValueError as error:
        raise DataError(path, "holds something else than numbers", _AGAIN) from error
    if len(numbers) != count:
        raise DataError(path, f"holds {len(numbers)} numbers, not {count}", _AGAIN)
    return numbers
